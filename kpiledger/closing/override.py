"""Recording that a check may fail for a period, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kpiledger.closing.checked import RECONCILIATION
from kpiledger.closing.doing import Place, reasons_of_people, refuse
from kpiledger.closing.refusing import ToClose
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.periods import Period


def override_check(
    place: Place, check: str, source: str, period: Period, reason: str, people: tuple[str, str]
) -> Entry:
    """Record it; `people` are who does it and who approves it."""
    asked = place.asked(period)
    deed = place.deed(*people)
    refuse(f"overriding {check}", [*reasons_of_people(place, deed), *_reasons(asked, check, source, deed.on)])
    content = {
        "check": check,
        "source": source,
        "period": str(period),
        "reason": reason,
        "overridden_by": place.person(deed.done_by),
        "approved_by": place.person(deed.approved_by),
    }
    return place.record(EntryKind.CHECK_OVERRIDDEN, f"{period}/{source}/{check}", content)


def _reasons(asked: ToClose, check: str, source: str, on: date) -> Iterator[str]:
    expectations = asked.project.expectations.get(source)
    if expectations is None:
        yield f"there is no source {source}: {', '.join(sorted(asked.project.expectations))}"
    elif check != RECONCILIATION and check not in {rule.id for table in expectations.tables for rule in table.rules}:
        yield f"{source} has no check {check}: name a rule's id, or {RECONCILIATION}"
    for close in asked.closes:
        if close.is_standing and close.holds(*asked.days):
            yield f"{close.period} is {close.state}: what was checked for it is frozen"
    calendar = asked.project.calendar
    if asked.period.end < calendar.starts_on:
        yield f"{asked.period} lies before the calendar, which begins on {calendar.starts_on}: it is never closed"
    elif asked.period.start > min(day for day in (on, calendar.as_of) if day):
        # Else it would let the check fail in every run until then.
        yield f"{asked.period} has not begun: override for the period that is to be closed"
