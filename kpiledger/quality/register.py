"""The register of registration issues: a small file beside the publications, which blocked runs keep up as well.

It is made anew by looking, like everything below the build folder: where it is missing, every issue is seen first now.
"""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import duckdb

from kpiledger.errors import BrokenWorld
from kpiledger.ledger.durable import sync_folder
from kpiledger.quality.episodes import FOLLOWED, Episode, follow
from kpiledger.quality.report import QualityReport
from kpiledger.quality.tables import know_none
from kpiledger.warehouse import literal

_COLUMNS = ", ".join(field.name for field in fields(Episode))


def keep_register(path: Path, report: QualityReport) -> Path:
    """Bring the register up to date with a run's report: the whole file at once or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    with duckdb.connect() as link:
        know_none(link)
        if path.exists():
            _read(link, path, f"insert into known select {_COLUMNS}, file_row_number from {_rows(path)}")
        follow(link, report)
        ordered = f"select {_COLUMNS} from {FOLLOWED} order by is_new, position"
        link.execute(f"copy ({ordered}) to {literal(fresh)} (format parquet)")
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)
    return path


def read_register(path: Path) -> tuple[Episode, ...]:
    """Every episode in the order they began; none where there is no register, BrokenWorld where the file is none."""
    if not path.exists():
        return ()
    with duckdb.connect() as link:
        rows = _read(link, path, f"select {_COLUMNS} from {_rows(path)} order by file_row_number").fetchall()
    return tuple(Episode(*row) for row in rows)


def _rows(path: Path) -> str:
    return f"read_parquet({literal(path)}, file_row_number = true)"


def _read(link: duckdb.DuckDBPyConnection, path: Path, query: str) -> duckdb.DuckDBPyConnection:
    try:
        return link.execute(query)
    except duckdb.Error as problem:
        raise BrokenWorld(
            f"the register of registration issues {path} cannot be read: {str(problem).splitlines()[0]}",
            "move it away and run again: what is open then is first seen in that run",
        ) from problem
