"""What `kpi check` says about approvals: signatures that do not count, and events that need one and have none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from kpiledger.approvals.in_files import Stands, standings
from kpiledger.finding import Finding, Position, Severity
from kpiledger.project import Project
from kpiledger.rules.promises import overlap_error, overlap_warning, overlaps
from kpiledger.vocabulary import ApprovalState

_NO_EVENT, _VOID, _REFUSED, _UNAPPROVED, _UNKNOWN = "KPI151", "KPI152", "KPI153", "KPI154", "KPI155"
_COUNTING = (ApprovalState.APPROVED, ApprovalState.NOT_REQUIRED)
# What cannot be judged while files that it rests on cannot be read.
_RESTS_ON = ("organisation", "authority", "holder")


def approval_findings(project: Project) -> Iterable[Finding]:
    """Findings on the approval of each event, at the event; silent where what they rest on could not be read."""
    if any(kind in project.unread for kind in _RESTS_ON):
        return
    events, waiting = set(), set()
    for stands in standings(project):
        events.add(stands.event.key)
        if stands.state not in _COUNTING:
            waiting.add((stands.event.file.path, stands.event.index))
        yield from _of_signatures(stands)
        if stands.state is ApprovalState.UNAPPROVED:
            yield _unapproved(stands)
    for signature in project.signatures:
        if signature.event not in events:
            message = f"there is no agreement event {signature.event} that this could be a signature of"
            hint = "delete the file, or put the event back that it approves"
            yield Finding(_NO_EVENT, Severity.ERROR, Position(signature.path, 1, 1), message, hint)
    if project.authority is not None:
        yield from _overlaps(project, waiting)


def _overlaps(project: Project, waiting: Collection[tuple[str, int]]) -> Iterator[Finding]:
    """An error where two agreements count; a warning where they would once what waits is approved."""
    by_what_counts = list(overlaps(project, lambda told: (told.file.path, told.index) not in waiting))
    yield from map(overlap_error, by_what_counts)
    known = {found.key for found in by_what_counts}
    yield from (overlap_warning(found) for found in overlaps(project) if found.key not in known)


def _of_signatures(stands: Stands) -> Iterator[Finding]:
    event = stands.event
    for signature, verdict in stands.signatures:
        where = f"the approval of {event.key} by {signature.person}"
        if verdict.state is ApprovalState.VOID:
            place = event.file.place("events", event.index)
            yield Finding(_VOID, Severity.ERROR, place, f"{where} is void: {verdict.why}", verdict.hint)
        elif verdict.is_unknown:
            # The line of a stolen key is taken out while what was approved with it before stays recorded.
            place = event.file.place("events", event.index, "approved_by")
            hint = "add its line to metrics/approvers/allowed_signers; if it was taken out, what was recorded stands"
            yield Finding(_UNKNOWN, Severity.WARNING, place, f"{where} does not count now: {verdict.why}", hint)
        elif verdict.state is ApprovalState.REFUSED:
            place = event.file.place("events", event.index, "approved_by")
            yield Finding(_REFUSED, Severity.ERROR, place, f"{where} does not count: {verdict.why}", verdict.hint)


def _unapproved(stands: Stands) -> Finding:
    event = stands.event
    message = f"{event.key} was decided on {event.event.decided_on} and is not approved: its targets do not count"
    hint = f"let `{event.event.approved_by}` run `kpi approve {event.file.path} --event {event.key}`"
    place = event.file.place("events", event.index, "approved_by")
    return Finding(_UNAPPROVED, Severity.WARNING, place, message, hint)
