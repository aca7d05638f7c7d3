"""A company as rows in memory, its project, and what the compiled models make of them in DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from kpiledger.compiling import compile_project
from kpiledger.project import Project
from kpiledger.specs.calendar import Calendar
from kpiledger.specs.chain import Chain
from kpiledger.specs.kpi import Kpi
from kpiledger.specs.organisation import Organisation
from tests.compiled_models import build
from tests.oracle.facts import COLUMNS, CUSTOMER, FACTS

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Company:
    """The rows of the two facts, the segment of each known customer, and the calendar they are read by."""

    sales: tuple[Row, ...]
    visits: tuple[Row, ...]
    segments: Mapping[str, str | None]
    as_of: date
    starts_on: date
    week_starts: str = "monday"
    fiscal_year_starts: str = "january"

    @property
    def rows(self) -> Mapping[str, tuple[Row, ...]]:
        """The rows of each fact, by its name."""
        return {"sale": self.sales, "visit": self.visits}

    @property
    def calendar(self) -> Calendar:
        """The calendar as a project has it."""
        return Calendar.model_validate({
            "starts_on": self.starts_on, "zone": "UTC", "week_starts": self.week_starts,
            "fiscal_year_starts": self.fiscal_year_starts,
        })  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What a value is the value of."""

    kpi: str
    version: int
    grain: str
    span: str
    period_start: date
    slice: str
    member: str


@dataclass(frozen=True, slots=True)
class Figures:
    """A row of `fct_kpi_value` beside its key."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    is_complete: bool
    row_count: int | None


def kpi(name: str, *formulas: Mapping[str, Any], **more: Any) -> Kpi:
    """A KPI of one formula that holds for ever, or of the versions given among `more`."""
    versions = [
        {"version": number, "valid_from": date(2000, 1, 1), "formula": formula}
        for number, formula in enumerate(formulas, 1)
    ]
    change = {"change": {"reason": "first", "requested_by": "owner"}}
    given = [{**change, **version} for version in more.pop("versions", versions)]
    return Kpi.model_validate({
        "kpi": name, "label": {"en": name}, "description": name, "owner": "owner", "department": "sales",
        "chain_stage": "order", "timing": "lagging", "effect": "outcome", "aspect": "quantity", "level": "team",
        "direction": "increase", "unit": "count", "cadence": "month", "grains": ["month"], "spans": ["period"],
        "slices": [], "versions": given, **more,
    })  # fmt: skip


def project(kpis: Iterable[Kpi], calendar: Calendar) -> Project:
    """The project of the two facts and some KPIs."""
    return Project(
        root=Path(),
        calendar=calendar,
        organisation=Organisation.model_validate({"departments": {}, "units": {}, "roles": {}}),
        chain=Chain.model_validate({"stages": [{"stage": "order", "label": {"en": "Order"}, "question": "?"}]}),
        facts=FACTS,
        kpis={one.kpi: one for one in kpis},
        agreements=(),
        expectations={},
        columns={**{fact.model: COLUMNS[name] for name, fact in FACTS.items()}, "dim_customer": CUSTOMER},
        unique_columns={"dim_customer": frozenset({"customer"})},
    )


def tables(company: Company) -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory with the rows of the company."""
    connection = duckdb.connect()
    for name, columns in COLUMNS.items():
        _table(connection, FACTS[name].model, columns, company.rows[name])
    customers = [{"customer": name, "segment": segment} for name, segment in company.segments.items()]
    _table(connection, "dim_customer", CUSTOMER, customers)
    _table(connection, "run_context", {"as_of_on": "date"}, [{"as_of_on": company.as_of}])
    return connection


def answers(connection: duckdb.DuckDBPyConnection, company: Company, kpis: Sequence[Kpi]) -> dict[Key, Figures]:
    """Every row of `fct_kpi_value` after the compiled models have run; the same key twice is an error."""
    build(connection, compile_project(project(kpis, company.calendar)))
    rows = connection.execute(
        "select kpi, version, grain, span, period_start, slice, member, value, numerator, denominator, "
        "is_complete, row_count from fct_kpi_value"
    ).fetchall()
    found = {Key(*row[:7]): Figures(*row[7:]) for row in rows}
    assert len(found) == len(rows), "fct_kpi_value has a key twice"
    return found


def _table(connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], rows: Iterable[Row]) -> None:
    connection.execute(f"create table {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})")
    values = [[row.get(column) for column in columns] for row in rows]
    if values:
        connection.executemany(f"insert into {name} values ({', '.join('?' * len(columns))})", values)
