"""What a brief reads beside the scorecard: review items and decisions.

A publication of before these existed has none of it, and its briefs say so by their silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kpiledger.pages.reading import rows_as
from kpiledger.warehouse import open_current

_TABLES = "select table_name from information_schema.tables where table_schema = 'kpi'"


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
class Talk:
    """All of it, in a stable order."""

    reviews: tuple[ReviewRow, ...] = ()
    decisions: tuple[DecisionRow, ...] = ()


def read_talk(warehouse: Path) -> Talk:
    """What the warehouse has of it; BrokenWorld where another version made it, or it is damaged."""
    with open_current(warehouse) as connection:
        if not {"fct_review_due", "fct_decision"} <= _tables(connection):
            return Talk()
        return Talk(
            rows_as(connection, ReviewRow, "kpi.fct_review_due", "due_on, review_item"),
            rows_as(connection, DecisionRow, "kpi.fct_decision", "seq"),
        )


def _tables(connection: Any) -> set[str]:
    return {name for (name,) in connection.execute(_TABLES).fetchall()}
