"""What the pages read from the warehouse: its tables as rows, read once and never written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from kpiledger.errors import BrokenWorld
from kpiledger.pages.queries import (
    AgreementScoreRow,
    AgreementVersionRow,
    CheckRow,
    Readings,
    ScorecardRow,
    TargetRow,
)

Row = TypeVar("Row")


def read_all(warehouse: Path) -> Readings:
    """Read the tables of a finished build; BrokenWorld where the file or one of its tables is missing."""
    if not warehouse.is_file():
        raise BrokenWorld(f"there is no warehouse at {warehouse}", "`kpi run` builds it")
    try:
        with opened(warehouse) as connection:
            return _read(connection)
    except duckdb.Error as problem:
        raise BrokenWorld(
            f"the warehouse {warehouse} cannot be read for the pages: {problem}",
            "`kpi run` builds it anew",
        ) from problem


def _read(connection: Any) -> Readings:
    found = connection.execute("select as_of_on from kpi.as_of").fetchone()
    return Readings(
        as_of_on=found[0] if found else None,
        scorecard=rows_as(
            connection, ScorecardRow, "kpi.fct_scorecard", "holder, kpi, slice, member, grain, period_start"
        ),
        targets=rows_as(
            connection,
            TargetRow,
            "kpi.fct_kpi_target",
            "holder, kpi, slice, member, grain, period_start, agreement, agreement_version",
        ),
        versions=rows_as(connection, AgreementVersionRow, "kpi.dim_agreement_version", "valid_from, seq"),
        scores=rows_as(
            connection, AgreementScoreRow, "kpi.fct_agreement_score", "holder, agreement, grain, period_start"
        ),
        checks=rows_as(connection, CheckRow, "kpi.fct_check_result", "source, table_name, rule"),
    )


@contextmanager
def opened(warehouse: Path) -> Iterator[Any]:
    """A connection that only reads, closed at the end."""
    connection = duckdb.connect(str(warehouse), read_only=True)
    try:
        yield connection
    finally:
        connection.close()


def rows_as(connection: Any, row: type[Row], table: str, order: str) -> tuple[Row, ...]:
    """Every row of a table as `row`, whose fields name the columns; table and order are ours, not a user's."""
    columns = fields(row)  # type: ignore[arg-type]
    names = ", ".join(column.name for column in columns)
    numbers = [index for index, column in enumerate(columns) if "Decimal" in str(column.type)]
    found = connection.execute(f"select {names} from {table} order by {order}").fetchall()
    return tuple(row(*_exact(values, numbers)) for values in found)


def _exact(values: tuple[Any, ...], numbers: list[int]) -> list[Any]:
    """Doubles become the decimals that they are written as, so that pages calculate in one type."""
    exact = list(values)
    for index in numbers:
        if isinstance(exact[index], (int, float)):
            exact[index] = Decimal(repr(exact[index]))
    return exact
