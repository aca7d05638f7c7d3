"""Can each target be compared with its KPI: slice, grain, span and periods?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kpiledger.finding import Finding
from kpiledger.loading.tree import KEY
from kpiledger.nearest import listed
from kpiledger.periods import Reckoning
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown
from kpiledger.rules.timelines import Told, end_for_targets, timelines
from kpiledger.specs.agreement import AgreedTarget
from kpiledger.specs.base import Path
from kpiledger.specs.kpi import Kpi


def target_rules(project: Project) -> Iterable[Finding]:
    """Findings in the targets of agreement files."""
    known = {*project.kpis, *project.unread.get("kpi", ())}
    for line in timelines(project).values():
        for position, told in enumerate(line):
            end = end_for_targets(project, line[: position + 1])
            for index, target in enumerate(told.event.targets):
                path = told.path("targets", index)
                yield from unknown("KPI021", told.file, (*path, "kpi"), target.kpi, known, "KPI")
                if target.kpi in project.kpis:
                    yield from _computed(told, path, target, project.kpis[target.kpi])
                yield from _periods(told, path, target, end, project.calendar.reckoning)
                yield from _baseline(told, path, target)


def _computed(told: Told, path: Path, target: AgreedTarget, kpi: Kpi) -> Iterable[Finding]:
    for name in target.slice:
        yield from unknown("KPI022", told.file, (*path, "slice", name, KEY), name, kpi.slices, "slice", kpi.kpi)
    grain = target.target.grain
    if grain not in kpi.grains:
        message = f"the target is by {grain}, and {kpi.kpi} is computed by {listed(kpi.grains)}"
        hint = f"write one of its grains, or add {grain} to `grains` of {kpi.kpi}"
        yield error("KPI059", told.file, (*path, "target", "grain"), message, hint)
    if "period" not in kpi.spans:
        message = f"{kpi.kpi} is not computed for the span period, which a target is compared with"
        yield error("KPI059", told.file, (*path, "kpi"), message, f"add period to `spans` of {kpi.kpi}")


def _periods(told: Told, path: Path, target: AgreedTarget, end: date | None, reckoning: Reckoning) -> Iterable[Finding]:
    grain, start = target.target.grain, told.event.valid_from
    for name in target.target.by_period or ():
        place = (*path, "target", "by_period", str(name), KEY)
        if name.grain is not grain:
            message = f"the period {name} is a {name.grain}, and the target is by {grain}"
            yield error("KPI058", told.file, place, message, f"write periods of the grain {grain}")
            continue
        try:
            period = name.in_days(reckoning)
        except ValueError:
            message = f"the period {name} is none of the calendar's, which writes its periods {reckoning.forms}"
            yield error("KPI058", told.file, place, message, "write it so, or set weeks and years in calendar.yml")
            continue
        if end and not start <= period.start <= period.end <= end:
            message = f"the period {period} is not within {start} to {end}, where this target holds"
            yield error("KPI058", told.file, place, message, "delete it, or let the agreement hold longer")


def _baseline(told: Told, path: Path, target: AgreedTarget) -> Iterable[Finding]:
    baseline = target.baseline
    if baseline is None:
        return
    if baseline.to.end < baseline.start.start:
        message = f"the baseline ends with {baseline.to}, before it begins with {baseline.start}"
        yield error("KPI032", told.file, (*path, "baseline", "to"), message, "write a later period")
    for index, exclusion in enumerate(baseline.exclude):
        if not baseline.start.start <= exclusion.month.start <= baseline.to.end:
            place = (*path, "baseline", "exclude", index, "month")
            message = f"{exclusion.month} is left out and is not within {baseline.start} to {baseline.to}"
            yield error("KPI058", told.file, place, message, "delete it, or widen the baseline")
