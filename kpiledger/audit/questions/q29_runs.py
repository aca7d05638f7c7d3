"""Question 29: which runs failed, stopped or were killed, and was anything of them published?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from duckdb import DuckDBPyConnection

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.standing import tree_facts
from kpiledger.audit.words import recorded_between
from kpiledger.claim import holder_of
from kpiledger.journal import JournalEntry, read_journal
from kpiledger.projected import hashes_of_tables
from kpiledger.settings import Settings

COLUMNS = ("run", "started_at", "ended_at", "outcome", "report", "recorded_in", "is_kept", "is_seen")
_PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Seen:
    """What readers see: the run that made it, and the entry that recorded its hashes.

    `not_hashed` are the tables that this entry has no hash of: they were not among those hashed when it was recorded.
    """

    run_id: str | None
    recorded_by: str | None
    seq: int | None
    not_hashed: tuple[str, ...] = ()


def answer(asked: Asked) -> Answer:
    """A row for each run that did not publish; it fails where one of them is recorded as published, or is seen."""
    first, end = recorded_between(asked.words)
    runs = [run for run in read_journal(asked.settings.runs) if first <= _utc(run.started_at) < end]
    unpublished = [run for run in runs if run.outcome != _PUBLISHED]
    index = asked.index()
    publications = dict(index.execute("select run_id, seq from publication order by seq").fetchall())
    seen, holder = _seen(asked, index), holder_of(asked.settings.build)
    rows = [_row(run, asked.settings, publications, seen, holder) for run in unpublished]
    caught = [row for row in rows if row[5] is not None or row[6] or row[7]]
    summary = (
        f"{len(runs)} runs began in this time, {len(unpublished)} of them did not publish",
        _told(seen),
        f"{len(caught)} of the runs that did not publish left something behind" if caught else _CLEAN,
    )
    facts = {"runs": len(runs), "not published": len(unpublished), **tree_facts(index)}
    return Answer(COLUMNS, rows, summary, _NOTES, (not caught and seen.seq is not None) or not runs, facts)


_CLEAN = "nothing of the runs that did not publish is recorded as published, kept as a publication, or seen"
_NOTES = (
    "`recorded_in` is the entry that records the run as published, `is_kept` whether its publication lies in "
    "the build folder, `is_seen` whether readers have it open.",
    "A run that is killed between recording and renaming is recorded and not seen: the next run publishes anew.",
)


def _row(
    run: JournalEntry, settings: Settings, publications: Mapping[str, int], seen: Seen, holder: str | None
) -> tuple[object, ...]:
    outcome = run.outcome
    if outcome == "running" and holder != run.run_id:
        outcome = "killed"  # it has written no end, and holds the build folder no more
    ended = _utc(run.ended_at) if run.ended_at else None
    report = run.report.strip().partition("\n")[0] or None
    is_kept = (settings.publications / run.run_id).exists()
    recorded = publications.get(run.run_id)
    return (run.run_id, _utc(run.started_at), ended, outcome, report, recorded, is_kept, run.run_id == seen.run_id)


def _seen(asked: Asked, index: DuckDBPyConnection) -> Seen:
    """Held by content: the hashes of the tables that readers have are those of a recorded publication.

    Of the last publication alone a table may lack a hash: otherwise an older one that did not hash a table yet would
    explain one that was changed since.
    """
    settings = asked.settings
    if not settings.warehouse.exists():
        return Seen(None, None, None)
    run_id = Path(settings.current).readlink().name if settings.current.is_symlink() else None
    hashes = hashes_of_tables(settings.warehouse, asked.ledger)
    recorded_ones = index.execute("select seq, run_id, hashes from publication order by seq desc").fetchall()
    for number, (seq, recorded_by, text) in enumerate(recorded_ones):
        recorded: dict[str, str] = json.loads(text)
        not_hashed = tuple(sorted(hashes.keys() - recorded.keys())) if number == 0 and recorded else ()
        if recorded == {table: digest for table, digest in hashes.items() if table not in not_hashed}:
            return Seen(run_id, recorded_by, seq, not_hashed)
    return Seen(run_id, None, None)


def _told(seen: Seen) -> str:
    if seen.run_id is None:
        return "readers see nothing: there is no publication"
    if seen.seq is None:
        return f"readers see the publication of run {seen.run_id}, whose tables hash to no recorded publication"
    told = f"readers see the publication of run {seen.run_id}; its tables hash to what entry {seen.seq} recorded"
    return f"{told}; not hashed by that publication: {', '.join(seen.not_hashed)}" if seen.not_hashed else told


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


QUESTION = Question(
    29, "Runs that failed, stopped or were killed, and that nothing of them was published", answer, takes=("from", "to")
)
