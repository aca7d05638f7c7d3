"""Does a KPI of single people roll up to a KPI of a team?"""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown


def rolling_up_rules(project: Project) -> Iterable[Finding]:
    """Findings in the `rolls_up_to` of KPIs."""
    known = {*project.kpis, *project.unread.get("kpi", ())}
    for kpi in project.kpis.values():
        if kpi.rolls_up_to is None:
            continue
        path = ("rolls_up_to",)
        yield from unknown("KPI021", kpi, path, kpi.rolls_up_to, known, "KPI")
        if kpi.level != "individual":
            message = f"`{kpi.kpi}` is a team's KPI, and `{kpi.rolls_up_to}` is what it rolls up to"
            hint = "write `level: individual`, or delete `rolls_up_to`: a team's KPI is split by its own targets"
            yield error("KPI258", kpi, path, message, hint)
        above = project.kpis.get(kpi.rolls_up_to)
        if above is None:
            continue
        if above.level != "team":
            message = f"`{above.kpi}` is a KPI of single people too"
            yield error("KPI258", kpi, path, message, "name the KPI that the team moves together")
        elif above.unit is not kpi.unit or above.currency != kpi.currency:
            message = f"`{kpi.kpi}` is in {_counted(kpi.unit, kpi.currency)}, `{above.kpi}` in "
            message += _counted(above.unit, above.currency)
            yield error("KPI258", kpi, path, message, "name a KPI in the same unit: only those add up")


def _counted(unit: str, currency: str | None) -> str:
    return f"{unit} in {currency}" if currency else unit
