"""The register of registration issues: a small file beside the publications, which blocked runs keep up as well.

It is made anew by looking, like everything below the build folder: where it is missing, every issue is seen first now.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import duckdb

from kpiledger.errors import BrokenWorld
from kpiledger.ledger.durable import sync_folder
from kpiledger.quality.episodes import Episode, followed
from kpiledger.quality.report import QualityReport
from kpiledger.quality.tables import FCT_REGISTRATION_ISSUE, write_table
from kpiledger.warehouse import literal

_COLUMNS = ", ".join(field.name for field in fields(Episode))


def keep_register(path: Path, report: QualityReport) -> tuple[Episode, ...]:
    """Bring the register up to date with a run's report: the whole file at once or not at all."""
    episodes = followed(read_register(path), report)
    _write(path, episodes)
    return episodes


def read_register(path: Path) -> tuple[Episode, ...]:
    """Every episode in the order they began; none where there is no register, BrokenWorld where the file is none."""
    if not path.exists():
        return ()
    read = f"read_parquet({literal(path)}, file_row_number = true)"
    try:
        with duckdb.connect() as link:
            rows = link.execute(f"select {_COLUMNS} from {read} order by file_row_number").fetchall()
    except duckdb.Error as problem:
        raise BrokenWorld(
            f"the register of registration issues {path} cannot be read: {str(problem).splitlines()[0]}",
            "move it away and run again: what is open then is first seen in that run",
        ) from problem
    return tuple(Episode(*row) for row in rows)


def _write(path: Path, episodes: Sequence[Episode]) -> None:
    fresh = path.with_name(f"{path.name}.new")
    with duckdb.connect() as link:
        link.execute("create schema kpi")
        write_table(link, FCT_REGISTRATION_ISSUE, episodes)
        link.execute(f"copy kpi.{FCT_REGISTRATION_ISSUE.name} to {literal(fresh)} (format parquet)")
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)
