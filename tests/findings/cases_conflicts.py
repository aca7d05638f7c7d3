"""Conflicts between KPIs that are declared wrongly: KPI270, and those of other codes."""

from __future__ import annotations

from finding_case import Case, Swap, case

REVENUE = "metrics/kpis/order/revenue.yml"
MARGIN = "metrics/kpis/order/gross_margin.yml"


def against(path: str, counter: str, *names: str) -> Swap:
    """A KPI file that also says which KPIs it works against."""
    said = "".join(f"  - {{kpi: {name}, reason: one is bought with the other}}\n" for name in names)
    line = f"counter_kpis: [{counter}]\n"
    return Swap(path, line, f"{line}conflicts_with:\n{said}")


CASES: tuple[Case, ...] = (
    case("conflict_with_an_unknown_kpi", "KPI021", against(REVENUE, "gross_margin", "gross_margn")),
    case("conflict_with_itself", "KPI013", against(REVENUE, "gross_margin", "revenue")),
    case("conflict_declared_twice", "KPI270", against(REVENUE, "gross_margin", "gross_margin", "gross_margin")),
    case(
        "conflict_declared_on_both_sides",
        "KPI270",
        against(REVENUE, "gross_margin", "gross_margin"),
        against(MARGIN, "revenue", "revenue"),
    ),
)
