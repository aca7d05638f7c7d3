"""Which columns of scorecard and values are frozen, and which tables does a run lay of closed periods?"""

from __future__ import annotations

from kpiledger.warehouse import Table

_VALUE, _AMOUNT, _SHARE = "decimal(38,12)", "decimal(38,10)", "decimal(9,6)"

# The official columns of fct_scorecard, as models/scorecard/_scorecard.yml has them.
SCORECARD = {
    "holder": "varchar", "agreement": "varchar", "agreement_version": "integer", "kpi": "varchar",
    "kpi_version": "integer", "slice": "varchar", "member": "varchar", "grain": "varchar", "period_start": "date",
    "period_end": "date", "is_complete": "boolean", "actual": _VALUE, "target_value": _AMOUNT,
    "comparison": "varchar", "amber_value": _AMOUNT, "stretch_value": _AMOUNT, "weight": _SHARE, "variance": _VALUE,
    "attainment": _VALUE, "status": "varchar", "actual_year_to_date": _VALUE, "target_year_to_date": _AMOUNT,
    "same_period_last_year": _VALUE, "year_to_date_last_year": _VALUE, "rolling_mean": _VALUE,
    "baseline_value": _AMOUNT, "recorded_at": "timestamp", "upper_value": _AMOUNT, "within_value": _AMOUNT,
    "commit_value": _AMOUNT, "amber_outside_by": _AMOUNT, "score": _VALUE, "is_pilot": "boolean",
    "is_binding": "boolean", "approval_state": "varchar", "entry_seq": "integer", "entry_hash": "varchar",
    "reason_kind": "varchar", "signal": "varchar", "signal_effect": "varchar", "centre_value": _VALUE,
    "lower_limit": _VALUE, "upper_limit": _VALUE, "projection": _VALUE, "projection_low": _VALUE,
    "projection_high": _VALUE, "projection_state": "varchar", "target_full_year": _AMOUNT,
    "remaining_count": "integer", "pace_needed": _VALUE, "quarter_projection": _VALUE,
    "quarter_projection_low": _VALUE, "quarter_projection_high": _VALUE,
}  # fmt: skip
SCORECARD_KEY = ("holder", "kpi", "slice", "member", "grain", "period_start")
# What a holder was promised, as far as a status rests on it.
PROMISE = (
    "target_value", "comparison", "amber_value", "stretch_value", "weight", "upper_value", "within_value",
    "commit_value", "amber_outside_by", "is_pilot", "is_binding", "approval_state",
)  # fmt: skip

VALUES = {
    "kpi": "varchar", "version": "integer", "grain": "varchar", "span": "varchar", "period_start": "date",
    "period_end": "date", "slice": "varchar", "member": "varchar", "numerator": _VALUE, "denominator": _VALUE,
    "value": _VALUE, "row_count": "bigint", "is_complete": "boolean",
}  # fmt: skip
VALUES_KEY = ("kpi", "grain", "span", "period_start", "slice", "member")

_OF_CLOSE = {
    "close_period": "varchar", "close_ordinal": "integer", "close_state": "varchar", "closed_at": "timestamp",
    "restated_by_seq": "integer",
}  # fmt: skip
CLOSED_SCORECARD = {
    **SCORECARD, **_OF_CLOSE, "as_closed": _VALUE, "status_as_closed": "varchar", "target_as_closed": _AMOUNT,
    "promise_as_closed": "varchar", "agreement_as_closed": "varchar", "version_as_closed": "integer",
}  # fmt: skip
CLOSED_VALUE = {**VALUES, **_OF_CLOSE, "as_closed": _VALUE, "version_as_closed": "integer"}
# How each period that was ever closed stands now.
CLOSED_PERIOD = {
    "period": "varchar", "first_day": "date", "last_day": "date", "close_state": "varchar", "closed_at": "timestamp",
}  # fmt: skip
PERIOD_CLOSE = {
    "period": "varchar", "close_ordinal": "integer", "event": "varchar", "first_day": "date", "last_day": "date",
    "seq": "integer", "recorded_at": "timestamp", "entry_hash": "varchar", "done_by": "varchar",
    "approved_by": "varchar", "reason": "varchar", "until_on": "date", "figure_count": "integer",
    "is_signed": "boolean", "is_standing": "boolean", "close_state": "varchar", "is_counted": "boolean",
    "why_not": "varchar",
}  # fmt: skip

CLOSED_TABLES = {
    "closed_scorecard": CLOSED_SCORECARD,
    "closed_value": CLOSED_VALUE,
    "closed_period": CLOSED_PERIOD,
    "period_close": PERIOD_CLOSE,
}


def nothing_closed() -> list[Table]:
    """The tables of a project that has closed no period."""
    return [Table(name, columns, []) for name, columns in CLOSED_TABLES.items()]


def promise_text(table: str) -> str:
    """Everything that a status rests on beside the actual, as one text to compare, as SQL."""
    return "concat_ws('|', " + ", ".join(f"coalesce(cast({table}.{name} as varchar), '-')" for name in PROMISE) + ")"


def agreement_text(table: str) -> str:
    """The version of an agreement that promises a figure, as `sales_west_2017/2`; null without one, as SQL."""
    return f"{table}.agreement || '/' || {table}.agreement_version"


def frozen_keys(keys: tuple[str, ...], left: str, right: str) -> str:
    """That two rows have the same key, as SQL."""
    return " and ".join(f"{left}.{key} = {right}.{key}" for key in keys)
