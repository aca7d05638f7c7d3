"""What did an event change in what was promised: which target, on which days, from what to what?

An event is held against those before it that stood: what waits for an approval is no promise that another could move.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from kpiledger.folding.approval import NONE_REQUIRED, Approval
from kpiledger.folding.events import RecordedEvent
from kpiledger.folding.replay import PromisedTarget, promised_on
from kpiledger.folding.versions import last_days, standing_events

_DAY = timedelta(days=1)
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Move:
    """Days, both ends included, on which an event put one promise in the place of another; None where there is none.

    `key` is KPI, slice and member.
    """

    source: RecordedEvent
    key: Key
    first: date
    last: date
    old: PromisedTarget | None
    new: PromisedTarget | None


def moves(events: Iterable[RecordedEvent], approvals: Mapping[str, Approval] = NONE_REQUIRED) -> Iterator[Move]:
    """What each event of one agreement changed, in the order recorded; the same promised again is no change."""
    ordered = sorted(events, key=lambda event: event.seq)
    standing = standing_events(ordered, approvals)
    for source in ordered:
        before = [event for event in standing if event.seq < source.seq]
        yield from _joined(_moved(before, [*before, source]))


def _moved(before: Sequence[RecordedEvent], known: Sequence[RecordedEvent]) -> Iterator[Move]:
    """The changes on each run of days within which nothing begins or ends."""
    ends_before, ends = last_days(before) if before else [], last_days(known)
    bounds = sorted({event.event.valid_from for event in known} | {end + _DAY for end in ends})
    for first, following in pairwise(bounds):
        old = {_key(one): one for one in promised_on(before, ends_before, first)}
        new = {_key(one): one for one in promised_on(known, ends, first)}
        for key in sorted(old.keys() | new.keys()):
            was, now = old.get(key), new.get(key)
            if (was and was.target) != (now and now.target):
                yield Move(known[-1], key, first, following - _DAY, was, now)


def _joined(found: Iterable[Move]) -> Iterator[Move]:
    """Neighbouring runs with the same old and new as one."""
    open_: dict[Key, Move] = {}
    for move in found:
        last = open_.get(move.key)
        if last and last.last + _DAY == move.first and (last.old, last.new) == (move.old, move.new):
            open_[move.key] = replace(last, last=move.last)
        else:
            if last:
                yield last
            open_[move.key] = move
    yield from open_.values()


def _key(promised: PromisedTarget) -> Key:
    return promised.target.kpi, promised.target.slice_name, promised.target.member
