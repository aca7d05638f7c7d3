"""Recording that a check may fail for a period, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kpiledger.closing.checked import RECONCILIATION
from kpiledger.closing.doing import Pair, Place, reasons_against, refuse
from kpiledger.closing.overriding import COUNTS_FOR
from kpiledger.closing.refusing import ToClose
from kpiledger.closing.signed import with_signature
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.periods import Period
from kpiledger.specs.expectation import Expectations


@dataclass(frozen=True, slots=True)
class ToOverride:
    """Which check is to be let fail: a rule's id or `reconciliation`, of a source or of one table of it."""

    check: str
    source: str
    table: str | None = None

    @classmethod
    def parse(cls, check: str, source: str) -> ToOverride:
        """The source as `erp` or `erp.orders`."""
        name, _, table = source.partition(".")
        return cls(check, name, table or None)

    def __str__(self) -> str:
        return f"{self.check} of {self.source}" + (f".{self.table}" if self.table else "")


def override_check(
    place: Place, what: ToOverride, period: Period, reason: str, pair: Pair, until: date | None = None
) -> Entry:
    """Record it; it counts until the period is closed, or the day is over: a month from now unless one is named."""
    asked = place.asked(period)
    deed = place.deed(pair)
    last = until or deed.on + COUNTS_FOR
    reasons = [*reasons_against(place, asked, deed), *_reasons(asked, what, deed.on)]
    if last < deed.on:
        reasons.append(f"it is to count until {last}, which is over")
    refuse(f"overriding {what}", reasons)
    content = {
        "check": what.check,
        "source": what.source,
        "period": str(period),
        "reason": reason,
        "overridden_by": place.person(deed.done_by),
        "approved_by": place.person(deed.approved_by),
        **({"table": what.table} if what.table else {}),
        "until": last.isoformat(),
    }
    named = f"{what.source}.{what.table}" if what.table else what.source
    signed = with_signature(content, deed.key)
    return place.record(EntryKind.CHECK_OVERRIDDEN, f"{period}/{named}/{what.check}", signed)


def _reasons(asked: ToClose, what: ToOverride, on: date) -> Iterator[str]:
    yield from _of_check(asked.project.expectations.get(what.source), what, sorted(asked.project.expectations))
    for close in asked.closes:
        if close.is_standing and close.holds(*asked.days):
            yield f"{close.period} is {close.state}: what was checked for it is frozen"
    calendar = asked.project.calendar
    if asked.period.end < calendar.starts_on:
        yield f"{asked.period} lies before the calendar, which begins on {calendar.starts_on}: it is never closed"
    elif asked.period.start > min(day for day in (on, calendar.as_of) if day):
        # Else it would let the check fail in every run until then.
        yield f"{asked.period} has not begun: override for the period that is to be closed"


def _of_check(expectations: Expectations | None, what: ToOverride, known: list[str]) -> Iterator[str]:
    if expectations is None:
        yield f"there is no source {what.source}: {', '.join(known)}"
        return
    tables = [one for one in expectations.tables if what.table in (None, one.table)]
    if not tables:
        yield f"{what.source} has no table {what.table}: {', '.join(one.table for one in expectations.tables)}"
        return
    compared = [one.table for one in tables if one.reconcile is not None]
    named = f"{what.source}.{what.table}" if what.table else what.source
    if what.check == RECONCILIATION:
        if what.table and not compared:
            yield f"{named} is not reconciled"
        if len(compared) > 1:
            yield f"{len(compared)} tables of {what.source} are reconciled: name one, as {what.source}.{compared[0]}"
    elif what.check not in {rule.id for table in tables for rule in table.rules}:
        yield f"{named} has no check {what.check}: name a rule's id, or {RECONCILIATION}"
