"""Random histories of agreements, and ledgers in which they are recorded event by event."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st
from ledger_builders import NOW, agreed, clock, event, target

from kpiledger.ledger.contents import KIND_OF_EVENT, agreement_content, recorded_events
from kpiledger.ledger.entry import Draft
from kpiledger.ledger.store import Ledger, writing
from kpiledger.specs.agreement import AgreementEvent

KEYS = (("revenue", "West"), ("revenue", "East"), ("margin", None))
DAYS = [date(2017, month, 1) for month in range(1, 13)]


@st.composite
def histories(draw):
    """Events of two agreements in the order of recording, each a specification and how many days after the last."""
    events = []
    begun = set()
    for _ in range(draw(st.integers(1, 8))):
        name = draw(st.sampled_from(("one", "two")))
        named = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=3, unique=True))
        targets = [target(kpi, str(draw(st.integers(1, 3))), region) for kpi, region in named]
        first = draw(st.sampled_from(DAYS)).isoformat()
        last = draw(st.sampled_from(DAYS)) + timedelta(days=27)
        kind = draw(st.sampled_from(("amended", "amended", "amended", "retired"))) if name in begun else "agreed"
        if kind == "agreed":
            shown = agreed(*targets, agreement=name, valid_from=first, valid_to=last.isoformat())
        elif kind == "amended":
            moves = {"valid_to": last.isoformat()} if draw(st.booleans()) else {}
            shown = event("amended", *targets, agreement=name, valid_from=first, **moves)
        else:
            shown = event("retired", agreement=name, valid_from=first)
        begun.add(name)
        events.append((shown, draw(st.integers(0, 40))))
    return events


def recorded_in(folder, events, size=None):
    """A ledger with the events, each recorded on its own; counted from those that it already holds."""
    ledger = Ledger(folder)
    held = len(recorded_events(ledger)) if ledger.exists else 0
    moment = NOW + sum((timedelta(days=days) for _, days in events[:held]), timedelta())
    for number, (shown, days) in list(enumerate(events))[held:size]:
        moment += timedelta(days=days)
        spec = AgreementEvent.model_validate(shown)
        content = agreement_content("sales_west", spec)
        with writing(ledger, clock(moment)) as writer:
            writer.append([Draft(KIND_OF_EVENT[spec.event], f"{shown['agreement']}/{number}", content)])
    return ledger
