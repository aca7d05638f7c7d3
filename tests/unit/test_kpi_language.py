"""Every example of the guide to the KPI language loads, passes the rules, compiles and runs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from kpiledger.checking import check_folder
from kpiledger.compiling import compile_project, standalone_query
from kpiledger.finding import Severity
from kpiledger.project import Project
from tests.compiled_models import build

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guide/kpi-language.md").read_text(encoding="utf-8")
BLOCKS: list[str] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
COLUMNS = {
    "fct_sale": {"sale_id": "integer", "sold_at": "timestamp", "paid_on": "date", "customer_id": "varchar",
                 "region": "varchar", "amount": "decimal(12,2)", "days_to_pay": "integer"},
    "fct_stock": {"movement_id": "integer", "moved_on": "date", "product_id": "varchar", "region": "varchar",
                  "units": "integer"},
    "fct_visit": {"visit_id": "integer", "visited_on": "date", "customer_id": "varchar", "region": "varchar"},
    "dim_customer": {"customer_id": "varchar", "segment": "varchar"},
}  # fmt: skip
ROWS = {
    "fct_sale": "(1, '2016-07-01 10:00', '2016-07-09', 'ann', 'N', 1200, 8), "
                "(2, '2017-07-02 10:00', null, 'ann', 'N', 90, 3), (3, '2017-07-03', null, 'bob', 'S', -5, null)",
    "fct_stock": "(1, '2016-07-01', 'cup', 'N', 12)",
    "fct_visit": "(1, '2016-06-30', 'ann', 'N'), (2, '2017-07-01', 'bob', 'S')",
    "dim_customer": "('ann', 'home'), ('bob', 'work')",
}  # fmt: skip
# What the examples leave out.
KPI = {
    "label": {"en": "An example"}, "description": "An example.", "owner": "cfo", "department": "sales",
    "chain_stage": "order", "timing": "lagging", "effect": "outcome", "aspect": "quantity", "level": "team",
    "direction": "increase", "unit": "count", "cadence": "month", "grains": ["month", "year"], "spans": ["period"],
    "slices": ["region"],
}  # fmt: skip
CHANGE = {"reason": "first definition", "requested_by": "cfo"}


def files() -> Iterator[tuple[str, str]]:
    """The path of each example below metrics/, and the text of the file."""
    for text in BLOCKS:
        block = yaml.safe_load(text)
        if "fact" in block:
            yield f"facts/{block['fact']}.yml", text
        elif "kpi" in block:
            yield f"kpis/order/{block['kpi']}.yml", yaml.safe_dump(whole_kpi(block), sort_keys=False)
        else:
            yield "calendar.yml", text


def whole_kpi(block: dict[str, Any]) -> dict[str, Any]:
    formula = block.pop("formula", None)
    first = [{"version": 1, "valid_from": date(2014, 1, 1), "change": CHANGE, "formula": formula}]
    return {**KPI, **({"versions": first} if formula else {}), **block}


def dbt_column(model: str, name: str, kind: str) -> dict[str, Any]:
    unique = {"data_tests": ["unique"]} if model == "dim_customer" and name == "customer_id" else {}
    return {"name": name, "data_type": kind, **unique}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("guide") / "project"
    shutil.copytree(ROOT / "tests/findings/base", folder)
    for left_out in ("facts", "kpis", "agreements"):
        shutil.rmtree(folder / "metrics" / left_out)
    for name, content in files():
        path = folder / "metrics" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    models = [
        {"name": model, "columns": [dbt_column(model, name, kind) for name, kind in columns.items()]}
        for model, columns in COLUMNS.items()
    ]
    text = yaml.safe_dump({"version": 2, "models": models})
    (folder / "models/marts/_marts.yml").write_text(text, encoding="utf-8")
    found, findings = check_folder(folder)
    assert [str(one) for one in findings if one.severity is Severity.ERROR] == []
    assert found is not None
    return found


@pytest.fixture(scope="module")
def warehouse(project: Project) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create table run_context as select cast(null as date) as as_of_on")
        connection.execute("update run_context set as_of_on = '2017-12-31'")
        for model, columns in COLUMNS.items():
            connection.execute(f"create table {model} ({', '.join(' '.join(one) for one in columns.items())})")
            connection.execute(f"insert into {model} values {ROWS[model]}")
        build(connection, compile_project(project))
        connection.execute("create schema kpi; create schema marts")
        for schema, names in (("kpi", ("dim_span", "dim_day")), ("marts", COLUMNS)):
            for name in names:
                connection.execute(f"create view {schema}.{name} as select * from main.{name}")
        yield connection


def test_every_type_of_formula_and_aggregate_has_an_example(project: Project) -> None:
    types = {version.formula.type for kpi in project.kpis.values() for version in kpi.versions}
    assert types == {"simple", "ratio", "derived", "cumulative", "conversion"}
    assert len(project.kpis) == sum(text.startswith("kpi:") for text in BLOCKS)


def test_every_example_has_values_and_its_shown_query_gives_them(
    project: Project, warehouse: duckdb.DuckDBPyConnection
) -> None:
    columns = "grain, span, period_start, slice, member, numerator, denominator, value, row_count"
    for kpi in project.kpis.values():
        spans = ", ".join(f"'{span}'" for span in kpi.spans)
        for version in kpi.versions:
            stored = f"select {columns} from fct_kpi_value where kpi = ? and version = ? and span in ({spans})"
            rows = warehouse.execute(f"{stored} order by all", [kpi.kpi, version.version]).fetchall()
            shown = f"select {columns} from ({standalone_query(project, kpi, version)}) order by all"
            assert warehouse.execute(shown).fetchall() == rows, kpi.kpi
            assert rows or kpi.kpi == "active_customers", kpi.kpi


def test_the_guide_says_what_the_examples_give(warehouse: duckdb.DuckDBPyConnection) -> None:
    asked = (
        "select value from fct_kpi_value where kpi = ? and grain = ? and period_start = ? "
        "and span = 'period' and slice = 'all'"
    )
    found = {
        name: warehouse.execute(asked, [name, grain, start]).fetchall()
        for name, grain, start in (
            ("growth", "month", "2017-07-01"),  # 85 after 1200
            ("returns", "month", "2016-07-01"),  # none chosen
            ("paid_this_year", "month", "2017-06-01"),  # the fiscal year began in July 2016
            ("visits_that_sell", "month", "2016-06-01"),
        )
    }
    assert {name: [round(float(value), 4) for (value,) in rows] for name, rows in found.items()} == {
        "growth": [-0.9292],
        "returns": [0],
        "paid_this_year": [1200],
        "visits_that_sell": [1],
    }
