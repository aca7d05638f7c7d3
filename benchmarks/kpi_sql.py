"""What do KPIs cost over 10 million rows: compiled models, one hand-written query each, MetricFlow's single query?

    python -m benchmarks.kpi_sql --folder /tmp/sales [--kpis 1 10 100 500] [--mixed] [--equal] [--metricflow 100]

The fact is generated once into the folder. Every way runs in DuckDB in a fresh process, with two threads, after one
scan of the fact; their answers are compared. CPU seconds hold better than wall seconds on a shared machine.
"""

from __future__ import annotations

import argparse
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measuring import Clock, Cost, cost_of, table
from benchmarks.metricflow_sql import SPINE, metricflow_query
from benchmarks.plain_sql import DAYS, plain_query
from benchmarks.sales import build_sales, project
from kpiledger.compiling import compile_project
from kpiledger.specs.formula import Ratio
from tests.compiled_models import in_order

_OURS = "select kpi, period_start, slice, member, value from fct_kpi_value where span = 'period' and grain = 'month'"
# Both divide the same exact sums; what is left is the last digit of a double.
_CLOSE = Decimal("0.000001")


def main() -> None:
    """Measure, compare, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="where the generated fact is kept")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kpis", type=int, nargs="*", default=[1, 10, 100, 500])
    parser.add_argument("--slices", nargs=2, default=["region", "category"])
    parser.add_argument("--mixed", action="store_true", help="a tenth distinct counts, a tenth percentiles")
    parser.add_argument("--equal", action="store_true", help="conditions are equalities on columns of few values only")
    parser.add_argument("--metricflow", type=int, nargs="*", default=[], help="at these numbers of KPIs as well")
    parser.add_argument("--rounds", type=int, default=1)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    path = asked.folder / f"sales_{asked.rows}_{asked.seed}.duckdb"
    build_sales(path, asked.rows, asked.seed)
    rows: list[list[object]] = []
    for number in asked.kpis:
        given = (str(path), number, tuple(asked.slices), asked.seed, asked.mixed, asked.equal)
        ours, plain = (cost_of(work, *given, rounds=asked.rounds) for work in (_compiled, _plain))
        _compare(ours, plain, number)
        rows += [_row(number, "compiled models", ours, ours), _row(number, "a query per KPI", plain, ours)]
        if number in asked.metricflow:
            theirs = cost_of(_metricflow, *given)
            _compare_sums(ours, theirs, number)
            rows.append(_row(number, "MetricFlow, one query", theirs, ours))
        print(f"{number} KPIs: {', '.join(f'{name} {cpu:.2f}' for name, cpu in ours.parts.items())}", file=sys.stderr)
    print(table(["KPIs", "way", "CPU s", "wall s", "peak MiB", "CPU against compiled"], rows))


def _row(number: int, way: str, cost: Cost, ours: Cost) -> list[object]:
    return [number, way, cost.cpu, cost.wall, round(cost.peak_mib), cost.cpu / ours.cpu]


def _compare(ours: Cost, plain: Cost, number: int) -> None:
    missing = plain.answer.keys() ^ ours.answer.keys()
    apart = [key for key in plain.answer.keys() & ours.answer.keys() if not _same(plain.answer[key], ours.answer[key])]
    if missing or apart:
        first = sorted(apart or missing)[0]
        found = f"{ours.answer.get(first)} and {plain.answer.get(first)}"
        sys.exit(f"{number} KPIs: {len(apart)} values differ, {len(missing)} are missing: {first}: {found}")


def _compare_sums(ours: Cost, theirs: Cost, number: int) -> None:
    """Hold what MetricFlow gives for each pair of members, added up, against our value of the company."""
    asked = {kpi for kpi, *_ in theirs.answer}
    whole = {key: value for key, value in ours.answer.items() if key[2] == "all" and key[0] in asked}
    none = Decimal(0)
    apart = [
        key
        for key in whole.keys() | theirs.answer.keys()
        if not _same(whole.get(key, none), theirs.answer.get(key, none))
    ]
    if apart or not whole:
        sys.exit(f"{number} KPIs: {len(apart)} of {len(whole)} values differ from MetricFlow's: {sorted(apart)[:3]}")


def _same(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= _CLOSE * max(abs(one), abs(other), 1)


def _opened(path: str) -> duckdb.DuckDBPyConnection:
    """The fact, read once so that all ways find it in memory."""
    connection = duckdb.connect(config={"threads": 2})
    connection.execute("set enable_progress_bar = false")
    connection.execute(f"attach '{path}' as stored (read_only)")
    connection.execute("create view fct_sale as select * from stored.fct_sale")
    connection.execute("select max(columns(*)) from fct_sale")
    return connection


def _compiled(clock: Clock, path: str, *given: Any) -> dict[tuple[Any, ...], Decimal]:
    files = compile_project(project(*given))
    connection = _opened(path)
    connection.execute("create table run_context as select cast(null as date) as as_of_on")
    for name, sql in in_order(files):
        with clock.part(name):
            connection.execute(f"create table {name} as {sql}")
    return _answers(connection, _OURS, given[0])


def _plain(clock: Clock, path: str, *given: Any) -> dict[tuple[Any, ...], Decimal]:
    made, connection = project(*given), _opened(path)
    queries = [plain_query(kpi, made.facts["sale"]) for kpi in made.kpis.values()]
    connection.execute(DAYS)
    connection.execute(
        "create table answer (kpi varchar, month date, slice varchar, member varchar, value decimal(38, 12))"
    )
    for query in queries:
        with clock:
            connection.execute(f"insert into answer {query}")
    return _answers(connection, "select * from answer", given[0])


def _metricflow(clock: Clock, path: str, *given: Any) -> dict[tuple[Any, ...], Decimal]:
    """Its values added up over both slices, of the KPIs that add up."""
    made, connection = project(*given), _opened(path)
    query = metricflow_query(list(made.kpis.values()), made.facts["sale"])
    connection.execute(SPINE)
    with clock:
        connection.execute(f"create table answer as {query}")
    sums = [name for name, kpi in made.kpis.items() if not isinstance(kpi.versions[0].formula, Ratio)]
    month = "cast(metric_time__month as date)"
    parts = [
        f"select '{name}', {month}, 'all', 'all', cast(sum({name}) as decimal(38, 12)) from answer group by {month}"
        for name in sums
    ]
    names = "as given(kpi, month, slice, member, value)"
    return _answers(connection, f"select * from ({' union all '.join(parts)}) {names}", given[0])


def _answers(connection: duckdb.DuckDBPyConnection, query: str, kpis: int) -> dict[tuple[Any, ...], Decimal]:
    """Values by their keys; of many KPIs, those of about fifty. Zeros are left out: a query by hand lacks them."""
    every = max(kpis // 50, 1)
    part = f"select * from ({query}) where value <> 0 and cast(right(kpi, 4) as integer) % {every} = 0"
    return {tuple(key): value for *key, value in connection.execute(part).fetchall()}


if __name__ == "__main__":
    main()
