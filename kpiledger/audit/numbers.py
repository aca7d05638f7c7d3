"""Which number does a question ask about, and what says how it was published, checked and closed?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from kpiledger.audit.answer import Asked
from kpiledger.audit.closes import entries_of, rows_of_named
from kpiledger.closing.deeds import KINDS
from kpiledger.closing.standing import closes_in
from kpiledger.closing.verified import sound_file
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.periods import Period
from kpiledger.tracing.number import Number, number_of
from kpiledger.typed import typed_period
from kpiledger.warehouse import literal, of_this_version, open_current

_KEPT = "ask with the version of kpiledger that closed the period: what a close froze is not made anew"


@dataclass(frozen=True, slots=True)
class Results:
    """Rows of a table of results, of the published run or as a close froze them."""

    of: str
    rows: list[dict[str, Any]]


def period_asked(asked: Asked) -> Period:
    """The period of the question."""
    return typed_period(asked.words["period"], asked.reckoning())


def number_asked(asked: Asked) -> Number:
    """The number of the question."""
    return number_of(asked.project(), asked.words, period_asked(asked))


def entries_behind(asked: Asked) -> tuple[Entry, ...]:
    """What was published, closed and let pass, in the order recorded."""
    return entries_of(asked, (*KINDS, EntryKind.RUN_PUBLISHED))


def results_for(
    asked: Asked, period: Period, table: str, file: str, query: str, words: dict[str, object]
) -> Iterator[Results]:
    """The rows of a query of ours on a table of the published run, and on the file of each standing close of a period.

    `{table}` in the query stands for the table.
    """
    with open_current(asked.settings.warehouse) as warehouse:
        yield Results("published", rows_of_named(warehouse, query.format(table=f"kpi.{table}"), words))
    for close in closes_in(entries_of(asked, KINDS)):
        if not (close.is_standing and close.holds(period.start, period.end)):
            continue
        path = sound_file(asked.settings.closes, close, file)
        if path is not None:
            with duckdb.connect() as connection, of_this_version(f"the frozen file {path}", _KEPT):
                kept = query.format(table=f"read_parquet({literal(path)})")
                yield Results(f"close {close.period}/{close.ordinal}", rows_of_named(connection, kept, words))
