"""To how many KPIs may a holder be held at once, and how much of a result must one control?

The rules, the quick check before a close and audit question 9 ask here, so that they say the same.
"""

from __future__ import annotations

from decimal import Decimal

from kpiledger.project import Project
from kpiledger.rules.governance.holders import HolderKind, kind_of_holder
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Grain

# Monthly or more often: less often than that, a year is over before anything is learned.
_OFTEN = (Grain.DAY, Grain.WEEK, Grain.MONTH)


def most_kpis(project: Project, holder: str) -> int:
    """The KPIs that a holder is held to at once, at most."""
    limits = project.organisation.thresholds
    is_company = kind_of_holder(project, holder) is HolderKind.COMPANY
    return int((limits.most_kpis_of_company if is_company else limits.most_kpis).value)


def enough_influence(project: Project) -> Decimal:
    """The share of a result that whoever is held to it controls, at least."""
    return project.organisation.thresholds.least_influence.value


def is_measured_often(kpi: Kpi) -> bool:
    """Whether a KPI is computed monthly or more often."""
    return any(grain in _OFTEN for grain in kpi.grains)


def served_by(kpi: Kpi) -> str | None:
    """The objective or key result that a KPI serves."""
    return kpi.objective or kpi.supports
