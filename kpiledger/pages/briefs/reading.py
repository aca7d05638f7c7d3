"""What a brief reads beside the scorecard: review items, decisions, and what statistics say of each figure.

A publication of before one of these existed has none of it, and its briefs say so by their silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from kpiledger.pages.queries import ScorecardRow
from kpiledger.pages.reading import opened, rows_as

_COLUMNS = "select column_name from information_schema.columns where table_schema = 'kpi' and table_name = ?"
_KEY = ("holder", "kpi", "slice", "member", "grain", "period_start")
RowKey = tuple[str, str, str, str, str, date]


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One row of fct_review_due."""

    review_item: str
    what: str
    holder: str | None
    agreement: str | None
    kpi: str | None
    period: str | None
    says: str
    asks: str
    opened_on: date
    due_on: date
    state: str
    is_open: bool
    is_overdue: bool
    opened_by_seq: int | None
    closed_on: date | None
    closed_by_seq: int | None
    is_still_so: bool | None


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One row of fct_decision."""

    decision: str
    holder: str
    period: str
    period_start: date | None
    period_end: date | None
    kpi: str | None
    says: str
    decided_by: str
    decided_on: date
    closes: str | None
    evidence: str | None
    seq: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What statistics say of a figure: signal or noise, where the year will end, and the pace still needed."""

    signal: str | None = None
    signal_effect: str | None = None
    lower_limit: Decimal | None = None
    upper_limit: Decimal | None = None
    projection: Decimal | None = None
    projection_low: Decimal | None = None
    projection_high: Decimal | None = None
    pace_needed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """All of it, in a stable order."""

    reviews: tuple[ReviewRow, ...] = ()
    decisions: tuple[DecisionRow, ...] = ()
    outlooks: Mapping[RowKey, Outlook] | None = None

    def outlook(self, row: ScorecardRow) -> Outlook:
        """What is said of a row of the scorecard; nothing where statistics were not asked."""
        key = (row.holder, row.kpi, row.slice, row.member, row.grain, row.period_start)
        return (self.outlooks or {}).get(key, Outlook())


def read_talk(warehouse: Path) -> Talk:
    """What the warehouse has of it."""
    with opened(warehouse) as connection:
        outlooks = _outlooks(connection)
        if not (_columns(connection, "fct_review_due") and _columns(connection, "fct_decision")):
            return Talk(outlooks=outlooks)
        return Talk(
            rows_as(connection, ReviewRow, "kpi.fct_review_due", "due_on, review_item"),
            rows_as(connection, DecisionRow, "kpi.fct_decision", "seq"),
            outlooks,
        )


def _outlooks(connection: Any) -> Mapping[RowKey, Outlook]:
    names = [field.name for field in fields(Outlook)]
    if not set(names) <= _columns(connection, "fct_scorecard"):
        return {}
    found = connection.execute(f"select {', '.join((*_KEY, *names))} from kpi.fct_scorecard").fetchall()
    return {row[: len(_KEY)]: Outlook(*row[len(_KEY) :]) for row in found}


def _columns(connection: Any, table: str) -> set[str]:
    return {name for (name,) in connection.execute(_COLUMNS, [table]).fetchall()}
