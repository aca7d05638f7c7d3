"""The scorecard that nobody promised anything on: `fct_scorecard` over the values of a tiny project."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from kpiledger.closing.columns import CLOSED_TABLES
from kpiledger.laid_statistics.columns import no_statistics
from kpiledger.specs.kpi import Kpi
from tests.compiled_models import plain_sql

MODELS = Path(__file__).parents[2] / "models" / "scorecard"
COMPANY = """
    create table dim_kpi (kpi varchar, cadence varchar, is_missing_zero boolean, direction varchar);
    create table dim_kpi_version (
        kpi varchar, version integer, valid_from date, valid_to date, is_ratio boolean, is_additive boolean,
        is_level boolean
    );
    create table dim_unit as select 'company' as unit, 'company' as kind;
    create table fct_kpi_target (
        holder varchar, agreement varchar, agreement_version integer, kpi varchar, slice varchar, member varchar,
        grain varchar, period_start date, period_end date, target_value decimal(38, 10), comparison varchar,
        amber_value decimal(38, 10), stretch_value decimal(38, 10), weight decimal(9, 6),
        baseline_value decimal(38, 10), recorded_at timestamp, superseded_at timestamp,
        upper_value decimal(38, 10), within_value decimal(38, 10), commit_value decimal(38, 10),
        amber_outside_by decimal(38, 10), is_pilot boolean default false, is_binding boolean default true,
        approval_state varchar default 'not_required', is_pending boolean default false,
        named_version integer
    );
    create table dim_agreement_version (
        agreement varchar, agreement_version integer, seq integer, entry_hash varchar, reason_kind varchar
    );
    create table scoring as select
        cast('0.5' as decimal(9, 6)) as at_commit, cast('1' as decimal(9, 6)) as at_target,
        cast('1.2' as decimal(9, 6)) as at_stretch
"""


def model_sql(name: str) -> str:
    """The SQL of a model of the scorecard."""
    return plain_sql((MODELS / f"{name}.sql").read_text(encoding="utf-8"))


def lay_nothing_closed(company: duckdb.DuckDBPyConnection) -> None:
    """The tables of closed periods, empty."""
    for name, columns in CLOSED_TABLES.items():
        declared = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        company.execute(f"create table {name} ({declared})")


def lay_no_statistics(company: duckdb.DuckDBPyConnection) -> None:
    """The tables of signals and projections, empty."""
    for table in no_statistics():
        declared = ", ".join(f"{column} {kind}" for column, kind in table.columns.items())
        company.execute(f"create table {table.name} ({declared})")


def scorecard_of(
    company: duckdb.DuckDBPyConnection, kpis: Iterable[Kpi]
) -> dict[tuple[str, date], tuple[Decimal | None, bool]]:
    """KPI and first day of the period -> actual, and whether the period is complete."""
    company.execute(COMPANY)
    for one in kpis:
        company.execute(
            "insert into dim_kpi values (?, ?, ?, ?)",
            [one.kpi, one.cadence.value, one.missing == "zero", one.direction.value],
        )
        for version in one.versions:
            company.execute(
                "insert into dim_kpi_version values (?, ?, ?, ?, false, true, false)",
                [one.kpi, version.version, version.valid_from, version.valid_to],
            )
    lay_nothing_closed(company)
    lay_no_statistics(company)
    for name in ("held_period", "scorecard_now", "fct_scorecard"):
        company.execute(f"create table {name} as {model_sql(name)}")
    rows = company.execute("select kpi, period_start, actual, is_complete from fct_scorecard").fetchall()
    return {(name, start): (actual, is_complete) for name, start, actual, is_complete in rows}
