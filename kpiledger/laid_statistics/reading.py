"""Which series is somebody held to, and what are their values?

A series is a KPI, slice, member and grain that a holder has a target for, or that the company sees because nobody has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from duckdb import DuckDBPyConnection

from kpiledger.scales import YearIs
from kpiledger.vocabulary import Grain, Unit
from kpiledger.warehouse import rows_of

_HELD = """
create or replace temp table held as
select distinct holder, kpi, slice, member, grain from kpi.fct_kpi_target
where superseded_at is null and not is_pending
union
select dim_unit.unit, dim_kpi.kpi, 'all', 'all', dim_kpi.cadence
from kpi.dim_unit cross join kpi.dim_kpi where dim_unit.kind = 'company'
"""
# A change that says that figures before and after it are not to be held against each other.
_CHANGES = """
select distinct target.holder, target.kpi, target.slice, target.member, target.grain, version.valid_from
from kpi.fct_kpi_target as target
join kpi.dim_agreement_version as version
    on target.agreement = version.agreement and target.named_version = version.agreement_version
where version.reason_kind in ('scope_change', 'rebaseline', 'definition_change')
    and target.approval_state in ('approved', 'not_required')
order by all
"""
_VALUES = """
select kpi, slice, member, grain, version, period_start, value, numerator, denominator, row_count
from kpi.fct_kpi_value
semi join (select distinct kpi, slice, member from held) as held using (kpi, slice, member)
where span = 'period' and is_complete and value is not null
"""
# Of distinct counts and medians only: of what is no sum of its periods.
_TO_DATE = """
select kpi, slice, member, grain, version, span, period_start, value
from kpi.fct_kpi_value
semi join (select distinct kpi, slice, member from held) as held using (kpi, slice, member)
where span in ('year_to_date', 'quarter_to_date') and is_complete and value is not null and list_contains(?, kpi)
"""
_VERSIONS = """
select kpi, version, valid_from, valid_to, is_level
from kpi.dim_kpi_version order by kpi, valid_from
"""
_PERIODS = "select grain, period_start, period_end, is_complete from kpi.dim_period order by grain, period_start"


class Cut(NamedTuple):
    """A KPI, and the member of a slice."""

    kpi: str
    slice: str
    member: str


class Held(NamedTuple):
    """What a holder is held to."""

    holder: str
    cut: Cut
    grain: Grain


class Measured(NamedTuple):
    """A value, of a ratio what it is one of, and the rows that it is made of."""

    value: Decimal
    numerator: Decimal | None
    denominator: Decimal | None
    row_count: int | None


class PeriodDays(NamedTuple):
    """A period up to the as-of date."""

    start: date
    end: date
    is_complete: bool


@dataclass(frozen=True, slots=True)
class DefinedVersion:
    """A version of a KPI, and on which scale its numbers are."""

    version: int
    valid_from: date
    valid_to: date | None
    is_level: bool
    year_is: YearIs | None


@dataclass(frozen=True, slots=True)
class Warehouse:
    """What a warehouse says of held series; values by cut, grain and version, then by first day.

    Values to date are by their span as well.
    """

    held: Sequence[Held]
    changes: Mapping[Held, Sequence[date]]
    values: Mapping[tuple[Cut, Grain, int], Mapping[date, Measured]]
    to_date: Mapping[tuple[Cut, Grain, int, str], Mapping[date, Decimal]]
    versions: Mapping[str, Sequence[DefinedVersion]]
    periods: Mapping[Grain, Sequence[PeriodDays]]
    zero_when_missing: frozenset[str] = field(default=frozenset())
    shares: frozenset[str] = field(default=frozenset())

    def in_force(self, kpi: str, day: date) -> DefinedVersion | None:
        """The version of a KPI that holds on a day."""
        for version in self.versions.get(kpi, ()):
            if version.valid_from <= day and (version.valid_to is None or day <= version.valid_to):
                return version
        return None


def read_warehouse(connection: DuckDBPyConnection, years: Mapping[tuple[str, int], YearIs | None]) -> Warehouse:
    """Everything that signals and projections are made of; the connection may write temporary tables.

    `years` says what a year is of its months, by KPI and version.
    """
    connection.execute(_HELD)
    values: dict[tuple[Cut, Grain, int], dict[date, Measured]] = defaultdict(dict)
    for kpi, cut_by, member, grain, version, start, *numbers in connection.execute(_VALUES).fetchall():
        values[Cut(kpi, cut_by, member), Grain(grain), version][start] = Measured(*numbers)
    to_date: dict[tuple[Cut, Grain, int, str], dict[date, Decimal]] = defaultdict(dict)
    kept = sorted({kpi for (kpi, _), year in years.items() if year in (YearIs.COUNT, YearIs.MIDDLE)})
    for kpi, cut_by, member, grain, version, span, start, value in connection.execute(_TO_DATE, [kept]).fetchall():
        to_date[Cut(kpi, cut_by, member), Grain(grain), version, span][start] = value
    changes: dict[Held, list[date]] = defaultdict(list)
    for row in rows_of(connection, _CHANGES):
        changes[_held(row)].append(row["valid_from"])
    versions: dict[str, list[DefinedVersion]] = defaultdict(list)
    for row in rows_of(connection, _VERSIONS):
        kpi = row.pop("kpi")
        versions[kpi].append(DefinedVersion(**row, year_is=years.get((kpi, row["version"]))))
    periods: dict[Grain, list[PeriodDays]] = defaultdict(list)
    for grain, *days in connection.execute(_PERIODS).fetchall():
        periods[Grain(grain)].append(PeriodDays(*days))
    kpis = rows_of(connection, "select kpi, unit, is_missing_zero from kpi.dim_kpi")
    held = rows_of(connection, "select * from held order by all")
    return Warehouse(
        held=[_held(row) for row in held],
        changes=changes,
        values=values,
        to_date=to_date,
        versions=versions,
        periods=periods,
        zero_when_missing=frozenset(row["kpi"] for row in kpis if row["is_missing_zero"]),
        shares=frozenset(row["kpi"] for row in kpis if row["unit"] == Unit.RATIO),
    )


def _held(row: Mapping[str, Any]) -> Held:
    return Held(row["holder"], Cut(row["kpi"], row["slice"], row["member"]), Grain(row["grain"]))
