"""Which versions does an agreement have, from when until when, and what does each promise?

The one rule: on a day, the version in force is the last one recorded whose `valid_from` is not after
that day. `agreed` sets targets, `amended` replaces those of the same KPI and slice and carries the
others over, `retired` promises nothing more. A retroactive amendment so changes only what it names,
also where an earlier recorded amendment of later days stands behind it. An amendment may move the
agreement's end: days that it gives up are given up, and a later one promises there only what it names.

What must be approved and is not changes nothing: such an amendment or retirement is pending. It is a version, which
says what it would promise, and displaces none; from the moment that its approval is recorded it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from kpiledger.errors import LedgerDamaged
from kpiledger.folding.approval import NONE_REQUIRED, NOT_REQUIRED, Approval
from kpiledger.folding.events import RecordedEvent
from kpiledger.folding.replay import PromisedTarget, is_pilot_on, promised_on
from kpiledger.specs.agreement import AgreedTarget
from kpiledger.vocabulary import EventKind

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Segment:
    """Days, both ends included, on which a version promises the same targets, for a trial or in earnest."""

    valid_from: date
    valid_to: date
    promised: tuple[PromisedTarget, ...]
    is_pilot: bool

    @property
    def targets(self) -> tuple[AgreedTarget, ...]:
        """The targets alone."""
        return tuple(one.target for one in self.promised)


@dataclass(frozen=True, slots=True)
class AgreementVersion:
    """What one event made of an agreement.

    `valid_from` to `valid_to` are the days on which it is in force among the events folded. A version
    that others displaced on all its days has `superseded_at`, and keeps the days that it was recorded
    with. `segments` say what it promised when it was recorded, to the agreement's end. `is_pilot` is of
    its first day. One that `is_pending` is in force on no day: its days are those that it asks for.
    """

    agreement: str
    number: int
    source: RecordedEvent
    valid_from: date
    valid_to: date
    superseded_at: datetime | None
    segments: tuple[Segment, ...]
    is_pilot: bool
    is_pending: bool
    following: tuple[tuple[date, date, datetime], ...]  # valid_from, agreement's end, since when
    approvals: Mapping[str, Approval] = field(compare=False, repr=False)  # what was folded with

    def approval_of(self, event: RecordedEvent) -> Approval:
        """How an event stands, its own or one whose targets it carries on."""
        return _approval(event, self.approvals)

    def superseded_on(self, day: date) -> datetime | None:
        """When it was first recorded that another version, or none, is in force on a day of this one."""
        if self.is_pending:
            return None
        return next((at for start, end, at in self.following if start <= day or end < day), None)


def fold(
    events: Iterable[RecordedEvent], approvals: Mapping[str, Approval] = NONE_REQUIRED
) -> tuple[AgreementVersion, ...]:
    """The versions of every agreement, by agreement and number, from events in any order.

    `approvals` say by the hash of its entry how an event stands; one that they do not name needs no approval.
    """
    by_agreement: dict[str, list[RecordedEvent]] = {}
    for event in sorted(events, key=lambda event: event.seq):
        by_agreement.setdefault(event.event.agreement, []).append(event)
    return tuple(version for name in sorted(by_agreement) for version in _versions(by_agreement[name], approvals))


def _versions(events: Sequence[RecordedEvent], approvals: Mapping[str, Approval]) -> list[AgreementVersion]:
    last_days(events)  # a history that cannot be folded is refused as a whole, pending events included
    standing = standing_events(events, approvals)
    ends = last_days(standing)
    versions = []
    for number, source in enumerate(events, start=1):
        before = [event for event in standing if event.seq < source.seq]
        known = [*before, source]
        following = tuple(
            (later.event.valid_from, end, _since(later, approvals))
            for later, end in zip(standing, ends, strict=True)
            if later.seq > source.seq
        )
        versions.append(_version(number, known, following, approvals, is_pending=source not in standing))
    return versions


def _version(
    number: int,
    known: Sequence[RecordedEvent],
    following: tuple[tuple[date, date, datetime], ...],
    approvals: Mapping[str, Approval],
    is_pending: bool,
) -> AgreementVersion:
    """The version that the last event known makes, among those before it and those that follow."""
    source, ends = known[-1], last_days(known)
    start = source.event.valid_from
    last, displaced_at = (ends[-1], None) if is_pending else _in_force_until(source, ends[-1], following)
    return AgreementVersion(
        agreement=source.event.agreement,
        number=number,
        source=source,
        valid_from=start,
        valid_to=ends[-1] if displaced_at else last,
        superseded_at=displaced_at,
        segments=_segments(known, ends),
        is_pilot=is_pilot_on(known, ends, start),
        is_pending=is_pending,
        following=following,
        approvals=approvals,
    )


def standing_events(events: Sequence[RecordedEvent], approvals: Mapping[str, Approval]) -> list[RecordedEvent]:
    """The events of an agreement that hold: the first, before which there is nothing to keep, and those that count."""
    return [event for event in events if event is events[0] or _approval(event, approvals).counts]


def _approval(event: RecordedEvent, approvals: Mapping[str, Approval]) -> Approval:
    return approvals.get(event.entry_hash, NOT_REQUIRED)


def _since(event: RecordedEvent, approvals: Mapping[str, Approval]) -> datetime:
    """When an event began to displace others: when it was recorded, or later when its approval was."""
    return max(event.recorded_at, _approval(event, approvals).since or event.recorded_at)


def last_days(events: Sequence[RecordedEvent]) -> list[date]:
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
        Segment(first, last, promised_on(known, ends, first), is_pilot_on(known, ends, first))
        for first, last in zip(cuts, lasts, strict=True)
        if first <= last
    )


def _misplaced(event: RecordedEvent, problem: str) -> LedgerDamaged:
    return LedgerDamaged(
        f"entry {event.seq} ({event.key}): the event `{event.event.event.value}` {problem}",
        "run `kpi check` on the project before recording, and `kpi verify` on the ledger",
    )
