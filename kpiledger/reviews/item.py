"""A review item: what is to be looked at again, by when, by whom, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kpiledger.folding import RecordedEvent
from kpiledger.project import Project
from kpiledger.recording import RecordedDefinition
from kpiledger.reviews.decisions import Decision
from kpiledger.vocabulary import ReviewKind, ReviewState


@dataclass(frozen=True, slots=True)
class Answer:
    """The day on which an item was answered, and the entry that says so; none where only a spec does."""

    on: date
    seq: int | None


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """The fields are the columns of fct_review_due, in order."""

    review_item: str
    what: ReviewKind
    holder: str | None
    agreement: str | None
    kpi: str | None
    period: str | None
    says: str
    asks: str
    opened_on: date
    due_on: date
    state: ReviewState
    is_open: bool
    is_overdue: bool
    opened_by_seq: int | None
    closed_on: date | None
    closed_by_seq: int | None
    is_still_so: bool | None


@dataclass(frozen=True, slots=True)
class Subject:
    """What an item is about: a holder, an agreement, a KPI, a period, as far as it has them."""

    holder: str | None = None
    agreement: str | None = None
    kpi: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What items are made from: the specs, what the ledger has, and the day that it is as of.

    `lines` are the events that stand, by agreement; `events` all of them by the hash of their entry: what fired by one
    stays fired, also if a policy that came later asks for an approval of it.
    """

    project: Project
    lines: Mapping[str, Sequence[RecordedEvent]]
    events: Mapping[str, RecordedEvent]
    definitions: Mapping[tuple[str, int], RecordedDefinition]
    decisions: Sequence[Decision]
    as_of: date

    def decided(self, review_item: str) -> Answer | None:
        """The first decision that closes an item."""
        found = next((one for one in self.decisions if one.closes == review_item), None)
        return Answer(found.decided_on, found.seq) if found else None


def review_item(
    name: str,
    what: ReviewKind,
    subject: Subject,
    told: tuple[str, str],
    days: tuple[date, date, date | None],
    seqs: tuple[int | None, Answer | None],
    as_of: date,
    is_still_so: bool | None = None,
) -> ReviewItem:
    """An item as it stands on a day.

    `told` is what it says and who is asked; `days` when it opens, is due and lapses; `seqs` what opened and closed it.
    """
    opened, due, lapses = days
    opened_by, answer = seqs
    state = _state(due, lapses, answer, as_of)
    return ReviewItem(
        review_item=name,
        what=what,
        holder=subject.holder,
        agreement=subject.agreement,
        kpi=subject.kpi,
        period=subject.period,
        says=told[0],
        asks=told[1],
        opened_on=opened,
        due_on=due,
        state=state,
        is_open=state in (ReviewState.OPEN, ReviewState.OVERDUE),
        is_overdue=state is ReviewState.OVERDUE,
        opened_by_seq=opened_by,
        closed_on=answer.on if answer else None,
        closed_by_seq=answer.seq if answer else None,
        is_still_so=is_still_so,
    )


def _state(due: date, lapses: date | None, answer: Answer | None, as_of: date) -> ReviewState:
    if answer:
        return ReviewState.CLOSED
    if lapses is not None and lapses <= as_of:
        return ReviewState.LAPSED
    return ReviewState.OVERDUE if due < as_of else ReviewState.OPEN
