"""Can the KPIs of a bicycle maker be said: all of them, without a finding?"""

from __future__ import annotations

from kpiledger.checking import check_folder
from tests.adventureworks.adventureworks import SPECS

# The KPIs that AdventureWorks was found to be computable for, by department.
ASKED = {
    "reseller_revenue", "quota_attainment", "people_at_quota", "reseller_gross_margin", "average_discount",
    "active_resellers", "new_resellers", "total_revenue_ytd", "total_revenue_12m", "repeat_customer_share",
    "stock_value", "out_of_stock_products", "supplier_rejection_rate", "cost_vs_budget", "call_abandonment",
    "issues_per_1000_calls", "headcount",
}  # fmt: skip


def test_every_kpi_that_was_asked_for_is_defined_without_a_finding() -> None:
    project, findings = check_folder(SPECS)
    assert findings == []
    assert project is not None
    assert project.kpis.keys() >= ASKED
