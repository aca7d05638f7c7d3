"""Takes one table of a source: reads it, judges it, writes its file aside, and says in a manifest what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from kpiledger.extracts.arrived import Arrived, private_link
from kpiledger.extracts.history import History, Published, history_of
from kpiledger.extracts.judging import columns_fit, keys_fit, rows_fit, size_fits, types_fit
from kpiledger.extracts.manifest import Manifest, extract_id_of
from kpiledger.extracts.problem import Problem
from kpiledger.extracts.snapshot import Answer, ask, batches
from kpiledger.extracts.store import current_link
from kpiledger.file_hash import file_hash
from kpiledger.quality.session import SourceSession
from kpiledger.specs.expectation import CheckedTable
from kpiledger.specs.extracting import Extract


@dataclass(frozen=True, slots=True)
class Taken:
    """An extract that is now the newest of its table; `is_new` says whether its rows differ from the one before."""

    manifest: Manifest
    is_new: bool


@dataclass(frozen=True, slots=True)
class Taking:
    """Where extracts are kept, how many stay, when they are taken, and why what differs is accepted.

    `published` is what the newest publication was made from.
    """

    extracts: Path
    kept: int
    taken_at: datetime
    accepted: str | None = None
    published: Published = field(default_factory=Published)

    @property
    def extract_id(self) -> str:
        """What its extracts are called."""
        return extract_id_of(self.taken_at)


def extract_of_table(
    session: SourceSession, connection: sa.Connection, table: CheckedTable, asked: Extract, taking: Taking, aside: Path
) -> Iterator[Taken | Problem]:
    """The extract of a table, its file in `aside`; or what is wrong with it."""
    known = history_of(taking.extracts, session.source, table.table, taking.published)
    before = known.newest
    answer = ask(connection, session.dialect, session.as_written(table.table), list(asked.columns))
    problems = list(columns_fit(session.source, table, asked, answer))
    if problems:
        yield from problems
        return
    with private_link(aside) as link:
        arrived = Arrived(link, asked.columns)
        row_count = arrived.fill(list(asked.columns), batches(connection, answer.query))
        problems += rows_fit(session.source, table, arrived, row_count, answer)
        if not problems:
            problems += keys_fit(session.source, table, arrived)
        if not taking.accepted:
            problems += types_fit(session.source, table, asked, answer, before) if before else ()
            problems += size_fits(session.source, table, asked, row_count, known)
        if problems:
            yield from problems
            return
        data = aside / f"{table.table}.parquet"
        arrived.write(data, table.key)
        manifest = _manifest(session.source, table, asked, taking, known, answer, arrived, data, row_count)
    if before is not None and _content(before) == _content(manifest) and _is_whole(before, taking.extracts):
        yield Taken(before, False)
    else:
        yield Taken(manifest, True)


def _content(manifest: Manifest) -> tuple[object, ...]:
    """What tells one extract of a table from another: its rows, and how they were declared on both sides."""
    declared = {name: manifest.source_columns.get(name) for name in manifest.columns}
    return manifest.sha256, dict(manifest.columns), declared, manifest.row_count, dict(manifest.control_totals)


def _is_whole(manifest: Manifest, extracts: Path) -> bool:
    """Whether the newest extract is still as it was taken: one that was changed is taken anew, equal rows or not."""
    data = current_link(extracts, manifest.source, manifest.table).resolve()
    is_named = data.stem == manifest.extract_id == extract_id_of(datetime.fromisoformat(manifest.taken_at))
    return is_named and data.exists() and file_hash(data) == manifest.sha256


def _manifest(
    source: str,
    table: CheckedTable,
    asked: Extract,
    taking: Taking,
    known: History,
    answer: Answer,
    arrived: Arrived,
    data: Path,
    row_count: int,
) -> Manifest:
    period = arrived.ends(table.period) if table.period in asked.columns else (None, None)
    mark = asked.high_water_mark or (table.reconcile.cut_off if table.reconcile else None)
    return Manifest(
        extract_id=taking.extract_id,
        source=source,
        table=table.table,
        taken_at=taking.taken_at.isoformat(),
        query=answer.query,
        columns=dict(asked.columns),
        row_count=row_count,
        control_totals={name: arrived.total(name) for name in asked.control_totals},
        period_from=period[0],
        period_to=period[1],
        high_water_mark=arrived.ends(mark)[1] if mark in asked.columns else None,
        sha256=file_hash(data),
        source_columns=answer.source_columns,
        accepted=taking.accepted or known.carried or known.lost,
    )
