"""What do the published tables say of decisions and fired triggers, as rows to be held against the ledger's entries?

Review items follow from specs and the as-of date too, and are made anew by every run; what a row of theirs rests on is
held against the ledger here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger.ledger.canonical import decimal_text
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.store import Ledger
from kpiledger.periods import Reckoning
from kpiledger.reviews.decisions import decisions_in
from kpiledger.reviews.firing import fired_entries
from kpiledger.reviews.tables import FCT_DECISION, FCT_TRIGGER_FIRED, Described, decision_row, fired_row
from kpiledger.warehouse import rows_of

# As the figures are known now: not what was recorded.
_NOT_RECORDED = "is_still_so"
_THERE = "select table_name from information_schema.tables where table_schema = 'kpi'"


@dataclass(frozen=True, slots=True)
class TalkedRow:
    """A row of fct_decision or fct_trigger_fired: its entry, and what it says as one text, null left out."""

    table: str
    seq: int
    said: str


def talked_rows(ledger: Ledger, entries: Iterable[Entry], reckoning: Reckoning) -> Iterator[TalkedRow]:
    """The rows that the tables have where they say what the entries say."""
    held = tuple(entries)
    for one in decisions_in(ledger, held):
        yield _row(FCT_DECISION, dict(zip(FCT_DECISION.columns, decision_row(reckoning, one), strict=True)))
    for entry in fired_entries(held).values():
        row = fired_row(entry, is_still_so=True)
        yield _row(FCT_TRIGGER_FIRED, dict(zip(FCT_TRIGGER_FIRED.columns, row, strict=True)))


def published_talk(connection: DuckDBPyConnection) -> Iterator[TalkedRow]:
    """The rows of the published tables; a publication of before they existed has none."""
    there = {row["table_name"] for row in rows_of(connection, _THERE)}
    for table in (FCT_DECISION, FCT_TRIGGER_FIRED):
        if table.name in there:
            names = ", ".join(table.columns)
            yield from (_row(table, row) for row in rows_of(connection, f"select {names} from kpi.{table.name}"))


def _row(table: Described, row: Mapping[str, Any]) -> TalkedRow:
    said = {name: _text(value) for name, value in row.items() if value is not None and name != _NOT_RECORDED}
    return TalkedRow(f"kpi.{table.name}", row["seq"], ", ".join(f"{name}={text}" for name, text in said.items()))


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return decimal_text(value)
    return value.isoformat() if isinstance(value, date) else str(value)
