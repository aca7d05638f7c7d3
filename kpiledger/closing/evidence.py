"""What is frozen when a period is closed, and where does it lie?

    closes/<period>/<ordinal>/values.parquet scorecard.parquet facts/<fact>.parquet checks.parquet
                              reconciliation.parquet extracts.json extracts/<source>/<table>.parquet recipe.json
                              restated-<n>/values.parquet scorecard.parquet extracts.json extracts/... recipe.json

It is written aside and renamed, and counts only where an entry of the ledger names it: what a killed close left is
replaced by the next. A holder who is a person stands as a commitment, so that erasing the person leaves the bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from kpiledger.closing.columns import SCORECARD, SCORECARD_KEY, VALUES, VALUES_KEY, frozen_keys
from kpiledger.closing.facts import rows_in_period
from kpiledger.closing.places import EXTRACTS, SCORECARD_FILE, VALUES_FILE, folder_of
from kpiledger.closing.standing import Close
from kpiledger.extracts.choosing import keep_too
from kpiledger.file_hash import file_hash
from kpiledger.ledger.durable import sync_folder
from kpiledger.project import Project
from kpiledger.recipe import FILE as RECIPE
from kpiledger.warehouse import literal

_EXTRACTS_LIST = "extracts.json"
_CHECKS = {"checks.parquet": "fct_check_result", "reconciliation.parquet": "fct_reconciliation"}


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was written: the hash of each file by its path, and how many rows the two tables of figures have."""

    files: Mapping[str, str]
    rows: Mapping[str, int]


def freeze(
    warehouse: DuckDBPyConnection,
    publication: Path,
    aside: Path,
    days: tuple[date, date],
    project: Project,
    standing: Sequence[Close],
    closes: Path,
) -> Frozen:
    """Write the figures within some days that no standing close has frozen, and all they rest on, into a new folder.

    `standing` are the closes, below folder `closes`, whose figures are frozen already. Table `holder_kept` of the
    connection says how each holder is written.
    """
    shutil.rmtree(aside, ignore_errors=True)
    (aside / "facts").mkdir(parents=True)
    before = {name: _frozen(standing, closes, name) for name in (SCORECARD_FILE, VALUES_FILE)}
    rows = {
        "scorecard": _copy(warehouse, _scorecard(days, before[SCORECARD_FILE]), aside / SCORECARD_FILE),
        "values": _copy(warehouse, _values(days, before[VALUES_FILE]), aside / VALUES_FILE),
    }
    for name, table in _CHECKS.items():
        _copy(warehouse, f"select * from kpi.{table} order by all", aside / name)
    for name, fact in sorted(project.facts.items()):
        query = rows_in_period(warehouse, fact, *days)
        if query is not None:
            _copy(warehouse, query, aside / "facts" / f"{name}.parquet")
    keep_inputs(publication, aside)
    return Frozen(hashes_in(aside), rows)


def settle(aside: Path, folder: Path) -> None:
    """Put a folder that is written in its place; what lies there was never recorded."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        shutil.rmtree(folder)
    for path in sorted(aside.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o444)
    aside.replace(folder)
    sync_folder(folder.parent)


def hashes_in(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file below a folder, by its path from there."""
    return {
        path.relative_to(folder).as_posix(): file_hash(path) for path in sorted(folder.rglob("*")) if path.is_file()
    }


def keep_holders(warehouse: DuckDBPyConnection, people: Mapping[str, str]) -> None:
    """Say in `holder_kept` how people are written who hold targets: by their commitments."""
    warehouse.execute("create or replace temp table holder_kept (holder varchar, kept varchar)")
    warehouse.execute(
        "insert into holder_kept select unnest(?::varchar[]), unnest(?::varchar[])",
        [list(people), list(people.values())],
    )


def scorecard_columns(table: str) -> str:
    """The official columns of a table, holders as they are kept."""
    others = (f"{table}.{column}" for column in SCORECARD if column != "holder")
    return ", ".join((f"coalesce(holder_kept.kept, {table}.holder) as holder", *others))


def write_rows(warehouse: DuckDBPyConnection, query: str, path: Path) -> int:
    """Write the rows of a query into a Parquet file; how many there are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return _copy(warehouse, query, path)


def _scorecard(days: tuple[date, date], frozen: str | None) -> str:
    again = frozen_keys(SCORECARD_KEY, "shown", "frozen")
    return f"""
        with shown as (
            select {scorecard_columns("fct_scorecard")}
            from kpi.fct_scorecard left join holder_kept on holder_kept.holder = fct_scorecard.holder
            where {_within(days)}
        )
        select shown.* from shown {f"anti join {frozen} as frozen on {again}" if frozen else ""}
        order by {", ".join(SCORECARD_KEY)}
    """


def _values(days: tuple[date, date], frozen: str | None) -> str:
    """The values that the versions in force computed."""
    again = frozen_keys(VALUES_KEY, "shown", "frozen")
    return f"""
        with shown as (
            select {", ".join(f"fct_kpi_value.{column}" for column in VALUES)}
            from kpi.fct_kpi_value join kpi.dim_kpi_version
                on dim_kpi_version.kpi = fct_kpi_value.kpi and dim_kpi_version.version = fct_kpi_value.version
                and dim_kpi_version.valid_from <= fct_kpi_value.period_start
                and coalesce(dim_kpi_version.valid_to, fct_kpi_value.period_start) >= fct_kpi_value.period_start
            where {_within(days)}
        )
        select shown.* from shown {f"anti join {frozen} as frozen on {again}" if frozen else ""}
        order by {", ".join(VALUES_KEY)}
    """


def _frozen(standing: Iterable[Close], closes: Path, name: str) -> str | None:
    """The rows that are frozen already: of the files that the ledger names, and of no other that lies beside them."""
    folders = (
        folder_of(closes, close) / part
        for close in standing
        for part in ("", *(f"restated-{one.content['restatement']}" for one in close.restatements))
    )
    paths = ", ".join(literal(folder / name) for folder in folders)
    return f"read_parquet([{paths}], union_by_name = true)" if paths else None


def _within(days: tuple[date, date]) -> str:
    return f"period_start >= date '{days[0]}' and period_end <= date '{days[1]}'"


def _copy(warehouse: DuckDBPyConnection, query: str, path: Path) -> int:
    found = warehouse.execute(f"copy ({query}) to {literal(path)} (format parquet)").fetchone()
    return int(found[0]) if found else 0


def keep_inputs(publication: Path, aside: Path) -> None:
    """The statements of a publication, and links to the extracts that it was made from: they stay with the close."""
    if (publication / RECIPE).exists():
        shutil.copyfile(publication / RECIPE, aside / RECIPE)
    listed = publication / _EXTRACTS_LIST
    if not listed.exists():
        return
    shutil.copy2(listed, aside / _EXTRACTS_LIST)
    for path in sorted((publication / EXTRACTS).rglob("*.parquet")):
        keep_too(path.resolve(), aside / EXTRACTS / path.relative_to(publication / EXTRACTS))
