"""A conflict between KPIs: which two, why that is thought, who is held to them, and what both sides share or could."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Basis(StrEnum):
    """Why two KPIs are thought to work against each other."""

    DECLARED = "declared"
    """Somebody who knows wrote it into the KPI's file."""
    STRUCTURE = "structure"
    """One does well by more of a measure, the other by less of it."""
    TARGETS = "targets"
    """Two holders are promised different figures for the same number."""
    WEIGHTS = "weights"
    """One holder is paid for the one and not for the other, and another holder the other way round."""
    FIGURES = "figures"
    """Their favourable movements went against each other over time. That is no cause."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two KPIs (or two holders of one) that work against each other, and why that is thought."""

    kpi: str
    other_kpi: str
    basis: Basis
    says: str
    department: str | None
    other_department: str | None
    chain_stage: str
    other_chain_stage: str
    measure: str | None = None
    holders: tuple[str, ...] = ()
    other_holders: tuple[str, ...] = ()
    held_together_by: tuple[str, ...] = ()
    shared_kpis: tuple[str, ...] = ()
    suggested_kpi: str | None = None
    suggestion: str | None = None
    correlation: float | None = None
    lag_months: int | None = None
    month_count: int | None = None
    p_value: float | None = None
    q_value: float | None = None

    @property
    def pair(self) -> tuple[str, str]:
        """The two KPIs, in the order of their names."""
        return min(self.kpi, self.other_kpi), max(self.kpi, self.other_kpi)

    @property
    def is_between_departments(self) -> bool:
        """Whether it lies between two departments, so that neither solves it alone."""
        return self.department != self.other_department


@dataclass(frozen=True, slots=True)
class Conflicts:
    """What was found, and what the figures could say at all."""

    found: tuple[Conflict, ...]
    pairs_tested: int = 0
    too_short: tuple[str, ...] = ()

    def only(self, kpi: str | None, department: str | None) -> Conflicts:
        """Those that concern a KPI, a department, or both."""
        return replace(
            self,
            found=tuple(
                one
                for one in self.found
                if (kpi is None or kpi in one.pair)
                and (department is None or department in (one.department, one.other_department))
            ),
        )
