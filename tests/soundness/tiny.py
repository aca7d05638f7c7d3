"""A project of a few lines and tables of a few rows: what the compiled models make of them in DuckDB.

Each test writes down its own facts, KPIs and rows, so that the expected value can be counted on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from kpiledger.compiling import compile_project, standalone_query
from kpiledger.project import Project
from kpiledger.specs.calendar import Calendar
from kpiledger.specs.chain import Chain
from kpiledger.specs.fact import Fact
from kpiledger.specs.kpi import Kpi
from kpiledger.specs.organisation import Organisation
from tests.compiled_models import build

Row = tuple[Any, ...]
NO_ROW = "no row"
JANUARY, FEBRUARY, MARCH = date(2015, 1, 1), date(2015, 2, 1), date(2015, 3, 1)
END_OF_2015 = date(2015, 12, 31)

SALE = {
    "sale_id": "integer", "customer": "varchar", "sold_on": "date", "paid_on": "date", "region": "varchar",
    "amount": "decimal(12, 2)",
}  # fmt: skip
SALE_MEASURES = {
    "amount_sold": {"agg": "sum", "expr": "amount"},
    "sales": {"agg": "count"},
    "buyers": {"agg": "count_distinct", "expr": "customer"},
    "amount_paid": {"agg": "sum", "expr": "amount", "time": "paid_on"},
    "payers": {"agg": "count_distinct", "expr": "customer", "time": "paid_on"},
    "mean_amount": {"agg": "average", "expr": "amount"},
    "largest": {"agg": "max", "expr": "amount"},
    "smallest": {"agg": "min", "expr": "amount"},
    "middle_amount": {"agg": "median", "expr": "amount"},
    "high_amount": {"agg": "percentile", "expr": "amount", "percentile": 0.9},
    "last_of_customer": {"agg": "last", "expr": "amount", "over": ["customer"]},
    "last_of_region": {"agg": "last", "expr": "amount", "over": ["region"]},
}


def fact(name: str = "sale", measures: Mapping[str, Any] = SALE_MEASURES, **more: Any) -> Fact:
    """A fact over `fct_<name>`, by default the one of sales."""
    return Fact.model_validate({
        "fact": name, "model": f"fct_{name}", "description": name, "key": [f"{name}_id"], "time": "sold_on",
        "times": ["paid_on"], "source": ["shop"], "dimensions": {"region": "region"}, "measures": measures, **more,
    })  # fmt: skip


def simple(measure: str, **more: Any) -> dict[str, Any]:
    """The formula of one measure."""
    return {"type": "simple", "measure": measure, **more}


def derived(expr: str, **inputs: Any) -> dict[str, Any]:
    """An expression over inputs."""
    return {"type": "derived", "expr": expr, "inputs": inputs}


def kpi(name: str, formula: Mapping[str, Any], **more: Any) -> Kpi:
    """A KPI of months, not cut, by one formula since 2014; or of the versions given among `more`."""
    change = {"reason": "first", "requested_by": "owner"}
    return Kpi.model_validate({
        "kpi": name, "label": {"en": name}, "description": name, "owner": "owner", "department": "sales",
        "chain_stage": "order", "timing": "lagging", "effect": "outcome", "aspect": "quantity", "level": "team",
        "direction": "increase", "unit": "count", "cadence": "month", "grains": ["month"], "spans": ["period"],
        "versions": [{"version": 1, "valid_from": date(2014, 1, 1), "change": change, "formula": formula}], **more,
    })  # fmt: skip


def project(
    kpis: Iterable[Kpi],
    facts: Sequence[Fact] = (),
    columns: Mapping[str, Mapping[str, str]] | None = None,
    **calendar: Any,
) -> Project:
    """The project of some KPIs over the fact of sales, or over other facts."""
    known = facts or (fact(),)
    return Project(
        root=Path(),
        calendar=Calendar.model_validate({"starts_on": date(2014, 1, 1), "zone": "Europe/Copenhagen", **calendar}),
        organisation=Organisation.model_validate({"departments": {}, "units": {}, "roles": {}}),
        chain=Chain.model_validate({"stages": [{"stage": "order", "label": {"en": "Order"}, "question": "?"}]}),
        facts={one.fact: one for one in known},
        kpis={one.kpi: one for one in kpis},
        agreements=(),
        expectations={},
        columns={name: dict(kinds) for name, kinds in (columns or {"fct_sale": SALE}).items()},
    )


def computed(
    given: Project, tables: Mapping[str, Iterable[Row]], as_of: date | None = END_OF_2015
) -> duckdb.DuckDBPyConnection:
    """The compiled models run over some rows; `as_of` None takes the last day that the facts cover."""
    connection = duckdb.connect()
    connection.execute("create table run_context as select cast(? as date) as as_of_on", [as_of])
    for model, kinds in given.columns.items():
        connection.execute(f"create table {model} ({', '.join(f'{name} {kind}' for name, kind in kinds.items())})")
        for row in tables.get(model, ()):
            connection.execute(f"insert into {model} values ({', '.join('?' * len(row))})", list(row))
    build(connection, compile_project(given))
    return connection


def value(
    connection: duckdb.DuckDBPyConnection, name: str, start: date = JANUARY, member: str = "all", **where: object
) -> Any:
    """The value of a KPI for one period, as it is stored; NO_ROW where there is none."""
    return figure(connection, "value", name, start, member, **where)


def figure(
    connection: duckdb.DuckDBPyConnection,
    column: str,
    name: str,
    start: date = JANUARY,
    member: str = "all",
    **where: object,
) -> Any:
    """One column of the one row of `fct_kpi_value`."""
    given = {"grain": "month", "span": "period", "slice": "all" if member == "all" else "region", **where}
    asked = " and ".join(f"{key} = ?" for key in given)
    rows = connection.execute(
        f"select {column} from fct_kpi_value where kpi = ? and period_start = ? and member = ? and {asked}",
        [name, start, member, *given.values()],
    ).fetchall()
    assert len(rows) <= 1, rows
    return rows[0][0] if rows else NO_ROW


SHOWN = "grain, span, period_start, period_end, is_complete, slice, member, numerator, denominator, value, row_count"


def shown_and_stored(connection: duckdb.DuckDBPyConnection, given: Project, name: str) -> tuple[list[Row], list[Row]]:
    """The rows of the query that a reader is shown, and those that the compiled models gave, over all versions."""
    connection.execute("create schema if not exists kpi; create schema if not exists marts")
    for schema, models in (("kpi", ("dim_span", "dim_day")), ("marts", given.columns)):
        for model in models:
            connection.execute(f"create view if not exists {schema}.{model} as select * from main.{model}")
    asked, shown = given.kpis[name], []
    for version in asked.versions:
        query = standalone_query(given, asked, version)
        shown += connection.execute(f"select {SHOWN} from ({query})").fetchall()
    spans = ", ".join(f"'{span}'" for span in asked.spans)
    stored = f"select {SHOWN} from fct_kpi_value where kpi = ? and span in ({spans})"
    return sorted(shown, key=repr), sorted(connection.execute(stored, [name]).fetchall(), key=repr)
