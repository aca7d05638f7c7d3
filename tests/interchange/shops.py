"""Projects to export from and import into, and dbt YAML that nobody of ours wrote."""

from __future__ import annotations

import shutil
from pathlib import Path
from textwrap import dedent

from click.testing import CliRunner, Result

from kpiledger.cli import kpi
from kpiledger.interchange.dbt_files import write_layer
from kpiledger.interchange.exporting import Exported, export_layer
from kpiledger.interchange.foreign import read_foreign
from kpiledger.interchange.given import Given
from kpiledger.interchange.importing import Imported, import_layer
from kpiledger.project import Project

BASE = Path(__file__).parents[1] / "findings" / "base"
OPTIONS = (
    "--owner head_of_sales --department sales --stage order --timing lagging --effect outcome --aspect quantity "
    "--level team --direction increase --unit count --cadence month --source crm"
).split()

ORDER_LINE = dedent("""\
    semantic_models:
      - name: order_line
        description: The lines of orders. One row per order line.
        model: ref('fct_order_line')
        defaults: {agg_time_dimension: ordered_on}
        entities:
          - {name: order_line, type: primary, expr: order_line_id}
          - {name: customer, type: foreign, expr: customer_id}
        dimensions:
          - {name: ordered_on, type: time, type_params: {time_granularity: day}}
          - {name: region, type: categorical}
        measures:
          - {name: revenue_amount, agg: sum, expr: sales_amount}
          - {name: line_count, agg: count, expr: "1"}
    """)
CUSTOMER = dedent("""\
    semantic_models:
      - name: customer
        model: ref('dim_customer')
        entities:
          - {name: customer, type: primary, expr: customer_id}
        dimensions:
          - {name: segment, type: categorical}
    """)


def bare_project(folder: Path) -> Path:
    """A project with marts, an organisation and a chain, and without facts and KPIs."""
    shutil.copytree(BASE, folder)
    for name in ("facts", "kpis", "agreements"):
        shutil.rmtree(folder / "metrics" / name)
    (folder / "kpiledger.yml").write_text("build: build\n", encoding="utf-8")
    return folder


def metric(name: str, kind: str, params: str, more: str = "") -> str:
    """The entry of a metric."""
    return (
        f"  - name: {name}\n    label: {name.replace('_', ' ')}\n    description: What it is.\n    type: {kind}\n"
        f"    type_params: {params}\n{more}"
    )


def command(root: Path, *words: str) -> Result:
    """What `kpi` answers in a project; stdout and stderr apart."""
    return CliRunner().invoke(kpi, ["--project", str(root), *words])


def import_text(root: Path, *texts: str, options: tuple[str, ...] = tuple(OPTIONS)) -> Result:
    """Import some YAML texts as files of a folder beside the project."""
    folder = root.parent / "dbt"
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(texts, 1):
        (folder / f"given_{number}.yml").write_text(text, encoding="utf-8")
    return command(root, "import", "dbt", str(folder), *options)


def export_and_import(project: Project, folder: Path, into: Project) -> tuple[Exported, Imported]:
    """Write the legacy files of a project and read them into another one."""
    exported = export_layer(project)
    shutil.rmtree(folder, ignore_errors=True)
    write_layer(folder, exported.layer)
    calendar = into.calendar
    given = Given({}, (), calendar.language, calendar.starts_on, calendar.zone)
    return exported, import_layer(read_foreign([folder / "legacy"], folder), given, into)
