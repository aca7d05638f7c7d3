"""Does everything that the ledger says still hold: bytes, tree, signature, order, files, tables?

What a projection is compared with is the fold of the ledger's own events; what readers see is compared
with the hashes that the last publication recorded. Nothing given is left out silently.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields

from kpiledger.errors import LedgerDamaged
from kpiledger.folding import (
    AgreementVersionRow,
    RecordedEvent,
    TargetPeriodRow,
    agreement_version_rows,
    fold,
    target_period_rows,
)
from kpiledger.ledger.checkpoint import VerifierKey
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.integrity import Problem
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, examine_ledger
from kpiledger.ledger.subjects import unexplained
from kpiledger.periods import COMMON, Reckoning
from kpiledger.project import Project
from kpiledger.recording import contradictions
from kpiledger.reports.known import as_json

ProjectionRow = AgreementVersionRow | TargetPeriodRow

# What is compared with events read back; published tables are compared with the bytes of one entry.
_OF_EVENTS = ("files", "projection")
_CAUSE = "a number was changed outside of a run, or a run was interrupted while publishing; `kpi run` publishes again"


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what does not hold.

    `looked_at` names the checks that were made, `not_looked_at` those that were not, and why.
    """

    ledger: str
    entries: int
    root_hash: str | None
    looked_at: tuple[str, ...]
    not_looked_at: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class _Beside:
    """What lies beside the ledger and is held against it; None where it was not given."""

    project: Project | None
    projection: Iterable[ProjectionRow] | None
    published: Mapping[str, str] | None

    @property
    def given(self) -> list[str]:
        named = (("files", self.project), ("projection", self.projection), ("published tables", self.published))
        return [name for name, value in named if value is not None]


def verify(
    ledger: Ledger,
    project: Project | None = None,
    projection: Iterable[ProjectionRow] | None = None,
    key: VerifierKey | None = None,
    published: Mapping[str, str] | None = None,
    not_looked_at: Sequence[str] = (),
    problems: Sequence[str] = (),
) -> Verification:
    """Check a ledger with everything given: a project's files, rows of its tables, a key kept elsewhere.

    `published` has the hash of each table that readers now see. The caller says in `not_looked_at` what
    there was not to look at, and in `problems` what could not be looked at although it should be.
    """
    beside = _Beside(project, projection, published)
    callers = [Problem("project", text) for text in problems]
    left_out = list(not_looked_at)
    try:
        found = examine_ledger(ledger, key)
    except LedgerDamaged as damage:  # a file is missing or the public key is none
        left_out += [f"{name}: the ledger cannot be read" for name in beside.given]
        all_found = (*callers, Problem("ledger", damage.message))
        return Verification(str(ledger.directory), 0, None, (), tuple(left_out), all_found)
    all_problems = [*callers, *found.problems, *_tail(found.tail)]
    looked_at = ["entries", "leaves", "checkpoint", "order"]
    if found.problems:
        left_out += [f"{name}: the ledger itself does not hold" for name in ("subjects", *beside.given)]
    else:
        beyond, unreadable = _beyond_the_bytes(ledger, found.entries, beside)
        all_problems += beyond
        uncompared = [name for name in beside.given if unreadable and name in _OF_EVENTS]
        left_out += [f"{name}: the recorded events cannot be read" for name in uncompared]
        looked_at += ["subjects", *(name for name in beside.given if name not in uncompared)]
    root_hash = found.checkpoint.root.hex() if found.checkpoint else None
    size = found.checkpoint.size if found.checkpoint else len(found.entries)
    return Verification(str(ledger.directory), size, root_hash, tuple(looked_at), tuple(left_out), tuple(all_problems))


def render_json(found: Verification) -> str:
    """The verification for machines."""
    return json.dumps({"holds": found.holds, **as_json(found)}, ensure_ascii=False, indent=2)


def render_text(found: Verification) -> str:
    """The verification for people: every problem, what was not looked at, then one line that sums up."""
    lines = [f"{problem.name}: {problem}" for problem in found.problems]
    lines += [f"not looked at: {text}" for text in found.not_looked_at]
    checked = ", ".join(found.looked_at)
    verdict = "holds" if found.holds else f"does not hold: {len(found.problems)} problems"
    lines.append(f"the ledger {found.ledger} {verdict} ({found.entries} entries; looked at {checked})")
    if found.holds:
        lines.append(f"root {found.root_hash}")
    return "\n".join(lines)


def _tail(size: int) -> Iterator[Problem]:
    if size:
        message = (
            f"{size} bytes after the last acknowledged entry: an append was interrupted, or an older "
            "checkpoint was put back; the next recording sets them aside in `torn`"
        )
        yield Problem("tail", message)


def _beyond_the_bytes(ledger: Ledger, entries: Sequence[Entry], beside: _Beside) -> tuple[list[Problem], bool]:
    """What does not hold, and whether the recorded events cannot even be read."""
    problems = list(unexplained(ledger, entries))
    if beside.published is not None:
        problems += _against_publication(beside.published, entries)
    try:
        events = recorded_events(ledger, entries)
        fold(events)
        if beside.project is not None:
            problems += _against_files(beside.project, ledger, entries)
    except LedgerDamaged as damage:
        is_named = any(problem.message == damage.message for problem in problems)
        return problems + ([] if is_named else [Problem("content", damage.message)]), True
    if beside.projection is not None:
        reckoning = beside.project.calendar.reckoning if beside.project else COMMON
        problems += _against_projection(list(beside.projection), events, entries, reckoning)
    return problems, False


def _against_publication(published: Mapping[str, str], entries: Sequence[Entry]) -> Iterator[Problem]:
    """Tables that readers see must hash to what the last publication recorded: no more, no fewer, no others."""
    name = "published tables"
    last = next((entry for entry in reversed(entries) if entry.kind is EntryKind.RUN_PUBLISHED), None)
    if last is None:
        if published:
            tables = ", ".join(sorted(published))
            yield Problem(name, f"{tables}: published, but no `run.published` is recorded; {_CAUSE}")
        return
    recorded = last.content["hashes"]
    for table in sorted({*recorded, *published}):
        old, new = recorded.get(table, "nothing"), published.get(table, "nothing")
        if old != new:
            yield Problem(name, f"{table}: recorded {old}, found {new}; {_CAUSE}", last.seq, last.key)


def _against_projection(
    rows: Sequence[ProjectionRow],
    events: Sequence[RecordedEvent],
    entries: Sequence[Entry],
    reckoning: Reckoning,
) -> list[Problem]:
    """Tables must equal the fold of all events, or of those that the last publication could know.

    A run records before it checks; when its checks fail, readers keep the former publication.
    """
    found = _projection_problems(rows, events, reckoning)
    published = [entry.seq for entry in entries if entry.kind is EntryKind.RUN_PUBLISHED]
    if found and published:
        as_published = [event for event in events if event.seq < published[-1]]
        return found if _projection_problems(rows, as_published, reckoning) else []
    return found


def _projection_problems(
    rows: Sequence[ProjectionRow], events: Sequence[RecordedEvent], reckoning: Reckoning
) -> list[Problem]:
    versions = fold(events)
    folded: tuple[tuple[type[ProjectionRow], Sequence[ProjectionRow]], ...] = (
        (AgreementVersionRow, agreement_version_rows(versions)),
        (TargetPeriodRow, target_period_rows(versions, reckoning)),
    )
    return [
        problem
        for kind, expected in folded
        for problem in _row_differences(kind.__name__, [row for row in rows if isinstance(row, kind)], expected)
    ]


def _against_files(project: Project, ledger: Ledger, entries: Sequence[Entry]) -> list[Problem]:
    return [
        Problem("files", f"{finding.position.path}:{finding.position.line}: {finding.rule} {finding.message}")
        for finding in contradictions(project, ledger, entries)
    ]


def _row_differences(table: str, found: Sequence[ProjectionRow], folded: Sequence[ProjectionRow]) -> Iterator[Problem]:
    """Rows as a multiset: a doubled row is a difference."""
    have, want = Counter(map(astuple, found)), Counter(map(astuple, folded))
    names = [field.name for field in fields(folded[0] if folded else found[0])] if folded or found else []
    for row, count in (want - have).items():
        yield Problem("projection", f"{table}: {count} missing: {_row(names, row)}")
    for row, count in (have - want).items():
        yield Problem("projection", f"{table}: {count} not in the ledger: {_row(names, row)}")


def _row(names: Sequence[str], row: Sequence[object]) -> str:
    shown = zip(names, row, strict=True)
    return ", ".join(f"{name}={as_json(value)}" for name, value in shown if value is not None)
