"""Which review items are there as of a day, and how does each stand?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta

from kpiledger.approvals import approvals_of
from kpiledger.folding import RecordedEvent
from kpiledger.folding.versions import standing_events
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import commitment_told
from kpiledger.project import Project
from kpiledger.recording import recorded_definitions
from kpiledger.reviews.decisions import decisions_in
from kpiledger.reviews.firing import fired_entries
from kpiledger.reviews.item import Answer, Known, ReviewItem, Subject, review_item
from kpiledger.reviews.rhythm import conversations, last_day, mid_year_checks
from kpiledger.reviews.unchanged import unchanged_kpis
from kpiledger.vocabulary import ReviewKind

_DAY = timedelta(days=1)


def review_items(
    project: Project, ledger: Ledger, entries: Sequence[Entry], firing_now: Collection[str], as_of: date
) -> tuple[ReviewItem, ...]:
    """Every item, by what it is about and name; `firing_now` are the keys of triggers that fire as figures are now."""
    known = _known(project, ledger, entries, as_of)
    found = (
        *_fired(known, entries, firing_now),
        *mid_year_checks(known),
        *unchanged_kpis(known),
        *conversations(known),
    )
    return tuple(sorted(found, key=lambda item: (list(ReviewKind).index(item.what), item.opened_on, item.review_item)))


def _known(project: Project, ledger: Ledger, entries: Sequence[Entry], as_of: date) -> Known:
    approvals = approvals_of(ledger, entries)
    events = recorded_events(ledger, entries)
    by_agreement: dict[str, list[RecordedEvent]] = {}
    for event in events:
        by_agreement.setdefault(event.event.agreement, []).append(event)
    lines = {name: standing_events(line, approvals) for name, line in by_agreement.items()}
    by_hash = {event.entry_hash: event for event in events}
    return Known(project, lines, by_hash, recorded_definitions(ledger), decisions_in(ledger, entries), as_of)


def _fired(known: Known, entries: Iterable[Entry], firing_now: Collection[str]) -> Iterator[ReviewItem]:
    for key, entry in sorted(fired_entries(entries).items()):
        content = entry.content
        line = known.lines[content["agreement"]]
        is_to_come = date.fromisoformat(content["as_of_on"]) > known.as_of  # in a run as of an earlier day
        if is_to_come or commitment_told(line[0].holder) is not None:
            continue
        source = known.events[content["event_hash"]]
        trigger = next(one for one in source.event.triggers if one.id == content["trigger"])
        name = f"{ReviewKind.TRIGGER}/{key}"
        yield review_item(
            name,
            ReviewKind.TRIGGER,
            Subject(line[0].holder, content["agreement"], trigger.when.kpi, content["period"]),
            (trigger.says, trigger.asks),
            (date.fromisoformat(content["as_of_on"]), date.fromisoformat(content["due_on"]), last_day(line) + _DAY),
            (entry.seq, _amended(line, entry) or known.decided(name)),
            known.as_of,
            key in firing_now,
        )


def _amended(line: Sequence[RecordedEvent], fired: Entry) -> Answer | None:
    """The amendment whose reason names the trigger and the period."""
    named = f"{fired.content['trigger']}@{fired.content['period']}"
    answers = (one for one in line if one.event.reason.trigger == named)
    return next((Answer(one.event.decided_on, one.seq) for one in answers), None)
