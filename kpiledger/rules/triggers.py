"""Can each trigger fire, does each that an amendment names exist, and is each outside figure noted as it should be?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from kpiledger.finding import Finding
from kpiledger.nearest import suggestion
from kpiledger.periods import Period
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown
from kpiledger.rules.timelines import Told, timelines
from kpiledger.specs.base import Path
from kpiledger.specs.outside import OutsideFigure, OutsideValue
from kpiledger.specs.trigger import Trigger
from kpiledger.vocabulary import TriggerChange


def trigger_rules(project: Project) -> Iterable[Finding]:
    """Findings on triggers, on reasons that name one, and on outside figures."""
    for line in timelines(project).values():
        for position, told in enumerate(line):
            yield from _of_event(project, line[: position + 1], told)
    for figure in project.outside.values():
        yield from _of_figure(project, figure)


def _of_event(project: Project, line: list[Told], told: Told) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, trigger in enumerate(told.event.triggers):
        path = told.path("triggers", index)
        if trigger.id in seen:
            message = f"the trigger `{trigger.id}` is agreed twice in this event"
            yield error("KPI260", told.file, (*path, "id"), message, "give one of the two another id, or delete it")
        seen.add(trigger.id)
        if trigger.when.kpi is not None:
            yield from _of_kpi(project, line, told, path, trigger)
        elif "figure" not in project.unread:
            name = trigger.when.outside or ""
            yield from unknown("KPI261", told.file, (*path, "when", "outside"), name, project.outside, "outside figure")
            yield from _of_outside_grain(project, told, path, trigger)
        if not {"organisation", "holder"} & set(project.unread):
            holders = project.organisation.holders
            yield from unknown("KPI262", told.file, (*path, "asks"), trigger.asks, holders, "role or person")
    yield from _of_reason(project, line, told)


def _of_kpi(project: Project, line: list[Told], told: Told, path: Path, trigger: Trigger) -> Iterator[Finding]:
    when = trigger.when
    kpi = project.kpis.get(when.kpi or "")
    if kpi is None:
        if "kpi" not in project.unread:
            yield from unknown("KPI261", told.file, (*path, "when", "kpi"), when.kpi or "", project.kpis, "KPI")
        return
    computed = (("grain", when.grain, kpi.grains), ("span", when.span, kpi.spans))
    for key, value, known in (*computed, *((("slice", when.slice_name, kpi.slices),) if when.slice else ())):
        if value not in known:
            message = f"{kpi.kpi} is not computed for the {key} `{value}`, so the trigger never fires"
            hint = f"take one of {', '.join(known)}, or add it to the KPI's {key}s" if known else "leave the slice out"
            yield error("KPI263", told.file, (*path, "when", key), message, hint)
    if when.change is TriggerChange.BASELINE and not _has_baseline(line, trigger):
        message = f"no target of `{told.event.agreement}` on the same KPI and slice has a baseline to compare with"
        hint = "give that target a baseline, or compare with the same period last year"
        yield error("KPI264", told.file, (*path, "when", "change"), message, hint)


def _of_outside_grain(project: Project, told: Told, path: Path, trigger: Trigger) -> Iterator[Finding]:
    figure = project.outside.get(trigger.when.outside or "")
    if figure is not None and figure.grain is not trigger.when.grain:
        message = f"{figure.figure} is noted by {figure.grain}, and the trigger looks at each {trigger.when.grain}"
        yield error("KPI263", told.file, (*path, "when", "grain"), message, f"write `grain: {figure.grain}`")


def _has_baseline(line: list[Told], trigger: Trigger) -> bool:
    watched = (trigger.when.kpi, trigger.when.slice_name, trigger.when.member)
    targets = (target for told in line for target in told.event.targets)
    return any(one.baseline and (one.kpi, one.slice_name, one.member) == watched for one in targets)


def _of_reason(project: Project, line: list[Told], told: Told) -> Iterator[Finding]:
    """A reason names a trigger that its agreement had before the event, and a period of the trigger's grain."""
    if told.event.reason.trigger is None:
        return
    name, _, period = told.event.reason.trigger.partition("@")
    agreed = {trigger.id: trigger for earlier in line[:-1] for trigger in earlier.event.triggers}
    path = told.path("reason", "trigger")
    if name not in agreed:
        message = f"`{told.event.agreement}` has no trigger `{name}` before this event"
        hint = suggestion(name, agreed, "triggers of the agreement") if agreed else "take `trigger` away"
        yield error("KPI265", told.file, path, message, hint)
    elif not _is_period(project, period, agreed[name]):
        grain = agreed[name].when.grain
        message = f"`{period}` is no {grain} of the calendar, and `{name}` looks at each {grain}"
        yield error("KPI265", told.file, path, message, "name the period that fired it, as 2017-05")


def _is_period(project: Project, text: str, trigger: Trigger) -> bool:
    with suppress(ValueError):
        return Period.parse(text, project.calendar.reckoning).grain is trigger.when.grain
    return False


def _of_figure(project: Project, figure: OutsideFigure) -> Iterator[Finding]:
    noted: dict[str, OutsideValue] = {}
    for index, value in enumerate(figure.values):
        place = ("values", index)
        before = noted.setdefault(str(value.period), value)
        if value.noted_on < before.noted_on:
            message = f"{value.period} was noted on {before.noted_on}, and below that on {value.noted_on}"
            hint = "write a correction below what it corrects: the value of the latest day counts"
            yield error("KPI266", figure, (*place, "noted_on"), message, hint)
        else:
            noted[str(value.period)] = value
        if not {"organisation", "holder"} & set(project.unread):
            holders = project.organisation.holders
            yield from unknown("KPI262", figure, (*place, "noted_by"), value.noted_by, holders, "role or person")
        period = _period_of(project, figure, value)
        if period is None:
            message = f"`{value.period}` is no {figure.grain} of the calendar"
            yield error("KPI266", figure, (*place, "period"), message, f"name the {figure.grain} that the figure is of")
        elif value.noted_on < period.end:
            message = f"{value.period} ended on {period.end}, and its value was noted on {value.noted_on}"
            hint = "note a figure when its period has ended; before, it is a guess"
            yield error("KPI266", figure, (*place, "noted_on"), message, hint)


def _period_of(project: Project, figure: OutsideFigure, value: OutsideValue) -> Period | None:
    if value.period.grain is figure.grain:
        with suppress(ValueError):
            return value.period.in_days(project.calendar.reckoning)
    return None
