"""Question 4: which changes of targets were recorded after the period they are for had begun, ended, or was closed?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.changing import NARROWING, Change, counted, told
from kpiledger.audit.closes import closes_of
from kpiledger.audit.population import changes_of
from kpiledger.audit.standing import tree_facts
from kpiledger.closing.standing import Close
from kpiledger.ledger_index.promising import figures_of
from kpiledger.periods import Period, Reckoning, periods_between
from kpiledger.vocabulary import Grain

AFTER_START, AFTER_END, AFTER_CLOSE = "after the period began", "after the period ended", "after the period was closed"
_ORDER = (AFTER_CLOSE, AFTER_END, AFTER_START)
_COLUMNS = (
    "lateness", "days_late", "first_period", "begun_periods", "ended_periods", "closed_periods", "entry", "recorded_at",
    "agreement", "version", "event", "holder", "kpi", "slice", "member", "change", "old", "new", "decided_on",
    "reason_kind", "reason_text", "proposed_by", "approved_by", "approval_state", "entry_hash",
)  # fmt: skip
_LATE = "change.changed_from <= cast(entry.recorded_at as date)"
_NOTES = (
    "A change is late by the day (UTC) on which it was recorded, whatever day it says that it was decided on.",
    "A close counts from when it was recorded until it was reopened. A change that came after it moves no closed "
    "figure: what it would do is told as a restatement (question 21).",
)


def answer(asked: Asked) -> Answer:
    """The late changes, those after a close first, then those after a period's end; the later ones first."""
    reckoning, closes = asked.reckoning(), closes_of(asked)
    late = [one for one in changes_of(asked, _LATE) if one.changed_from <= one.recorded_at.date()]
    rows = [row for change in late if (row := _row(change, reckoning, closes))]
    rows.sort(
        key=lambda row: (_ORDER.index(str(row[0])), -int(str(row[1])), int(str(row[6])), str(row[12]), str(row[14]))
    )
    count = {lateness: sum(row[0] == lateness for row in rows) for lateness in _ORDER}
    summary = (
        f"{counted(len(rows), 'retroactive change')}, {told(asked.words)}: {count[AFTER_CLOSE]} of a closed period, "
        f"{count[AFTER_END]} after the end of the first period changed, {count[AFTER_START]} after its beginning"
    )
    facts = {**count, **tree_facts(asked.index())}
    return Answer(_COLUMNS, rows, (summary,), _NOTES, holds=not rows, facts=facts)


def _row(change: Change, reckoning: Reckoning, closes: Sequence[Close]) -> tuple[object, ...] | None:
    recorded_on = change.recorded_at.date()
    last = min(change.changed_to, recorded_on)
    periods = periods_between(change.changed_from, last, Grain(change.grain), reckoning)
    begun = [period for period in periods if _is_moved(change, period)]
    if not begun:
        return None
    ended = sum(period.end < recorded_on for period in begun)
    closed = [close for period in begun if (close := _close_of(period, change.recorded_at, closes))]
    lateness, day = _lateness(begun[0], recorded_on, closed)
    row = change.row
    return (
        lateness, (recorded_on - day).days, str(begun[0]), len(begun), ended, len(closed), *row[:9],
        row[11], row[13], row[14], *row[15:18], *row[19:22], row[23],
    )  # fmt: skip


def _is_moved(change: Change, period: Period) -> bool:
    """Whether a period is promised something else than before; what is repeated for past months changes nothing."""
    days = period.start.toordinal(), period.end.toordinal()
    old, new = (figures_of(target, *days) if target else {} for target in (change.old_target, change.new_target))
    return old != new


def _close_of(period: Period, moment: datetime, closes: Sequence[Close]) -> Close | None:
    """The first close by which a period was closed at a moment; moments of the index are UTC and do not say so."""
    at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return next((one for one in closes if one.holds(period.start, period.end) and _stood(one, at)), None)


def _stood(close: Close, moment: datetime) -> bool:
    return close.closed_at <= moment and (close.reopening is None or moment < close.reopening.recorded_at)


def _lateness(first: Period, recorded_on: date, closed: Sequence[Close]) -> tuple[str, date]:
    """How late a change is for the first period that it changes, and the day from which it is that late.

    Where a period that it changes was closed already, that is what counts.
    """
    if closed:
        return AFTER_CLOSE, closed[0].closed_at.date()
    return (AFTER_END, first.end) if first.end < recorded_on else (AFTER_START, first.start)


QUESTION = Question(
    4,
    "Retroactive changes of targets, by lateness: after the period began, ended, or was closed",
    answer,
    takes=NARROWING,
)
