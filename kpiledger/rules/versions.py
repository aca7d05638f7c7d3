"""Do the versions of a KPI follow each other, by number and in time, and is each computed while it holds?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error, warning
from kpiledger.specs.calendar import Calendar
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Grain

_DAY = timedelta(days=1)


def version_rules(project: Project) -> Iterable[Finding]:
    """Findings in the versions of KPIs."""
    for kpi in project.kpis.values():
        yield from _numbers(kpi)
        yield from _intervals(kpi)
        yield from _sequence(kpi)
        yield from _computed(kpi)
        if "calendar" not in project.unread:
            yield from _beginnings(project.calendar, kpi)


def _numbers(kpi: Kpi) -> Iterable[Finding]:
    for index, version in enumerate(kpi.versions):
        if version.version != index + 1:
            message = f"this is version {version.version}, expected {index + 1}"
            hint = "number the versions 1, 2, 3 from the oldest; a number once used stays"
            yield error("KPI030", kpi, ("versions", index, "version"), message, hint)


def _intervals(kpi: Kpi) -> Iterable[Finding]:
    for index, version in enumerate(kpi.versions):
        if version.valid_to and version.valid_to < version.valid_from:
            message = f"`valid_to` is {version.valid_to}, before `valid_from` {version.valid_from}"
            yield error("KPI032", kpi, ("versions", index, "valid_to"), message, "write a later day")


def _sequence(kpi: Kpi) -> Iterable[Finding]:
    for index, (version, following) in enumerate(pairwise(kpi.versions)):
        expected = following.valid_from - _DAY
        if version.valid_to == expected:
            continue
        path = ("versions", index, "valid_to" if version.valid_to else "valid_from")
        if version.valid_to is None:
            message = f"version {version.version} has no `valid_to`, and version {following.version} follows"
        else:
            word = "overlaps with" if version.valid_to > expected else "leaves a gap to"
            message = f"version {version.version} ends on {version.valid_to} and {word} version {following.version}"
            message += f" from {following.valid_from}"
        yield error("KPI031", kpi, path, message, f"write `valid_to: {expected}` in version {version.version}")


def _computed(kpi: Kpi) -> Iterable[Finding]:
    """A version is computed at least for the periods it holds for: the scorecard takes them from it."""
    for index, version in enumerate(kpi.versions):
        begins, ends = version.computed_from, version.computed_to
        if begins and begins > version.valid_from:
            message = f"`computed_from` is {begins}, after `valid_from` {version.valid_from}"
            hint = f"write {version.valid_from} or an earlier day, or leave it out"
            yield error("KPI110", kpi, ("versions", index, "computed_from"), message, hint)
        if ends and (version.valid_to is None or ends < version.valid_to):
            held = f"holds to {version.valid_to}" if version.valid_to else "holds without end"
            message = f"`computed_to` is {ends}, and the version {held}"
            hint = f"write {version.valid_to} or a later day, or leave it out" if version.valid_to else "leave it out"
            yield error("KPI110", kpi, ("versions", index, "computed_to"), message, hint)


def _beginnings(calendar: Calendar, kpi: Kpi) -> Iterable[Finding]:
    """A period is computed by the version of its first day: a version that begins within one is a period late.

    Periods that begin before the calendar does have no value, whatever the version says.
    """
    for index, version in enumerate(kpi.versions):
        day = version.valid_from
        if day > calendar.starts_on and not any(_begins(calendar, day, grain) for grain in kpi.grains):
            finest = min(kpi.grains, key=list(Grain).index)
            before = "the version before" if index else "no version"
            message = f"version {version.version} begins on {day}, within a {finest},"
            message += f" and {before} computes that {finest}"
            hint = f"write `valid_from` as the first day of a {finest}, or add a finer grain"
            yield warning("KPI111", kpi, ("versions", index, "valid_from"), message, hint)


def _begins(calendar: Calendar, day: date, grain: Grain) -> bool:
    """Whether a period of a grain begins on a day."""
    match grain:
        case Grain.DAY:
            return True
        case Grain.WEEK:
            return f"{day:%A}".lower() == calendar.week_starts
        case _:
            months = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}[grain]
            return day.day == 1 and (day.month - calendar.fiscal_year_starts.number) % months == 0
