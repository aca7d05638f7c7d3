"""Does everything that the ledger says still hold: bytes, tree, signature, order, files, tables?

What a projection is compared with is the fold of the ledger's own events.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
from kpiledger.project import Project
from kpiledger.recording import contradictions
from kpiledger.reports.known import as_json

ProjectionRow = AgreementVersionRow | TargetPeriodRow


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what does not hold; `looked_at` names the checks that were made."""

    ledger: str
    entries: int
    root_hash: str | None
    looked_at: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def verify(
    ledger: Ledger,
    project: Project | None = None,
    projection: Iterable[ProjectionRow] | None = None,
    key: VerifierKey | None = None,
) -> Verification:
    """Check a ledger with everything given: a project's files, rows of its tables, a key kept elsewhere."""
    try:
        found = examine_ledger(ledger, key)
    except LedgerDamaged as damage:  # a file is missing or the public key is none
        return Verification(str(ledger.directory), 0, None, (), (Problem("ledger", damage.message),))
    problems = list(found.problems)
    looked_at = ["entries", "leaves", "checkpoint", "order"]
    if found.tail:
        message = (
            f"{found.tail} bytes after the last acknowledged entry: an append was interrupted, or an older "
            "checkpoint was put back; the next recording sets them aside in `torn`"
        )
        problems.append(Problem("tail", message))
    if not found.problems:
        problems += _beyond_the_bytes(ledger, found.entries, project, projection)
        looked_at += ["subjects"]
        looked_at += [name for name, given in (("files", project), ("projection", projection)) if given is not None]
    root_hash = found.checkpoint.root.hex() if found.checkpoint else None
    size = found.checkpoint.size if found.checkpoint else len(found.entries)
    return Verification(str(ledger.directory), size, root_hash, tuple(looked_at), tuple(problems))


def render_json(found: Verification) -> str:
    """The verification for machines."""
    return json.dumps({"holds": found.holds, **as_json(found)}, ensure_ascii=False, indent=2)


def render_text(found: Verification) -> str:
    """The verification for people: every problem, then one line that sums up."""
    lines = [f"{problem.name}: {problem}" for problem in found.problems]
    checked = ", ".join(found.looked_at)
    verdict = "holds" if found.holds else f"does not hold: {len(found.problems)} problems"
    lines.append(f"the ledger {found.ledger} {verdict} ({found.entries} entries; looked at {checked})")
    if found.holds:
        lines.append(f"root {found.root_hash}")
    return "\n".join(lines)


def _beyond_the_bytes(
    ledger: Ledger,
    entries: Sequence[Entry],
    project: Project | None,
    projection: Iterable[ProjectionRow] | None,
) -> list[Problem]:
    lost = list(unexplained(ledger, entries))
    try:
        events = recorded_events(ledger, entries)
        fold(events)
        problems = lost + (_against_files(project, ledger, entries) if project is not None else [])
    except LedgerDamaged as damage:
        return lost or [Problem("content", damage.message)]
    if projection is not None:
        problems += _against_projection(list(projection), events, entries)
    return problems


def _against_projection(
    rows: Sequence[ProjectionRow], events: Sequence[RecordedEvent], entries: Sequence[Entry]
) -> list[Problem]:
    """Tables must equal the fold of all events, or of those that the last publication could know.

    A run records before it checks; when its checks fail, readers keep the former publication.
    """
    found = _projection_problems(rows, events)
    published = [entry.seq for entry in entries if entry.kind is EntryKind.RUN_PUBLISHED]
    if found and published:
        as_published = [event for event in events if event.seq < published[-1]]
        return found if _projection_problems(rows, as_published) else []
    return found


def _projection_problems(rows: Sequence[ProjectionRow], events: Sequence[RecordedEvent]) -> list[Problem]:
    versions = fold(events)
    folded: tuple[tuple[type[ProjectionRow], Sequence[ProjectionRow]], ...] = (
        (AgreementVersionRow, agreement_version_rows(versions)),
        (TargetPeriodRow, target_period_rows(versions)),
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
