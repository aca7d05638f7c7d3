"""The two sides of a spot check: the published warehouse and the source system, each read by the same questions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import md5
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from kpiledger.errors import BrokenWorld
from kpiledger.periods import Period
from kpiledger.quality.session import SourceSession, open_source
from kpiledger.specs.expectation import CheckedTable
from kpiledger.spot_checks.queries import Drawing, Stratum
from kpiledger.warehouse import open_current

# So many keys in one query; longer lists are more than some servers read.
_KEYS_AT_ONCE = 500
Rows = Callable[[str], Sequence[tuple[Any, ...]]]
Values = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Side:
    """Where rows are drawn or looked up: the table, and how it is asked."""

    drawing: Drawing
    rows: Rows

    def populations(self) -> list[tuple[Stratum, int]]:
        """Every stratum with the number of its records, in order; one stratum without a name where there are none."""
        strata = self.drawing.strata
        found = [
            (dict(zip(strata, map(_text, row[:-1]), strict=True)), int(row[-1]))
            for row in self.rows(self.drawing.counted())
        ]
        return sorted(found, key=lambda pair: [value or "" for value in pair[0].values()])

    def drawn(self, stratum: Stratum, seed: str, rows: int) -> list[str]:
        """The keys of a sample, in the order drawn."""
        return [str(key) for (key,) in self.rows(self.drawing.drawn(stratum, seed, rows))] if rows else []

    def looked_up(self, keys: Sequence[str], columns: Sequence[str]) -> dict[str, list[Values]]:
        """The values of the records with these keys, as text: none where there is no such record."""
        found: dict[str, list[Values]] = {key: [] for key in keys}
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            for key, *values in self.rows(self.drawing.looked_up(keys[start : start + _KEYS_AT_ONCE], columns)):
                found[str(key)].append(dict(zip(columns, map(_text, values), strict=True)))
        return found


def drawing_of(table: CheckedTable, dialect: str, address: str, period: Period | None) -> Drawing:
    """What is drawn from, of a table in a period; `address` is the table as the database writes it."""
    strata = table.spot_check.strata if table.spot_check else ()
    if period is None:
        return Drawing(dialect, address, table.key, strata)
    return Drawing(dialect, address, table.key, strata, table.period, period.start, period.end + timedelta(days=1))


@contextmanager
def warehouse_side(warehouse: Path, table: CheckedTable, period: Period | None) -> Iterator[Side]:
    """The staging model in the warehouse that readers see."""
    drawing = drawing_of(table, "duckdb", f'staging."{table.model}"', period)
    with open_current(warehouse) as link:
        yield Side(drawing, lambda query: link.execute(query).fetchall())


@contextmanager
def source_side(source: str, url: str, table: CheckedTable, period: Period | None) -> Iterator[Side]:
    """The table in the source system; BrokenWorld where it cannot be reached or read."""
    with open_source(source, url, {table.table: table} if table.drop else None) as session:
        _lend_md5(session.connection)
        drawing = drawing_of(table, session.dialect, "", period)
        address = drawing.quoted(table.table)
        yield Side(drawing_of(table, session.dialect, address, period), _asking(session, table.table))


def _asking(session: SourceSession, table: str) -> Rows:
    def rows(query: str) -> Sequence[tuple[Any, ...]]:
        try:
            return session.rows(query)
        except SQLAlchemyError as problem:
            reason = str(getattr(problem, "orig", None) or problem).splitlines()[0]
            message = f"the table {session.source}.{table} cannot be read: {reason}"
            raise BrokenWorld(message, "check that its key, strata and period are columns of the source") from problem

    return rows


def _lend_md5(connection: sa.Connection) -> None:
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.create_function("md5", 1, _md5, deterministic=True)


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
