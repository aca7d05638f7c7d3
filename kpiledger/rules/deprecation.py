"""What does a KPI on its way out leave behind: what replaces it, and who still counts on it?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown, warning
from kpiledger.rules.timelines import Promise, Told, last_day, promise, timelines
from kpiledger.specs.formula import kpis_in
from kpiledger.specs.kpi import Deprecated, Kpi
from kpiledger.vocabulary import EventKind

_DAY = timedelta(days=1)
_REPLACED_BY = ("deprecated", "replaced_by")


def deprecation_rules(project: Project) -> Iterable[Finding]:
    """Findings about deprecated KPIs and about what still needs them."""
    for kpi in project.kpis.values():
        yield from _replacement(project, kpi)
        yield from _inputs(project, kpi)
    for line in timelines(project).values():
        yield from _promises(project, line)


def _replacement(project: Project, kpi: Kpi) -> Iterable[Finding]:
    name = kpi.deprecated.replaced_by if kpi.deprecated else None
    if name is None:
        return
    if name == kpi.kpi:
        hint = "name the KPI that takes its place, or leave `replaced_by` out"
        yield error("KPI112", kpi, _REPLACED_BY, f"the KPI `{name}` is replaced by itself", hint)
        return
    yield from unknown("KPI021", kpi, _REPLACED_BY, name, {*project.kpis, *project.unread.get("kpi", ())}, "KPI")
    following = project.kpis.get(name)
    if following and following.deprecated:
        message = f"`{name}`, which replaces `{kpi.kpi}`, is deprecated itself, from {following.deprecated.on}"
        last = following.deprecated.replaced_by
        hint = f"write `replaced_by: {last}`" if last not in (None, kpi.kpi) else "name a KPI that stays"
        yield error("KPI112", kpi, _REPLACED_BY, message, hint)


def _inputs(project: Project, kpi: Kpi) -> Iterable[Finding]:
    """A KPI that stays should not be derived from one that goes; its open-ended version is the one that stays."""
    version = kpi.versions[-1]
    if kpi.deprecated or version.valid_to:
        return
    for place, name in kpis_in(version.formula).items():
        gone = _deprecated(project, name)
        if gone:
            path = ("versions", len(kpi.versions) - 1, "formula", *place, "kpi")
            message = f"`{kpi.kpi}` is derived from `{name}`, which is deprecated from {gone.on}"
            yield warning("KPI114", kpi, path, message, _instead(gone, "add a version that is derived from"))


def _promises(project: Project, line: list[Told]) -> Iterable[Finding]:
    """A promise about a deprecated KPI that still holds on the day it is deprecated from."""
    end = last_day(line)
    for index, told in enumerate(line):
        for number, target in enumerate(told.event.targets):
            gone = _deprecated(project, target.kpi)
            until = min(day for day in (end, _superseded(line[index + 1 :], promise(target))) if day) if end else None
            if gone and until and until >= gone.on:
                message = f"`{told.event.agreement}` promises `{target.kpi}`, which is deprecated from {gone.on}"
                hint = _instead(gone, f"retire it from {gone.on} and agree anew on")
                yield warning("KPI113", told.file, told.path("targets", number, "kpi"), message, hint)


def _superseded(later: list[Told], promised: Promise) -> date | None:
    """The last day before a later event promises the same anew, or retires the agreement."""
    for told in later:
        if told.event.event is EventKind.RETIRED or promised in map(promise, told.event.targets):
            return told.event.valid_from - _DAY
    return None


def _deprecated(project: Project, name: str) -> Deprecated | None:
    return project.kpis[name].deprecated if name in project.kpis else None


def _instead(gone: Deprecated, what: str) -> str:
    return f"{what} {f'`{gone.replaced_by}`' if gone.replaced_by else 'another KPI'}: {gone.reason}"
