"""`kpi export dbt` and `kpi import dbt`: one function each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from kpiledger.errors import RunStopped
from kpiledger.interchange.dbt_files import write_layer
from kpiledger.interchange.exporting import export_layer
from kpiledger.interchange.foreign import read_foreign
from kpiledger.interchange.given import Given
from kpiledger.interchange.importing import import_layer
from kpiledger.interchange.spec_files import write_specs
from kpiledger.interchange.told import Answer
from kpiledger.loading import load_project
from kpiledger.project import Project
from kpiledger.reports.findings import findings_text
from kpiledger.specs.fact import Fact
from kpiledger.specs.kpi import Kpi


def export_dbt(project: Project, folder: Path, dialect: str) -> Answer:
    """Write both forms of dbt's semantic YAML below a folder."""
    exported = export_layer(project, dialect)
    files = write_layer(folder, exported.layer)
    return Answer(tuple(str(path) for path in files), exported.left_out, exported.remarks)


def import_dbt(
    root: Path,
    paths: Sequence[Path],
    options: Mapping[str, str],
    source: Sequence[str],
    starts_on: date | None,
    dialect: str,
) -> Answer:
    """Write the facts and KPIs that dbt's YAML files say; `options` are keys of KPIs that dbt does not have.

    The project may have errors: that it lacks what is imported may be one of them.
    """
    project, problems = load_project(root)
    if project is None:
        raise RunStopped(findings_text(problems), "import into a project with a calendar, an organisation and a chain")
    calendar = project.calendar
    given = Given(options, tuple(source), calendar.language, starts_on or calendar.starts_on, calendar.zone)
    foreign = read_foreign(paths, Path.cwd())
    imported = import_layer(foreign, given, project, dialect)
    specs: list[Fact | Kpi] = [*imported.facts.values(), *imported.kpis.values()]
    written, in_the_way = write_specs(project, specs)
    return Answer(tuple(written), tuple(imported.left_out + in_the_way), findings=foreign.findings)
