"""What a holder is held to on a day, as the agreement files tell it, approved or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kpiledger.rules.timelines import Promise, Told, promise
from kpiledger.specs.agreement import AgreedTarget, AgreementFile
from kpiledger.specs.base import Path
from kpiledger.vocabulary import EventKind


@dataclass(frozen=True, slots=True)
class HeldTarget:
    """A target in force, the event that says it and its place there; `latest` is the last event of its agreement."""

    told: Told
    index: int
    target: AgreedTarget
    is_pilot: bool
    latest: Told

    @property
    def file(self) -> AgreementFile:
        """The file that says it."""
        return self.told.file

    @property
    def agreement(self) -> str:
        """The agreement it belongs to."""
        return self.told.event.agreement

    @property
    def path(self) -> Path:
        """Where it stands in its file."""
        return self.told.path("targets", self.index)

    def is_judged(self, start: date) -> bool:
        """Whether its agreement was decided upon since the rules hold."""
        return self.latest.event.decided_on >= start


@dataclass(frozen=True, slots=True)
class Held:
    """All that a holder is held to on a day."""

    holder: str
    day: date
    targets: tuple[HeldTarget, ...]

    @property
    def kpis(self) -> tuple[str, ...]:
        """The KPIs of the targets, each once."""
        return tuple(dict.fromkeys(one.target.kpi for one in self.targets))

    @property
    def file(self) -> AgreementFile:
        """The file that says the latest of it: a finding about the whole stands there."""
        return max((one.latest for one in self.targets), key=lambda told: told.event.decided_on).file


def held_on(lines: Iterable[list[Told]], day: date) -> tuple[HeldTarget, ...]:
    """The targets of some agreements on a day."""
    return tuple(one for line in lines for one in _of_line(line, day))


def _of_line(line: list[Told], day: date) -> Iterable[HeldTarget]:
    last: date | None = None
    is_pilot = False
    targets: dict[Promise, tuple[Told, int]] = {}
    for told in line:
        event = told.event
        if event.valid_from > day:
            continue
        if event.event is EventKind.RETIRED:
            return ()
        last = event.valid_to or last
        is_pilot = is_pilot if event.pilot is None else event.pilot
        targets |= {promise(target): (told, index) for index, target in enumerate(event.targets)}
    if last is None or last < day:
        return ()
    latest = line[-1]
    return [HeldTarget(told, index, told.event.targets[index], is_pilot, latest) for told, index in targets.values()]
