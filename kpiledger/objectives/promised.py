"""Who is held to which KPI on some days, by which agreement, and on which days does that hold?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kpiledger.project import Project
from kpiledger.rules.timelines import Told, last_day, timelines
from kpiledger.vocabulary import EventKind


@dataclass(frozen=True, slots=True)
class Promised:
    """A KPI, or the part of it, that a holder is held to by an agreement."""

    holder: str
    agreement: str
    kpi: str
    part: str


def promised_in(project: Project, first: date, end: date) -> Iterator[Promised]:
    """What agreements promise on any of the days, in the order of the files; what is promised anew stands once."""
    for (holder, agreement), line in timelines(project).items():
        begins, ends = _days(line)
        if begins <= end and first <= ends:
            for kpi, part in dict.fromkeys((one.kpi, one.member) for told in line for one in told.event.targets):
                yield Promised(holder, agreement, kpi, part)


def days_of(project: Project, agreement: str) -> tuple[date, date] | None:
    """The first and the last day of an agreement; None where there is no such."""
    return next((_days(line) for (_, name), line in timelines(project).items() if name == agreement), None)


def _days(line: list[Told]) -> tuple[date, date]:
    first, last = line[0].event.valid_from, line[-1].event
    if last.event is EventKind.RETIRED:
        return first, last.valid_from - timedelta(days=1)
    return first, last_day(line) or date.max
