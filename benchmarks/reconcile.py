"""What does it cost to hold a million rows of a warehouse against PostgreSQL, and are all differences found?

    python -m benchmarks.reconcile [--rows 1000000] [--reladiff FOLDER]

Sales are put into a PostgreSQL server of its own and into a DuckDB file, and 100 differences of all kinds are planted:
missing, extra, changed, duplicate key, unreadable and late. Three ways to find them, each in a process of its own:
the reconciliation of kpiledger, fetching both sides into Python, and reladiff, where a folder has it
(`pip install --target FOLDER reladiff`). CPU seconds are of the client, and of the server's processes.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Engine, create_engine, make_url, text

from benchmarks.measuring import Clock, cost_of, table
from kpiledger.project import Project
from kpiledger.quality import check_sources
from kpiledger.quality.report import DifferenceKind
from tests.planted_sales import build_sales, chosen, plant, sales_expectations
from tests.postgres import postgres_server

COLUMNS = ("sale_id", "shop", "sold_on", "amount", "weight", "buyer", "changed_at")


def main() -> None:
    """Plant, find three times, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--reladiff", help="the folder that reladiff was installed into")
    asked = parser.parse_args()
    with postgres_server() as server, tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder) / "warehouse.duckdb"
        build_sales(server.engine, warehouse, asked.rows)
        planted = chosen(asked.rows, 100, seed=1)
        plant(server.engine, warehouse, planted)
        with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("vacuum analyze sale"))
        url = server.engine.url.render_as_string(hide_password=False)
        works: list[tuple[str, Callable[..., Any], tuple[Any, ...]]] = [
            ("kpiledger", _reconciled, (str(warehouse), url)),
            ("fetching both sides", _fetched, (str(warehouse), url)),
        ]
        if asked.reladiff:
            works.append(("reladiff", _reladiffed, (str(warehouse), url, asked.reladiff)))
        rows = []
        for name, work, given in works:
            before = _server_cpu(server.engine)
            cost = cost_of(work, *given)
            served = _server_cpu(server.engine) - before
            rows.append([name, cost.cpu, served, cost.cpu + served, cost.wall, _found(cost.answer, planted)])
        first = rows[0][3], rows[0][4]
        for row in rows:
            row += [row[3] / first[0], row[4] / first[1]]
    head = ["way", "client CPU s", "server CPU s", "both", "wall s", "found", "times our CPU", "times our wall"]
    print(table(head, rows))


def _reconciled(clock: Clock, warehouse: str, url: str) -> dict[str, list[int]]:
    nothing: Any = object()
    project = Project(
        root=Path(warehouse).parent, calendar=nothing, organisation=nothing, chain=nothing, facts={}, kpis={},
        agreements=(), expectations={"till": sales_expectations()},
    )  # fmt: skip
    with clock:
        report = check_sources(
            project, Path(warehouse), date(2024, 6, 30), "run", datetime(2024, 7, 1), {"TILL_URL": url}
        )
    return {
        kind: sorted({int(row.record_key or 0) for row in report.reconciliations if row.difference_kind is kind})
        for kind in DifferenceKind
    }


def _fetched(clock: Clock, warehouse: str, url: str) -> dict[str, list[int]]:
    with clock:
        with create_engine(url).connect() as connection:
            theirs = connection.exec_driver_sql(f"select {', '.join(COLUMNS)} from sale").fetchall()
        with duckdb.connect(warehouse, read_only=True) as link:
            ours = link.execute(f"select {', '.join(COLUMNS)} from staging.stg_sale").fetchall()
        kept, seen = {row[0]: row for row in ours}, {}
        found = []
        for row in theirs:
            if row[0] in seen or row[0] not in kept:
                found.append(row[0])
                seen[row[0]] = True
                continue
            seen[row[0]] = True
            other = kept[row[0]]
            if row[1:4] != other[1:4] or row[4] != str(other[4]) or row[5:] != other[5:]:
                found.append(row[0])
        found += [key for key in kept if key not in seen]
    return {"any": sorted(set(found))}


def _reladiffed(clock: Clock, warehouse: str, url: str, folder: str) -> dict[str, list[int]] | str:
    sys.path.append(folder)
    from reladiff import connect_to_table, diff_tables

    named = make_url(url)
    source = {
        "driver": "postgresql", "host": str(named.query["host"]), "user": named.username, "dbname": named.database,
    }  # fmt: skip
    try:
        with clock:
            columns = ("shop", "amount", "buyer", "changed_at")  # it knows no dates of DuckDB
            theirs = connect_to_table(source, "sale", "sale_id", extra_columns=columns)
            ours = connect_to_table(
                {"driver": "duckdb", "filepath": warehouse}, ("staging", "stg_sale"), "sale_id", extra_columns=columns
            )
            found = sorted({int(row[0]) for _, row in diff_tables(theirs, ours)})
    except Exception as problem:  # what another tool dies of is a figure of this benchmark
        return f"{type(problem).__name__}: {problem}".splitlines()[0][:80]
    return {"any": found}


def _found(answer: dict[str, list[int]] | str, planted: Any) -> str:
    if isinstance(answer, str):
        return answer
    if "any" not in answer:
        right = sum(answer[kind] == list(planted[kind]) for kind in planted)
        return f"{sum(map(len, answer.values()))} keys, {right} of {len(planted)} kinds exactly"
    wanted = {key for keys in planted.values() for key in keys}
    got = set(answer["any"])
    return f"{len(got & wanted)} of {len(wanted)} keys, {len(got - wanted)} others, no kinds"


def _server_cpu(engine: Engine) -> float:
    """The CPU seconds of the server and of all processes that it started, ended ones too."""
    with engine.connect() as connection:
        folder = connection.execute(text("show data_directory")).scalar_one()
    engine.dispose()
    parent = Path(folder, "postmaster.pid").read_text(encoding="utf-8").split()[0]
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        if stat.parent.name == parent or fields[1] == parent:
            ticks += sum(int(field) for field in fields[11 : 15 if stat.parent.name == parent else 13])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
