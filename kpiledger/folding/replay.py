"""What do the events recorded so far promise for one day, and is it a trial?

Each event comes with the agreement's last day as it left it. They are walked in the order of recording.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kpiledger.folding.events import RecordedEvent
from kpiledger.specs.agreement import AgreedTarget
from kpiledger.vocabulary import EventKind


@dataclass(frozen=True, slots=True)
class PromisedTarget:
    """A target, the event that named it last, and the last day of the agreement as that event left it."""

    target: AgreedTarget
    source: RecordedEvent
    last_day: date


def promised_on(known: Sequence[RecordedEvent], ends: Sequence[date], day: date) -> tuple[PromisedTarget, ...]:
    """The targets of a day, each from the event that named it last."""
    promised: dict[tuple[str, str, str], PromisedTarget] = {}
    for recorded, end in zip(known, ends, strict=True):
        event = recorded.event
        if end < day or (event.event is EventKind.RETIRED and event.valid_from <= day):
            promised.clear()
        elif event.valid_from <= day:
            promised.update(
                ((target.kpi, target.slice_name, target.member), PromisedTarget(target, recorded, end))
                for target in event.targets
            )
    return tuple(promised[key] for key in sorted(promised))


def is_pilot_on(known: Sequence[RecordedEvent], ends: Sequence[date], day: date) -> bool:
    """Whether what is promised for a day is a trial; an event that does not say leaves it as it was."""
    is_pilot = False
    for recorded, end in zip(known, ends, strict=True):
        said = recorded.event.pilot
        if said is not None and recorded.event.valid_from <= day <= end:
            is_pilot = said
    return is_pilot
