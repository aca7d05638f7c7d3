"""Do the files say otherwise than the last recorded policy who was what on days that are over?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from kpiledger.approvals.contents import recorded_standing
from kpiledger.approvals.rewritten import Rewritten, Subject, named, rewritten
from kpiledger.approvals.standing import standing_in_files
from kpiledger.finding import Finding, Position, Severity
from kpiledger.ledger.entry import Entry, decode_entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.searching import entries_with
from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.ledger.subjects import Gone, resolving
from kpiledger.project import Project

PAST_REWRITTEN = "KPI196"
_POLICY = b'"kind":"authority.recorded"'
_HINT = "leave past days as they are recorded and say from when it is otherwise; question 6 of the audit tells a change"


def past_rewritten(project: Project, entries: Sequence[Entry], plain: Callable[[Any], Any]) -> Iterator[Finding]:
    """A warning for each appointment, right and unit that the files change for days before today.

    Whoever was erased had to leave the files.
    """
    last = next((entry for entry in reversed(entries) if entry.kind is EntryKind.AUTHORITY_RECORDED), None)
    if last is None or project.authority is None or "organisation" in project.unread:
        return
    gone: set[str] = set()

    def name_of(commitment: str) -> str:
        value = plain({"commitment": commitment})
        if isinstance(value, Gone):
            gone.add(value.apart)
            return value.apart
        return str(value)

    recorded = named(recorded_standing(last.content), name_of)
    for change in rewritten(recorded, standing_in_files(project), _today()):
        if change.person not in gone:
            message = f"{change.told}, other than the policy of entry {last.seq} says"
            yield Finding(PAST_REWRITTEN, Severity.WARNING, _place(project, change), message, _HINT)


def past_rewritten_since(project: Project, ledger: Ledger) -> list[Finding]:
    """The same of a ledger, of which only the policies are read."""
    if not ledger.exists:
        return []
    lines = entries_with(ledger.storage, signed_checkpoint(ledger).size, _POLICY)
    return list(past_rewritten(project, [decode_entry(line) for _, line in lines], resolving(ledger)))


def _today() -> date:
    return datetime.now(UTC).date()


def _place(project: Project, change: Rewritten) -> Position:
    """Where the files say it now; the list that it is missing in where they say nothing."""
    authority, organisation = project.authority, project.organisation
    if change.subject is Subject.UNIT or authority is None:
        return organisation.place("roles", change.role, "unit")
    if change.subject is Subject.RIGHT:
        roles = [grant.role for grant in authority.authorities]
        return authority.place("authorities", *_at(roles, change.role))
    held = [(one.role, one.person) for one in authority.appointments]
    if (change.role, change.person) in held:
        return authority.place("appointments", *_at(held, (change.role, change.person)))
    if change.person in organisation.people:
        return organisation.place("people", change.person)
    return authority.place("appointments")


def _at(names: Sequence[object], name: object) -> tuple[int, ...]:
    return (names.index(name),) if name in names else ()
