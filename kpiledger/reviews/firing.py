"""Which triggers fire in a run, and how is that recorded: once for each trigger and period, whatever comes later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from kpiledger.approvals import approvals_of
from kpiledger.ledger.canonical import decimal_text
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Clock, Ledger, writing
from kpiledger.project import Project
from kpiledger.specs.trigger import Condition
from kpiledger.triggers import Firing, firings, standing_triggers
from kpiledger.triggers.firing import Series

_PLACES = Decimal("0.0000000001")  # as many as targets have; the rest of a division says nothing


def firing_now(
    project: Project,
    ledger: Ledger,
    entries: Sequence[Entry],
    series_of: Callable[[Condition], Series],
    as_of: date,
) -> tuple[Firing, ...]:
    """Every period that fires a trigger as its figures are known now, recorded or not."""
    standing = standing_triggers(recorded_events(ledger, entries), approvals_of(ledger, entries))
    reckoning = project.calendar.reckoning
    return tuple(firing for one in standing for firing in firings(one, series_of, as_of, reckoning))


def record_firings(
    ledger: Ledger, entries: Sequence[Entry], found: Iterable[Firing], run: tuple[str, date], clock: Clock
) -> tuple[Entry, ...]:
    """Record those that are not recorded yet; `run` is its id and the day that it is as of."""
    known = fired_entries(entries)
    new = [firing for firing in found if firing.key not in known]
    if not new:
        return ()
    with writing(ledger, clock) as writer:
        return writer.append([Draft(EntryKind.TRIGGER_FIRED, one.key, _content(one, *run)) for one in new])


def fired_entries(entries: Iterable[Entry]) -> Mapping[str, Entry]:
    """The triggers that fired by their key, as recorded."""
    return {entry.key: entry for entry in entries if entry.kind is EntryKind.TRIGGER_FIRED}


def _content(firing: Firing, run_id: str, as_of: date) -> dict[str, Any]:
    trigger, source = firing.standing.trigger, firing.standing.source
    return {
        "agreement": firing.standing.agreement,
        "trigger": trigger.id,
        "period": str(firing.period),
        "event_seq": str(source.seq),
        "event_hash": source.entry_hash,
        "value": decimal_text(firing.value),
        "reference": _text(firing.reference),
        "change": _text(firing.change and firing.change.quantize(_PLACES)),
        "at_least": _text(trigger.when.at_least),
        "at_most": _text(trigger.when.at_most),
        "in_a_row": str(trigger.in_a_row),
        "then": trigger.then.value,
        "run_id": run_id,
        "as_of_on": as_of.isoformat(),
        "due_on": (as_of + timedelta(days=trigger.within)).isoformat(),
    }


def _text(figure: Decimal | None) -> str | None:
    return None if figure is None else decimal_text(figure)
