"""Does each amendment change something, and nothing that was binding into a trial?"""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.finding import Finding
from kpiledger.periods import PeriodName, Reckoning
from kpiledger.project import Project
from kpiledger.rules.found import warning
from kpiledger.rules.timelines import Promise, Told, last_day, promise, timelines
from kpiledger.specs.agreement import AgreedTarget, AgreementEvent
from kpiledger.vocabulary import EventKind


def change_rules(project: Project) -> Iterable[Finding]:
    """Warnings about amendments, held against what was agreed before them."""
    for line in timelines(project).values():
        for position, told in enumerate(line):
            if told.event.event is EventKind.AMENDED:
                yield from _nothing(told, line[:position], project.calendar.reckoning)
                yield from _to_a_trial(told, line[:position])


def _nothing(told: Told, before: list[Told], reckoning: Reckoning) -> Iterable[Finding]:
    event = told.event
    if any(earlier.event.valid_from > event.valid_from for earlier in before):
        return  # it also takes the place of what holds later: the fold knows whether that is the same
    known: dict[Promise, AgreedTarget] = {}
    for earlier in before:
        known.update((promise(target), target) for target in earlier.event.targets)
    # a ramp that is written again begins again
    is_same = all(
        target.target.ramp is None
        and (old := known.get(promise(target))) is not None
        and _from(old, event, reckoning) == _from(target, event, reckoning)
        for target in event.targets
    )
    keeps_end = event.valid_to in (None, last_day(before))
    if is_same and keeps_end and event.pilot in (None, _is_pilot(before)):
        message = f"this amends `{event.agreement}` and changes nothing of it"
        hint = "say what changes; what an amendment does not name carries on by itself"
        yield warning("KPI143", told.file, told.path("event"), message, hint)


def _from(target: AgreedTarget, event: AgreementEvent, reckoning: Reckoning) -> AgreedTarget:
    """A target as it is from the first day of an event: without the periods before."""
    form = target.target
    kept = {
        name: {period: figure for period, figure in figures.items() if not _is_before(period, event, reckoning)}
        for name in ("by_period", "upper_by_period")
        if (figures := getattr(form, name)) is not None
    }
    return target.model_copy(update={"target": form.model_copy(update=kept)})


def _is_before(name: PeriodName, event: AgreementEvent, reckoning: Reckoning) -> bool:
    try:
        return name.in_days(reckoning).start < event.valid_from
    except ValueError:
        return False  # a period of no calendar is found elsewhere


def _to_a_trial(told: Told, before: list[Told]) -> Iterable[Finding]:
    if told.event.pilot and before and not _is_pilot(before):
        message = f"`{told.event.agreement}` binds, and this makes a trial of it"
        hint = "retire it and agree a trial under an id of its own, so that both can be told apart"
        yield warning("KPI145", told.file, told.path("pilot"), message, hint)


def _is_pilot(line: list[Told]) -> bool:
    """Whether an agreement is a trial after the events given."""
    said = [told.event.pilot for told in line if told.event.pilot is not None]
    return said[-1] if said else False
