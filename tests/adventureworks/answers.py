"""Where each column of the expected answers stands among the values of KPIs.

The answers were computed from the source tables with queries of their own; nothing of ours made them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kpiledger.periods import Period
from kpiledger.vocabulary import Grain


@dataclass(frozen=True, slots=True)
class At:
    """A figure of a KPI: its value, or what is divided, over a span."""

    kpi: str
    part: str = "value"
    span: str = "period"


@dataclass(frozen=True, slots=True)
class Answer:
    """How an expected file is read: which column holds the period, which the member, and where the figures stand."""

    grain: Grain
    period: str
    columns: Mapping[str, tuple[At, ...]]
    slice: str = "all"
    member: str | None = None
    told_elsewhere: tuple[str, ...] = field(default=())

    def start(self, day: str) -> date:
        """The first day of the period that a day lies in."""
        return Period.holding(date.fromisoformat(day), self.grain).start


TOTAL_TO_DATE = (At("total_revenue", span="year_to_date"), At("total_revenue_ytd"))
LAST_YEAR = (At("total_revenue", span="year_to_date_last_year"), At("total_revenue_ytd", span="period_last_year"))
LAST_12_MONTHS = (At("total_revenue", span="rolling_12"), At("total_revenue_12m"))

ANSWERS = {
    "A01_quota_attainment": Answer(
        Grain.QUARTER, "quarter",
        {
            "quota": (At("quota_attainment", "denominator"), At("revenue_against_quota", "denominator")),
            "revenue": (At("quota_attainment", "numerator"), At("reseller_revenue")),
            "attainment": (At("quota_attainment"), At("revenue_against_quota")),
        },
        "person", "employee_key", told_elsewhere=("person",),
    ),
    "A02_team_attainment": Answer(
        Grain.QUARTER, "quarter",
        {
            "quota": (At("quota_attainment", "denominator"),),
            "revenue": (At("quota_attainment", "numerator"),),
            "attainment": (At("quota_attainment"),),
            "people_at_quota": (At("people_at_quota"), At("share_at_quota", "numerator")),
            "people": (At("share_at_quota", "denominator"),),
        },
    ),
    "A03_gross_margin": Answer(
        Grain.QUARTER, "quarter",
        {
            "revenue": (At("reseller_revenue"), At("reseller_gross_margin", "denominator")),
            "margin": (At("reseller_gross_margin"),),
        },
    ),
    "A04_active_resellers": Answer(
        Grain.QUARTER, "quarter", {"active": (At("active_resellers"),)}, "territory", "territory_group"
    ),
    "A05_new_resellers": Answer(Grain.QUARTER, "quarter", {"new_resellers": (At("new_resellers"),)}),
    "A06_ytd_vs_last_year": Answer(
        Grain.MONTH, "through_day", {"ytd": TOTAL_TO_DATE, "ytd_last_year": LAST_YEAR}
    ),
    "A07_rolling12": Answer(Grain.MONTH, "through_month", {"revenue_12m": LAST_12_MONTHS}),
    "A08_repeat_customers": Answer(
        Grain.MONTH, "month",
        {
            "customers": (At("repeat_customer_share", "denominator"),),
            "repeaters": (At("repeat_customer_share", "numerator"),),
            "repeat_share": (At("repeat_customer_share"),),
        },
    ),
    "A09_stock_value_end_of_month": Answer(
        Grain.MONTH, "as_of",
        {
            "products": (At("stocked_products"),),
            "units": (At("units_in_stock"),),
            "stock_value": (At("stock_value"),),
            "out_of_stock": (At("out_of_stock_products"),),
        },
    ),
    "A10_supplier_rejection": Answer(
        Grain.QUARTER, "quarter",
        {
            "received": (At("supplier_rejection_rate", "denominator"),),
            "rejected": (At("supplier_rejection_rate", "numerator"),),
            "rejection_rate": (At("supplier_rejection_rate"),),
        },
    ),
    "A11_budget_variance": Answer(
        Grain.DAY, "month",  # the column holds the day of the postings: some months have two
        {
            "actual": (At("actual_cost"),),
            "budget": (At("budgeted_cost"),),
            "variance": (At("cost_vs_budget"),),
        },
        "department_group", "department_group_name",
    ),
    "A12_abandonment": Answer(
        Grain.DAY, "call_date",
        {
            "calls_total": (At("call_abandonment", "denominator"),),
            "abandon_rate_weighted": (At("call_abandonment"),),
            "abandon_rate_simple": (At("mean_shift_abandonment"),),
            "issues_per_1000": (At("issues_per_1000_calls"),),
        },
    ),
    "A13_headcount": Answer(Grain.MONTH, "as_of", {"headcount": (At("headcount"),)}, "department", "department_name"),
}  # fmt: skip
