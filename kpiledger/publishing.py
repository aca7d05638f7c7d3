"""Publishing what was built aside: one rename of one link, so that readers see all old or all new.

build/warehouse.duckdb -> current/warehouse.duckdb
build/pages            -> current/pages
build/current          -> publications/<run>        (the one link that a publication renames)
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from duckdb import DuckDBPyConnection

from kpiledger.errors import BrokenWorld
from kpiledger.settings import Settings
from kpiledger.warehouse import open_reader, rows_of

# The tables that finance and auditors read, and those that a close or a restatement is decided by: their content is
# what a publication promises.
PUBLISHED_TABLES = (
    "fct_kpi_value",
    "fct_kpi_target",
    "fct_scorecard",
    "scorecard_now",
    "fct_check_result",
    "fct_agreement_score",
    "fct_closed_value",
    "fct_period_close",
    "fct_restatement",
    "fct_decision",
    "fct_review_due",
    "fct_trigger_fired",
    "dim_agreement_version",
    "dim_kpi_version",
)
_ROWS_AT_ONCE = 10_000
# Which run it was and when: equal figures of two runs are equal.
_OF_THE_RUN = ("run_id", "checked_at")
_TABLES_THERE = "select table_name from information_schema.tables where table_schema = 'kpi'"


@dataclass(frozen=True, slots=True)
class Publication:
    """What readers now see; `is_new` says whether a figure, target or definition differs from before."""

    warehouse: Path
    pages: Path
    is_new: bool


def table_hashes(warehouse: Path) -> dict[str, str]:
    """SHA-256 of each published table's rows in order: equal content gives equal hashes.

    A publication of before a table existed does not have it.
    """
    with open_reader(warehouse) as connection:
        there = {row["table_name"] for row in rows_of(connection, _TABLES_THERE)}
        return {table: table_hash(connection, table) for table in PUBLISHED_TABLES if table in there}


def swap(settings: Settings, run_id: str) -> None:
    """Make what lies in `next` the current publication and let go of the oldest ones."""
    folder = settings.publications / run_id
    settings.publications.mkdir(parents=True, exist_ok=True)
    (settings.next / "warehouse.duckdb").chmod(0o444)  # a published number is not changed in place
    settings.next.replace(folder)
    _link(settings.current, Path(os.path.relpath(folder, settings.build)))
    for name in ("warehouse.duckdb", "pages"):
        _link(settings.build / name, Path("current") / name)
    _prune(settings, keep=folder)


def table_hash(connection: DuckDBPyConnection, table: str) -> str:
    """SHA-256 of the rows as text with a line end between them, taken piece by piece: a table may be large."""
    rows = f"(select columns(name -> name not in {_OF_THE_RUN}) from kpi.{table})"
    found = connection.execute(f"select r::varchar from {rows} as r order by r::varchar")
    digest, between = sha256(), ""
    while piece := found.fetchmany(_ROWS_AT_ONCE):
        digest.update((between + "\n".join(text for (text,) in piece)).encode())
        between = "\n"
    return digest.hexdigest()


def _link(link: Path, target: Path) -> None:
    """Point a link somewhere by renaming a new one over it; what somebody else put there is not touched."""
    if link.is_symlink() and link.readlink() == target:
        return
    if link.exists() and not link.is_symlink():
        raise BrokenWorld(f"{link} is no link of ours and stands where one must be", "move it away and run again")
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)


def _prune(settings: Settings, keep: Path) -> None:
    folders = sorted(settings.publications.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for folder in [path for path in folders if path != keep][settings.keep_publications :]:
        shutil.rmtree(folder)
