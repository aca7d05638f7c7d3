"""A warehouse that holds values, targets and periods, and nothing else: what signals and projections are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from kpiledger.laid_statistics.laying import lay_statistics
from kpiledger.periods import COMMON, Period, Reckoning, add_months, periods_between
from kpiledger.scales import YearIs
from kpiledger.vocabulary import Grain

_TABLES = """
    create schema kpi;
    create table kpi.dim_unit as select 'company' as unit, 'company' as kind;
    create table kpi.dim_kpi (kpi varchar, cadence varchar, is_missing_zero boolean, unit varchar);
    create table kpi.dim_kpi_version (
        kpi varchar, version integer, valid_from date, valid_to date, is_level boolean
    );
    create table kpi.dim_period (grain varchar, period_start date, period_end date, is_complete boolean);
    create table kpi.fct_kpi_value (
        kpi varchar, version integer, grain varchar, span varchar, period_start date, slice varchar, member varchar,
        numerator decimal(38, 12), denominator decimal(38, 12), value decimal(38, 12), row_count bigint,
        is_complete boolean
    );
    create table kpi.fct_kpi_target (
        holder varchar, agreement varchar, kpi varchar, slice varchar, member varchar, grain varchar,
        named_version integer, superseded_at timestamp, is_pending boolean, approval_state varchar
    );
    create table kpi.dim_agreement_version (
        agreement varchar, agreement_version integer, valid_from date, reason_kind varchar
    )
"""
Numbers = Sequence[str | None]


@dataclass(slots=True)
class Valued:
    """One KPI, `sales`, of the whole company, by months up to a day."""

    as_of: date
    year_is: YearIs | None = YearIs.SUM
    is_missing_zero: bool = False
    first: date = date(2014, 1, 1)
    versions: Sequence[tuple[int, date, date | None]] = ((1, date(2014, 1, 1), None),)
    values: dict[int, Numbers] = field(default_factory=dict)
    denominators: Numbers = ()
    to_date: dict[str, Numbers] = field(default_factory=dict)
    targets: list[tuple[str, str]] = field(default_factory=list)
    amendments: list[tuple[date, str]] = field(default_factory=list)
    reckoning: Reckoning = COMMON
    unit: str | None = None

    def laid(self, folder: Path) -> Path:
        """A warehouse file with everything, and with the statistics laid."""
        path = folder / "valued.duckdb"
        with duckdb.connect(str(path)) as connection:
            for statement in _TABLES.split(";\n"):
                connection.execute(statement)
            unit = self.unit or ("ratio" if self.year_is is YearIs.RATIO else "count")
            _insert(connection, "dim_kpi", [("sales", "month", self.is_missing_zero, unit)])
            is_level = self.year_is in (YearIs.RATIO, YearIs.LEVEL, YearIs.MIDDLE)
            _insert(connection, "dim_kpi_version", [("sales", *version, is_level) for version in self.versions])
            _insert(connection, "dim_period", self._periods())
            for version, numbers in self.values.items():
                _insert(connection, "fct_kpi_value", self._months(version, numbers, "period", self.denominators))
                for span, known in self.to_date.items():
                    _insert(connection, "fct_kpi_value", self._months(version, known, span))
            for holder, grain in self.targets:
                target = (holder, "budget", "sales", "all", "all", grain)
                _insert(connection, "fct_kpi_target", [(*target, 1, None, False, "approved")])
                for number, _ in enumerate(self.amendments, 2):
                    _insert(connection, "fct_kpi_target", [(*target, number, None, False, "approved")])
            _insert(
                connection,
                "dim_agreement_version",
                [("budget", number, day, reason) for number, (day, reason) in enumerate(self.amendments, 2)],
            )
        lay_statistics(path, self.reckoning, {("sales", version): self.year_is for version, *_ in self.versions})
        return path

    def _periods(self) -> Iterable[tuple[Any, ...]]:
        for grain in (Grain.MONTH, Grain.QUARTER, Grain.YEAR):
            begin = Period.holding(self.first, grain, self.reckoning).start
            for period in periods_between(begin, self.as_of, grain, self.reckoning):
                yield grain.value, period.start, period.end, period.end <= self.as_of

    def _months(
        self, version: int, numbers: Numbers, span: str, denominators: Numbers = ()
    ) -> Iterable[tuple[Any, ...]]:
        for place, number in enumerate(numbers):
            start = add_months(self.first, place)
            is_complete = Period(start, Grain.MONTH).end <= self.as_of
            below = denominators[place] if denominators else None
            if number is not None:
                value = str(Decimal(number) / Decimal(below)) if below else number
                yield "sales", version, "month", span, start, "all", "all", number, below, value, 10, is_complete


def rows(warehouse: Path, table: str, where: str = "true") -> list[Mapping[str, Any]]:
    """Rows of a laid table by column, in the order of time."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        result = connection.execute(f"select * from recorded.{table} where {where} order by period_start")
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _insert(connection: duckdb.DuckDBPyConnection, table: str, found: Iterable[Sequence[Any]]) -> None:
    for row in found:
        connection.execute(f"insert into kpi.{table} values ({', '.join('?' for _ in row)})", list(row))
