"""The events of each agreement with the place of each, as the agreement files tell them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kpiledger.project import Project
from kpiledger.specs.agreement import AgreedTarget, AgreementEvent, AgreementFile
from kpiledger.specs.base import Path
from kpiledger.vocabulary import EventKind

Promise = tuple[str, str, str]  # KPI, slice, member


@dataclass(frozen=True, slots=True)
class Told:
    """An event, the file that tells it and its index there."""

    file: AgreementFile
    index: int
    event: AgreementEvent

    def path(self, *steps: str | int) -> Path:
        """The path of a value of the event in its file."""
        return ("events", self.index, *steps)


def told_events(project: Project) -> Iterator[Told]:
    """Every event of every agreement file, by file and then as it stands."""
    for file in project.agreements:
        for index, event in enumerate(file.events):
            yield Told(file, index, event)


def timelines(project: Project) -> dict[tuple[str, str], list[Told]]:
    """The events by holder and agreement, in the order of their files."""
    lines: dict[tuple[str, str], list[Told]] = {}
    for told in told_events(project):
        lines.setdefault((told.file.holder, told.event.agreement), []).append(told)
    return lines


def last_day(line: list[Told]) -> date | None:
    """The last day of an agreement after the events given; None where it was never agreed."""
    end: date | None = None
    for told in line:
        if told.event.event is EventKind.AGREED:
            end = end or told.event.valid_to
        elif told.event.event is EventKind.AMENDED and end:
            end = told.event.valid_to or end
    return end


def latest_end(line: list[Told]) -> date | None:
    """The latest day that an agreement may last to after the events given, whichever of them are approved."""
    ends = [told.event.valid_to for told in line if told.event.event is not EventKind.RETIRED and told.event.valid_to]
    return max(ends, default=None)


def end_for_targets(project: Project, line: list[Told]) -> date | None:
    """The last day that targets of the last event given may speak of: where events wait, no other cuts them short."""
    if project.authority is None or line[-1].event.valid_to:
        return last_day(line)
    return latest_end(line)


def promise(target: AgreedTarget) -> Promise:
    """What a target is about."""
    return target.kpi, target.slice_name, target.member
