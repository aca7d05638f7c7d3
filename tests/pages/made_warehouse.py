"""A warehouse made by hand: the tables that the pages read, with rows a reader can recompute in the head."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

TABLES = """
create schema kpi;
create table kpi.as_of (as_of_on date);
create table kpi.fct_scorecard (
    holder text, agreement text, agreement_version integer, kpi text, kpi_version integer, slice text,
    member text, grain text, period_start date, period_end date, is_complete boolean, actual double,
    target_value decimal(38, 10), comparison text, amber_value decimal(38, 10),
    stretch_value decimal(38, 10), weight decimal(38, 10), variance double, attainment double, status text,
    actual_year_to_date double, target_year_to_date decimal(38, 10), same_period_last_year double,
    year_to_date_last_year double, rolling_mean double, baseline_value decimal(38, 10), recorded_at timestamp,
    upper_value decimal(38, 10), within_value decimal(38, 10), commit_value decimal(38, 10),
    amber_outside_by decimal(38, 10), score decimal(38, 12), is_pilot boolean, is_binding boolean,
    approval_state text, entry_seq integer, entry_hash text, reason_kind text, close_state text default 'open',
    closed_at timestamp, as_closed decimal(38, 12), current decimal(38, 12), current_status text,
    signal text, signal_effect text, centre_value decimal(38, 12), lower_limit decimal(38, 12),
    upper_limit decimal(38, 12), projection decimal(38, 12), projection_low decimal(38, 12),
    projection_high decimal(38, 12), projection_state text, target_full_year decimal(38, 10),
    remaining_count integer, pace_needed decimal(38, 12), quarter_projection decimal(38, 12),
    quarter_projection_low decimal(38, 12), quarter_projection_high decimal(38, 12)
);
create table kpi.fct_kpi_target (
    agreement text, agreement_version integer, holder text, kpi text, slice text, member text, grain text,
    period_start date, target_value decimal(38, 10), comparison text, amber_value decimal(38, 10),
    stretch_value decimal(38, 10), weight decimal(38, 10), valid_from date, valid_to date,
    recorded_at timestamp, superseded_at timestamp, upper_value decimal(38, 10), within_value decimal(38, 10),
    reference text, reference_times decimal(38, 10), is_pending boolean
);
create table kpi.fct_kpi_value (
    kpi text, version integer, grain text, span text, period_start date, period_end date, slice text, member text,
    numerator double, denominator double, value double, row_count bigint, is_complete boolean
);
create table kpi.dim_kpi (kpi text, direction text, deprecated_on date, is_missing_zero boolean default false);
create table kpi.dim_kpi_version (kpi text, version integer, valid_from date, valid_to date);
create table kpi.dim_agreement_version (
    agreement text, agreement_version integer, holder text, event text, decided_on date, valid_from date,
    valid_to date, reason_kind text, reason_text text, evidence text, proposed_by text, approved_by text,
    seq integer, recorded_at timestamp, superseded_at timestamp, commit_id text, entry_hash text,
    is_pilot boolean, is_binding boolean, approval_state text, approval_seq integer, approval_recorded_at timestamp,
    is_pending boolean, fired_trigger text
);
create table kpi.fct_agreement_score (
    agreement text, agreement_version integer, holder text, grain text, period_start date, period_end date,
    is_complete boolean, score decimal(38, 12), weight_scored decimal(9, 6), weight_agreed decimal(9, 6),
    kpi_count integer
);
create table kpi.fct_check_result (
    run_id text, source text, table_name text, model text, rule text, says text, check_kind text,
    severity text, outcome text, rows_in_table bigint, rows_tested bigint, failing_count bigint,
    failing_share double, allowed_share double, is_blocking boolean, message text, checked_at timestamp,
    waived_until date, waiver_reason text, waiver_approved_by text
);
create table kpi.fct_check_group (
    run_id text, source text, table_name text, rule text, group_name text, rows_tested bigint,
    failing_count bigint, failing_share double, share_of_others double, gap double, gap_at_least double,
    gap_allowed double, standing text, checked_at timestamp
);
create table kpi.fct_reconciliation (
    run_id text, source text, table_name text, model text, level text, bucket text, measure text,
    source_value text, warehouse_value text, difference double, tolerance double, outcome text,
    record_key text, difference_kind text, checked_at timestamp, explanation text
);
create table kpi.fct_registration_issue (
    run_id text, source text, table_name text, rule text, record_key text, team text, period_start date,
    first_seen timestamp, last_seen timestamp, fixed_at timestamp, is_open boolean
);
create table kpi.dim_extract (
    source text, table_name text, extract_id text, taken_at timestamp, row_count bigint, control_totals text,
    period_from text, period_to text, high_water_mark text, sha256 text, accepted text
);
create table kpi.fct_spot_check (
    spot_check text, source text, table_name text, stratum text, direction text, population bigint,
    sample_size bigint, allowed_errors bigint, errors_found bigint, error_share_below decimal(18, 10),
    confidence decimal(18, 10), upper_bound_rows bigint, outcome text, method text, judged_by text,
    judged_at timestamp
);
"""
RECORDED = datetime(2018, 1, 2, 6, 0)


class MadeWarehouse:
    """Rows are inserted by column name; whatever is left out is null."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = duckdb.connect(str(path))
        self.connection.execute(TABLES)

    def add(self, table: str, **columns: Any) -> None:
        marks = ", ".join("?" for _ in columns)
        self.connection.execute(f"insert into {table} ({', '.join(columns)}) values ({marks})", list(columns.values()))

    def version(self, number: int, agreement: str, valid_from: date, reason: str, **more: Any) -> None:
        columns: dict[str, Any] = {
            "agreement": agreement,
            "agreement_version": number,
            "holder": "sales_west",
            "event": "agreed" if number == 1 else "amended",
            "decided_on": date(valid_from.year - 1, 12, 12),
            "valid_from": valid_from,
            "valid_to": date(valid_from.year, 12, 31),
            "reason_kind": "annual_agreement",
            "reason_text": reason,
            "proposed_by": "head_of_sales",
            "approved_by": "cfo",
            "seq": 1,
            "recorded_at": RECORDED,
            "commit_id": "d92be40aa11",
            "entry_hash": "0123456789abcdef",
            "is_pilot": False,
            "is_binding": True,
            "approval_state": "not_required",
        }
        self.add("kpi.dim_agreement_version", **(columns | more))

    def close(self) -> Path:
        """The finished file; rows of the scorecard that name no entry are of the event of their own version."""
        self.connection.execute(
            """update kpi.fct_scorecard set entry_seq = version.seq from kpi.dim_agreement_version as version
            where entry_seq is null and fct_scorecard.agreement = version.agreement
                and fct_scorecard.agreement_version = version.agreement_version"""
        )
        self.connection.close()
        return self.path


def months(first_year: int, last_year: int) -> list[date]:
    return [date(year, month, 1) for year in range(first_year, last_year + 1) for month in range(1, 13)]


def made_warehouse(path: Path) -> Path:
    made = MadeWarehouse(path)
    made.add("kpi.as_of", as_of_on=date(2017, 12, 31))
    _agreements(made)
    _revenue(made)
    _others(made)
    _checks(made)
    return made.close()


def _agreements(made: MadeWarehouse) -> None:
    made.version(1, "west_2016", date(2016, 1, 1), "Budget 2016", seq=1)
    made.version(1, "west_2017", date(2017, 1, 1), "Budget 2017", seq=2)
    made.version(
        2,
        "west_2017",
        date(2017, 7, 1),
        "The Reno <b>branch</b> joined the region",
        seq=3,
        decided_on=date(2017, 6, 20),
        reason_kind="scope_change",
        fired_trigger="branches_join@2017-05",
        evidence="docs/decisions/2017-06.md",
    )


def revenue_target(month: date) -> tuple[str, int, Decimal]:
    if month.year == 2016:
        return "west_2016", 1, Decimal("18000")
    if month.month < 7:
        return "west_2017", 1, Decimal("21000")
    return "west_2017", 2, Decimal("22500")


def _revenue(made: MadeWarehouse) -> None:
    """Revenue grows by 250 a month from 16,000, and ends in December 2017 at 23,456.5."""
    for index, month in enumerate(months(2016, 2017)):
        agreement, version, target = revenue_target(month)
        actual = 23456.5 if month == date(2017, 12, 1) else 16000.0 + 250 * index
        for holder, slice_name, member, factor in (
            ("sales_west", "region", "West", 1),
            ("company", "all", "all", 4),
        ):
            variance = actual - float(target)
            made.add(
                "kpi.fct_scorecard",
                holder=holder,
                agreement=agreement,
                agreement_version=version,
                kpi="revenue",
                kpi_version=1,
                slice=slice_name,
                member=member,
                grain="month",
                period_start=month,
                period_end=_month_end(month),
                is_complete=True,
                actual=actual * factor,
                target_value=target * factor,
                comparison="at_least",
                amber_value=target * factor * Decimal("0.95"),
                weight=Decimal("0.4"),
                variance=variance * factor,
                status="green" if variance >= 0 else "amber" if variance > -0.05 * float(target) else "red",
                actual_year_to_date=250000.0 * factor,
                target_year_to_date=Decimal(261000) * factor,
                same_period_last_year=18750.0 * factor if month == date(2017, 12, 1) else 14000.0 * factor,
                rolling_mean=20500.25 * factor,
            )
        made.add(
            "kpi.fct_kpi_target",
            agreement=agreement,
            agreement_version=version,
            holder="sales_west",
            kpi="revenue",
            slice="region",
            member="West",
            grain="month",
            period_start=month,
            target_value=target,
            valid_from=date(2017, 7, 1) if version == 2 else date(month.year, 1, 1),
        )
        if version == 2:  # what version 1 had promised for the same month
            made.add(
                "kpi.fct_kpi_target",
                agreement="west_2017",
                agreement_version=1,
                holder="sales_west",
                kpi="revenue",
                slice="region",
                member="West",
                grain="month",
                period_start=month,
                target_value=Decimal(21000),
                valid_from=date(2017, 1, 1),
                superseded_at=RECORDED,
            )


def _others(made: MadeWarehouse) -> None:
    last = {"period_start": date(2017, 12, 1), "period_end": date(2017, 12, 31), "is_complete": True}
    west = {"holder": "sales_west", "slice": "region", "member": "West", "grain": "month", "kpi_version": 1}
    agreed = {"agreement": "west_2017", "agreement_version": 2}
    made.add(
        "kpi.fct_scorecard",
        **west,
        **agreed,
        **last,
        kpi="margin",
        actual=0.1134,
        target_value=Decimal("0.125"),
        comparison="at_least",
        amber_value=Decimal("0.10"),
        weight=Decimal("0.3"),
        variance=-0.0116,
        status="amber",
        actual_year_to_date=0.13,
        target_year_to_date=Decimal("0.125"),
        same_period_last_year=0.1,
        rolling_mean=0.12,
    )
    made.add(
        "kpi.fct_scorecard",
        **west,
        **agreed,
        **last,
        kpi="days_to_ship",
        actual=5.2,
        target_value=Decimal("4.5"),
        comparison="at_most",
        weight=Decimal("0.2"),
        variance=0.7,
        status="red",
    )
    made.add(
        "kpi.fct_scorecard",
        **west,
        **agreed,
        **last,
        kpi="solved",
        target_value=Decimal("0.8"),
        comparison="at_least",
        weight=Decimal("0.1"),
        status="no_data",
    )
    company = {"holder": "company", "slice": "all", "member": "all", "kpi_version": 1}
    for quarter in (1, 2, 3, 4):
        made.add(
            "kpi.fct_scorecard",
            **company,
            kpi="orders",
            grain="quarter",
            period_start=date(2017, quarter * 3 - 2, 1),
            period_end=_month_end(date(2017, quarter * 3, 1)),
            is_complete=quarter < 4,
            actual=1000.0 * quarter,
            same_period_last_year=900.0 * quarter,
            status="no_target" if quarter < 4 else "incomplete",
        )
    made.add("kpi.fct_scorecard", **company, **last, grain="month", kpi="margin", actual=0.12, status="no_target")


def _checks(made: MadeWarehouse) -> None:
    check = {"run_id": "run-1", "source": "erp", "table_name": "order_line", "check_kind": "one_of"}
    made.add(
        "kpi.fct_check_result",
        **check,
        rule="ERP-01",
        says="Every line names a product",
        severity="warning",
        outcome="warned",
        rows_in_table=9994,
        rows_tested=9000,
        failing_count=45,
        failing_share=0.005,
        allowed_share=0.001,
        is_blocking=False,
        message="45 of 9,000 tested rows break it",
        checked_at=RECORDED,
    )
    made.add(
        "kpi.fct_check_result",
        **check,
        rule="ERP-02",
        says="Quantities are positive",
        severity="blocking",
        outcome="passed",
        rows_in_table=9994,
        rows_tested=9994,
        failing_count=0,
        failing_share=0.0,
        allowed_share=0.0,
        is_blocking=False,
        checked_at=RECORDED,
    )
    for bucket, ours in (("2017-11", 100.0), ("2017-12", 200.0)):
        made.add(
            "kpi.fct_reconciliation",
            run_id="run-1",
            source="erp",
            table_name="order_line",
            level="total",
            bucket=f"month={bucket}",
            measure="sales",
            source_value=str(ours + (5.5 if bucket == "2017-12" else 0)),
            warehouse_value=str(ours),
            difference=-5.5 if bucket == "2017-12" else 0.0,
            outcome="failed" if bucket == "2017-12" else "passed",
            explanation="behind it: 1 changed" if bucket == "2017-12" else None,
        )


def _month_end(month: date) -> date:
    return date.fromordinal(date(month.year + month.month // 12, month.month % 12 + 1, 1).toordinal() - 1)
