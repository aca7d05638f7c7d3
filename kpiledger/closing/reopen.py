"""Reopening a period: its figures are as computed now again until it is closed anew, and the close stays seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kpiledger.closing.doing import Pair, Place, alone, reasons_against, refuse
from kpiledger.closing.refusing import ToClose
from kpiledger.closing.signed import with_signature
from kpiledger.closing.standing import Close, CloseState, last_of_each
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.periods import Period


def reopen_period(place: Place, period: Period, reason: str, pair: Pair, until: date | None) -> Entry:
    """Record that a period is open again; the next run shows it."""
    with alone(place, f"reopening {period}"):
        asked = place.asked(period)
        close = last_of_each(asked.closes).get(str(period))
        deed = place.deed(pair)
        reasons = [*reasons_against(place, asked, deed), *_reasons(asked, close)]
        if until is not None and until < deed.on:
            reasons.append(f"it is to be closed anew until {until}, which is over")
        refuse(f"reopening {period}", reasons)
        assert close is not None
        content = {
            "period": str(period),
            "ordinal": str(close.ordinal),
            "close_hash": close.entry.entry_hash,
            "reason": reason,
            "reopened_by": place.person(deed.done_by),
            "approved_by": place.person(deed.approved_by),
            "until": until.isoformat() if until else None,
        }
        return place.record(EntryKind.PERIOD_REOPENED, close.entry.key, with_signature(content, deed.key))


def _reasons(asked: ToClose, close: Close | None) -> Iterator[str]:
    if close is None or not close.is_standing:
        around = next((one for one in asked.closes if one.is_standing and one.holds(*asked.days)), None)
        yield f"{asked.period} is not closed by itself" + (f": it was closed with {around.period}" if around else "")
    for one in asked.closes:
        if one.state is CloseState.LOCKED and one.holds(*asked.days):
            yield f"{one.period} is locked (entry {(one.lock or one.entry).seq}): it can be restated, never reopened"
