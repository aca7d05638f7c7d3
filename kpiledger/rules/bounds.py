"""Do the figures of a target stand in order: two bounds, commit below target, a ramp that leads somewhere?

That amber and stretch lie on their sides is in `judgement`: what was recorded before may be off there.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kpiledger.finding import Finding
from kpiledger.loading.tree import KEY
from kpiledger.periods import Reckoning, periods_between
from kpiledger.project import Project
from kpiledger.rules.found import error
from kpiledger.rules.timelines import Told, end_for_targets, timelines
from kpiledger.specs.agreement import AgreedTarget
from kpiledger.specs.base import Path
from kpiledger.specs.target import Target
from kpiledger.vocabulary import Comparison, Grain, Reference

_WITH_A_YEAR_EARLIER = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)


def bound_rules(project: Project) -> Iterable[Finding]:
    """Findings in the figures of each target."""
    for line in timelines(project).values():
        for position, told in enumerate(line):
            end = end_for_targets(project, line[: position + 1])
            for index, target in enumerate(told.event.targets):
                path = told.path("targets", index)
                yield from _upper(told, path, target)
                yield from _commit(told, path, target)
                yield from _ramp(told, path, target, end, project.calendar.reckoning)
                yield from _a_year_earlier(told, path, target)


def _upper(told: Told, path: Path, target: AgreedTarget) -> Iterable[Finding]:
    form = target.target
    if form.upper is not None and (lower := max(target.figures)) >= form.upper:
        message = f"`upper` of {target.kpi} is {form.upper:f}, and the lower bound is {lower:f}"
        yield error("KPI140", told.file, (*path, "target", "upper"), message, "write a figure above the lower bound")
    if form.upper_by_period is not None and form.by_period is not None:
        yield from _each_upper(told, path, target.kpi, form)


def _each_upper(told: Told, path: Path, kpi: str, form: Target) -> Iterable[Finding]:
    lowers, uppers = form.by_period or {}, form.upper_by_period or {}
    for period in sorted(lowers.keys() ^ uppers.keys()):
        here, there = ("by_period", "upper_by_period") if period in lowers else ("upper_by_period", "by_period")
        message = f"{period} has a bound in `{here}` and none in `{there}`"
        place = (*path, "target", here, str(period), KEY)
        yield error("KPI140", told.file, place, message, f"add {period} to `{there}`, or take it away here")
    for period in sorted(lowers.keys() & uppers.keys()):
        if lowers[period] >= uppers[period]:
            message = f"the upper bound of {kpi} in {period} is {uppers[period]:f}, and the lower {lowers[period]:f}"
            place = (*path, "target", "upper_by_period", str(period))
            yield error("KPI140", told.file, place, message, "write a figure above the lower bound")


def _commit(told: Told, path: Path, target: AgreedTarget) -> Iterable[Finding]:
    """What is surely reached lies short of every figure promised."""
    if target.commit is None:
        return
    sign, side = (1, "below") if target.target.comparison is Comparison.AT_LEAST else (-1, "above")
    beyond = [figure for figure in target.figures if (figure - target.commit) * sign <= 0]
    if beyond:
        comparison = target.target.comparison
        message = f"`commit` of {target.kpi} is {target.commit:f}, and the target is {beyond[0]:f}, `{comparison}`"
        yield error("KPI141", told.file, (*path, "commit"), message, f"write a figure {side} the target")


def _ramp(told: Told, path: Path, target: AgreedTarget, end: date | None, reckoning: Reckoning) -> Iterable[Finding]:
    ramp, grain = target.target.ramp, target.target.grain
    if ramp is None:
        return
    if ramp.start == ramp.to:
        message = f"the ramp of {target.kpi} begins and ends with {ramp.to:f}"
        yield error("KPI142", told.file, (*path, "target", "ramp"), message, f'write `value: "{ramp.to:f}"`')
    if end is None:
        return
    start = told.event.valid_from
    count = sum(1 for _ in periods_between(start, end, grain, reckoning))
    if count < 2:
        message = f"the ramp of {target.kpi} has no end: from {start} to {end} there is {count} {grain}"
        hint = "write `value`, a finer grain, or let the agreement hold longer"
        yield error("KPI142", told.file, (*path, "target", "ramp"), message, hint)


def _a_year_earlier(told: Told, path: Path, target: AgreedTarget) -> Iterable[Finding]:
    relative, grain = target.target.relative, target.target.grain
    if relative and relative.to is Reference.SAME_PERIOD_LAST_YEAR and grain not in _WITH_A_YEAR_EARLIER:
        message = f"the target is by {grain}, and no {grain} has the same days a year earlier"
        hint = "write the grain month, quarter or year, or a target relative to the baseline"
        yield error("KPI144", told.file, (*path, "target", "grain"), message, hint)
