"""Which versions does an agreement have, from when until when, and what does each promise?

The one rule: on a day, the version in force is the last one recorded whose `valid_from` is not after
that day. `agreed` sets targets, `amended` replaces those of the same KPI and slice and carries the
others over, `retired` promises nothing more. A retroactive amendment so changes only what it names,
also where an earlier recorded amendment of later days stands behind it. An amendment may move the
agreement's end: days that it gives up are given up, and a later one promises there only what it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kpiledger.errors import LedgerDamaged
from kpiledger.specs.agreement import AgreedTarget, AgreementEvent
from kpiledger.vocabulary import EventKind

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An agreement event with its system time: where and when the ledger recorded it."""

    seq: int
    recorded_at: datetime
    key: str
    holder: str
    event: AgreementEvent
    commit: str | None
    entry_hash: str


@dataclass(frozen=True, slots=True)
class Segment:
    """Days, both ends included, on which a version promises the same targets."""

    valid_from: date
    valid_to: date
    targets: tuple[AgreedTarget, ...]


@dataclass(frozen=True, slots=True)
class AgreementVersion:
    """What one event made of an agreement.

    `valid_from` to `valid_to` are the days on which it is in force among the events folded. A version
    that others displaced on all its days has `superseded_at`, and keeps the days that it was recorded
    with. `segments` say what it promised when it was recorded, to the agreement's end.
    """

    agreement: str
    number: int
    source: RecordedEvent
    valid_from: date
    valid_to: date
    superseded_at: datetime | None
    segments: tuple[Segment, ...]
    following: tuple[tuple[date, date, datetime], ...]  # valid_from, agreement's end, recorded_at

    def superseded_on(self, day: date) -> datetime | None:
        """When it was first recorded that another version, or none, is in force on a day of this one."""
        return next((at for start, end, at in self.following if start <= day or end < day), None)


def as_known(events: Iterable[RecordedEvent], at: datetime) -> tuple[RecordedEvent, ...]:
    """The events that had been recorded at a moment."""
    return tuple(event for event in events if event.recorded_at <= at)


def fold(events: Iterable[RecordedEvent]) -> tuple[AgreementVersion, ...]:
    """The versions of every agreement, by agreement and number, from events in any order."""
    by_agreement: dict[str, list[RecordedEvent]] = {}
    for event in sorted(events, key=lambda event: event.seq):
        by_agreement.setdefault(event.event.agreement, []).append(event)
    return tuple(version for name in sorted(by_agreement) for version in _versions(by_agreement[name]))


def _versions(events: Sequence[RecordedEvent]) -> list[AgreementVersion]:
    ends = _ends(events)
    versions = []
    for index, source in enumerate(events):
        start = source.event.valid_from
        following = tuple(
            (later.event.valid_from, end, later.recorded_at)
            for later, end in zip(events[index + 1 :], ends[index + 1 :], strict=True)
        )
        last, displaced_at = _in_force_until(source, ends[index], following)
        versions.append(
            AgreementVersion(
                agreement=source.event.agreement,
                number=index + 1,
                source=source,
                valid_from=start,
                valid_to=ends[index] if displaced_at else last,
                superseded_at=displaced_at,
                segments=_segments(events[: index + 1], ends[: index + 1]),
                following=following,
            )
        )
    return versions


def _ends(events: Sequence[RecordedEvent]) -> list[date]:
    """The agreement's last day as known after each event; an amendment that names one moves it."""
    first = events[0]
    if first.event.event is not EventKind.AGREED or first.event.valid_to is None:
        raise _misplaced(first, "is the first of its agreement and is not `agreed` with a `valid_to`")
    ends = [first.event.valid_to]
    for later in events[1:]:
        if later.event.event is EventKind.AGREED:
            raise _misplaced(later, "agrees a second time; what changes an agreement is `amended`")
        amended_end = later.event.valid_to if later.event.event is EventKind.AMENDED else None
        ends.append(amended_end or ends[-1])
    return ends


def _in_force_until(
    source: RecordedEvent, end: date, following: Sequence[tuple[date, date, datetime]]
) -> tuple[date, datetime | None]:
    """The last day that a version is in force; and when it lost its last day, if it has none left."""
    start, last = source.event.valid_from, end
    if last < start:
        return last, source.recorded_at
    for later_start, later_end, recorded_at in following:
        last = min(last, later_end, later_start - _DAY)
        if last < start:
            return last, recorded_at
    return last, None


def _segments(known: Sequence[RecordedEvent], ends: Sequence[date]) -> tuple[Segment, ...]:
    start, end = known[-1].event.valid_from, ends[-1]
    moved = {event.event.valid_from for event in known} | {given_up + _DAY for given_up in ends}
    cuts = sorted({start} | {day for day in moved if start < day <= end})
    lasts = [following - _DAY for following in cuts[1:]] + [end]
    return tuple(
        Segment(first, last, _targets_on(known, ends, first))
        for first, last in zip(cuts, lasts, strict=True)
        if first <= last
    )


def _targets_on(known: Sequence[RecordedEvent], ends: Sequence[date], day: date) -> tuple[AgreedTarget, ...]:
    """Replay: what the events up to now promise for a day."""
    targets: dict[tuple[str, str, str], AgreedTarget] = {}
    for recorded, end in zip(known, ends, strict=True):
        event = recorded.event
        if end < day or (event.event is EventKind.RETIRED and event.valid_from <= day):
            targets.clear()
        elif event.valid_from <= day:
            targets.update({(target.kpi, target.slice_name, target.member): target for target in event.targets})
    return tuple(targets[key] for key in sorted(targets))


def _misplaced(event: RecordedEvent, problem: str) -> LedgerDamaged:
    return LedgerDamaged(
        f"entry {event.seq} ({event.key}): the event `{event.event.event.value}` {problem}",
        "run `kpi check` on the project before recording, and `kpi verify` on the ledger",
    )
