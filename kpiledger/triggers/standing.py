"""Which triggers hold on which days, by the events of the ledger? Those that wait for an approval hold on none.

A trigger holds from its event's first day to the agreement's last, or until a later event names its id again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kpiledger.folding import RecordedEvent
from kpiledger.folding.approval import NONE_REQUIRED, NOT_REQUIRED, Approval
from kpiledger.folding.versions import last_days, standing_events
from kpiledger.specs.trigger import Trigger
from kpiledger.vocabulary import EventKind

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StandingTrigger:
    """A trigger, the event that agreed to it, the days on which it holds, and the baseline it may compare with."""

    trigger: Trigger
    source: RecordedEvent
    first: date
    last: date
    baseline: Decimal | None

    @property
    def agreement(self) -> str:
        """The agreement that it belongs to."""
        return self.source.event.agreement


def standing_triggers(
    events: Iterable[RecordedEvent], approvals: Mapping[str, Approval] = NONE_REQUIRED
) -> tuple[StandingTrigger, ...]:
    """Every trigger that holds on some day, by agreement and then as agreed."""
    lines: dict[str, list[RecordedEvent]] = {}
    for event in sorted(events, key=lambda event: event.seq):
        lines.setdefault(event.event.agreement, []).append(event)
    return tuple(one for name in sorted(lines) for one in _of_line(standing_events(lines[name], approvals), approvals))


def _of_line(line: Sequence[RecordedEvent], approvals: Mapping[str, Approval]) -> Iterator[StandingTrigger]:
    end = _last_day(line)
    for position, source in enumerate(line):
        if not approvals.get(source.entry_hash, NOT_REQUIRED).counts:
            continue  # the first event of an agreement stands without an approval, but nobody agreed to it yet
        for trigger in source.event.triggers:
            named_again = [
                later.event.valid_from - _DAY
                for later in line[position + 1 :]
                if any(other.id == trigger.id for other in later.event.triggers)
            ]
            last = min([end, *named_again])
            if source.event.valid_from <= last:
                baseline = _baseline(line[: position + 1], trigger)
                yield StandingTrigger(trigger, source, source.event.valid_from, last, baseline)


def _last_day(line: Sequence[RecordedEvent]) -> date:
    retired = [one.event.valid_from - _DAY for one in line if one.event.event is EventKind.RETIRED]
    return min([last_days(line)[-1], *retired])


def _baseline(line: Sequence[RecordedEvent], trigger: Trigger) -> Decimal | None:
    """The baseline of the target for the same KPI and slice, as named last."""
    watched = (trigger.when.kpi, trigger.when.slice_name, trigger.when.member)
    for one in reversed(line):
        for target in one.event.targets:
            if (target.kpi, target.slice_name, target.member) == watched and target.baseline:
                return target.baseline.value
    return None
