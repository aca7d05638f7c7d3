"""Do the events of each agreement make a history: agreed once, then changed in order and within its days?

Where events need approvals, one that nobody signed must not forbid those that come after it: what contradicts only
such an event is a warning. The fold takes any order, and an event that waits displaces nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import PurePosixPath

from kpiledger.finding import Finding
from kpiledger.nearest import suggestion
from kpiledger.periods import Period, Reckoning
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown, warning
from kpiledger.rules.timelines import Told, last_day, latest_end, timelines, told_events
from kpiledger.specs.agreement import AgreementFile
from kpiledger.vocabulary import EventKind, Grain

_DAY = timedelta(days=1)
_WAITING = "KPI162"
_WHILE_IT_WAITS = "it holds while the event before it waits for an approval; once that is approved, look again"


def agreement_rules(project: Project) -> Iterable[Finding]:
    """Findings in the events of agreement files, but for their targets."""
    if "organisation" not in project.unread:
        yield from _people(project)
    yield from _ids_once(project)
    for file in project.agreements:
        yield from _order(file, can_wait=project.authority is not None)
    lines = timelines(project)
    for (holder, name), line in lines.items():
        if holder not in project.unread.get("holder", ()):
            ids = sorted(agreement for other, agreement in lines if other == holder and agreement != name)
            yield from _agreed_first(line, ids, can_wait=project.authority is not None)
        for position, told in enumerate(line):
            yield from _within(told, line[:position], can_wait=project.authority is not None)
            yield from _on_period(told, line[:position], project.calendar.reckoning)


def _people(project: Project) -> Iterable[Finding]:
    organisation = project.organisation
    people = {*organisation.roles, *organisation.people}
    for file in project.agreements:
        yield from unknown("KPI023", file, ("holder",), file.holder, organisation.holders, "holder")
    for told in told_events(project):
        for key in ("proposed_by", "approved_by"):
            yield from unknown("KPI023", told.file, told.path(key), getattr(told.event, key), people, "role")


def _ids_once(project: Project) -> Iterable[Finding]:
    first: dict[str, Told] = {}
    for told in told_events(project):
        if told.event.event is not EventKind.AGREED:
            continue
        name = told.event.agreement
        if name in first:
            place = first[name].file.place(*first[name].path("agreement"))
            message = f"`{name}` is agreed in {place.path}:{place.line} already"
            hint = "write `event: amended` for a change of it, or give the new agreement an id of its own"
            yield error("KPI051", told.file, told.path("agreement"), message, hint)
        first.setdefault(name, told)


def _order(file: AgreementFile, *, can_wait: bool) -> Iterable[Finding]:
    latest = date.min
    for index, event in enumerate(file.events):
        if event.decided_on < latest:
            message = f"this was decided on {event.decided_on}, and the event above on {latest}"
            hint = "put events in the order they were decided; what was recorded stays where it is"
            path = ("events", index, "decided_on")
            yield (
                warning(_WAITING, file, path, message, hint) if can_wait else error("KPI052", file, path, message, hint)
            )
        latest = max(latest, event.decided_on)
        folder = PurePosixPath(file.path).parent.name
        if event.event is EventKind.AGREED and str(event.valid_from.year) != folder:
            message = f"the agreement begins in {event.valid_from.year}, and the file lies in {folder}/"
            hint = f"move it to metrics/agreements/{event.valid_from.year}/"
            yield error("KPI053", file, ("events", index, "valid_from"), message, hint)


def _agreed_first(line: list[Told], others: list[str], *, can_wait: bool) -> Iterable[Finding]:
    is_agreed, is_retired = False, False
    for told in line:
        kind, name = told.event.event, told.event.agreement
        if kind is not EventKind.AGREED and not is_agreed:
            hint = suggestion(name, others, "agreements of this holder")
            message = f"`{name}` is {kind} here and was not agreed before"
            yield error("KPI050", told.file, told.path("agreement"), message, hint)
            return
        if is_retired and kind is not EventKind.AGREED:
            message = f"`{name}` is {kind} here and was retired before"
            if can_wait:
                yield warning(_WAITING, told.file, told.path("agreement"), message, _WHILE_IT_WAITS)
            else:
                yield error("KPI050", told.file, told.path("agreement"), message, "agree anew, under an id of its own")
        is_agreed = True
        is_retired = is_retired or kind is EventKind.RETIRED


def _within(told: Told, before: list[Told], *, can_wait: bool) -> Iterable[Finding]:
    event, end = told.event, last_day(before)
    if event.valid_to and event.valid_to < event.valid_from:
        message = f"`valid_to` is {event.valid_to}, before `valid_from` {event.valid_from}"
        yield error("KPI032", told.file, told.path("valid_to"), message, "write a later day")
    if event.event is EventKind.AGREED or end is None:
        return
    start = before[0].event.valid_from
    if not start <= event.valid_from <= end:
        message = f"`{event.agreement}` holds from {start} to {end}, and this begins on {event.valid_from}"
        latest = latest_end(before) or end
        if can_wait and start <= event.valid_from <= latest:
            yield warning(_WAITING, told.file, told.path("valid_from"), message, _WHILE_IT_WAITS)
        else:
            yield error("KPI053", told.file, told.path("valid_from"), message, "write a day within the agreement")


def _on_period(told: Told, before: list[Told], reckoning: Reckoning) -> Iterable[Finding]:
    event = told.event
    earlier = [target for other in before for target in other.event.targets]
    grains = {target.target.grain for target in event.targets or earlier}
    for grain in sorted(grains, key=list(Grain).index):
        period = Period.holding(event.valid_from, grain, reckoning)
        if period.start != event.valid_from:
            message = f"this begins on {event.valid_from}, within the {grain} {period}"
            hint = f"write {period.start} or {period.following().start}: a target holds for a whole {grain}"
            yield error("KPI054", told.file, told.path("valid_from"), message, hint)
        if event.valid_to and (last := Period.holding(event.valid_to, grain, reckoning)).end != event.valid_to:
            message = f"this ends on {event.valid_to}, within the {grain} {last}"
            hint = f"write {last.start - _DAY} or {last.end}: a target holds for a whole {grain}"
            yield error("KPI054", told.file, told.path("valid_to"), message, hint)
