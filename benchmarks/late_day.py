"""What does one late day in ten years of days cost, against computing all of them?

    python -m benchmarks.late_day [--rows 10000000] [--kpis 50] [--additive]

A fact of sales over ten years is generated in memory, in the order of its days, and its compiled models are built. Then
a day of six years ago gets rows, and the models are built again: keeping what did not change, and as they are compiled
for a fact that is not incremental. The answers are compared.
CPU seconds of the compiled models of the fact (seen_, agg_, measured_, kpi_, fct_kpi_value), in one process.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta

import duckdb

from benchmarks.measuring import Clock, table
from benchmarks.sales import COLUMNS, MEMBERS, project
from kpiledger.compiling import compile_project
from kpiledger.project import Project
from kpiledger.specs.calendar import Calendar
from tests.compiled_models import in_order
from tests.rebuilt_models import rendered

FIRST, LAST, LATE = date(2015, 1, 1), date(2024, 12, 31), date(2018, 11, 20)
LATE_ROWS = 500
DAYS = (LAST - FIRST).days + 1
_FACT = ("seen_", "agg_", "measured_", "kpi_", "fct_kpi_value")


def main() -> None:
    """Measure, compare, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--kpis", type=int, default=50)
    parser.add_argument("--additive", action="store_true", help="no distinct counts and no percentiles")
    parser.add_argument("--spans", nargs="*", default=["period"])
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    made = _project(asked.kpis, not asked.additive, asked.spans)
    kept, plain = compile_project(_incremental(made)), compile_project(made)
    connection = _opened(asked.rows)
    moment = datetime(2025, 1, 1)
    _build(connection, kept, moment)
    rows = []
    for number in range(1, asked.rounds + 1):
        moment += timedelta(days=1)
        _late_rows(connection, asked.rows * number, moment)
        late = _build(connection, kept, moment)
        found = _answers(connection)
        full = _build(connection, plain, moment)
        if found != _answers(connection):
            sys.exit("the values differ")
        rows.append([number, late.cpu, full.cpu, full.cpu / late.cpu, _told(late), _told(full)])
        _restore(connection, kept, moment)
    print(table(["round", "late day CPU s", "in full CPU s", "times faster", "late day", "in full"], rows))


def _project(kpis: int, mixed: bool, spans: list[str]) -> Project:
    made = project(kpis, ("region", "category"), 1, mixed)
    calendar = Calendar.model_validate({"starts_on": FIRST, "as_of": LAST, "zone": "UTC"})
    asked = {
        name: kpi.model_copy(
            update={"versions": tuple(one.model_copy(update={"valid_from": FIRST}) for one in kpi.versions),
                    "spans": tuple(spans)}
        )
        for name, kpi in made.kpis.items()
    }  # fmt: skip
    return replace(made, calendar=calendar, kpis=asked, columns={"fct_sale": {**COLUMNS, "loaded_at": "timestamp"}})


def _incremental(made: Project) -> Project:
    fact = made.facts["sale"]
    rule = type(fact).model_validate({**fact.model_dump(exclude_none=True), "incremental": {"changed_at": "loaded_at"}})
    return replace(made, facts={"sale": rule})


def _opened(rows: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 2})
    connection.execute("set enable_progress_bar = false")
    connection.execute("create table run_context as select cast(null as date) as as_of_on")
    connection.execute(f"create table fct_sale as {_generated(0, rows, f'sale_id * {DAYS} // {rows}', FIRST)}")
    return connection


def _generated(first: int, rows: int, day: str, from_day: date, marked_at: str = "") -> str:
    members = ",\n".join(
        f"'{name} ' || lpad(cast(cast(floor(random() * {count}) as integer) as varchar), 3, '0') as {name}"
        for name, count in MEMBERS.items()
    )
    marked = f"timestamp '{marked_at}'" if marked_at else f"timestamp '{FIRST}' + interval (sale_id % {DAYS}) day"
    return f"""select
            sale_id, cast(date '{from_day}' + cast({day} as integer) as date) as sold_on, {members},
            cast(floor(random() * 200000) as integer) as customer,
            cast(floor(random() * 11) * 0.05 as decimal(4, 2)) as discount,
            cast(1 + floor(random() * 12) as integer) as quantity,
            cast(1 + random() * 999 as decimal(12, 2)) as amount, cast(1 + random() * 799 as decimal(12, 2)) as cost,
            {marked} as loaded_at
        from range({first}, {first + rows}) as numbers(sale_id)"""


def _late_rows(connection: duckdb.DuckDBPyConnection, first: int, moment: datetime) -> None:
    connection.execute(f"insert into fct_sale {_generated(first, LATE_ROWS, '0', LATE, str(moment))}")


def _build(connection: duckdb.DuckDBPyConnection, files: dict[str, str], moment: datetime) -> Clock:
    counted = Clock()
    for name, sql in in_order(files):
        text = f"create table fresh as {rendered(connection, name, sql, moment)}"
        if name.startswith(_FACT):
            with counted.part(name):
                connection.execute(text)
        else:
            connection.execute(text)
        connection.execute(f"drop table if exists {name}")
        connection.execute(f"alter table fresh rename to {name}")
    return counted


def _restore(connection: duckdb.DuckDBPyConnection, kept: dict[str, str], moment: datetime) -> None:
    """Let the next round find the incremental tables again, up to date."""
    _build(connection, kept, moment)


def _answers(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    query = """select count(*), sum(value), sum(cast(hash(kpi, period_start, span, slice, member, value) as hugeint))
        from fct_kpi_value"""
    return connection.execute(query).fetchall()


def _told(clock: Clock) -> str:
    return ", ".join(f"{name} {cpu:.2f}" for name, cpu in clock.parts.items())


if __name__ == "__main__":
    main()
