"""In which form is each fact computed, and why? What `kpi compile --explain` prints."""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.compiling.columns import Route
from kpiledger.compiling.dialects import Dialect
from kpiledger.compiling.fact_plan import FactPlan, fact_plans
from kpiledger.compiling.forms import bits_pay, form_of
from kpiledger.compiling.resolving import all_values
from kpiledger.project import Project


def explained(project: Project, dialect: Dialect = Dialect.DUCKDB) -> Iterator[str]:
    """A few lines a fact, for a person to read."""
    values = all_values(project, dialect)
    for fact, plan in fact_plans(project, values, dialect).items():
        versions = {value.name for value, _ in plan.used}
        kpis = f"{len(versions)} KPI version{'s' if len(versions) != 1 else ''}"
        yield f"{fact}: {kpis}, {len(plan.columns)} measures, kept by {_kept(plan)}"
        if plan.of_route(Route.ADDITIVE):
            yield f"  sums, counts, extremes: {form_of(plan).reason}"
        for group in plan.groups:
            names = ", ".join(column.name for column in plan.of_group(group))
            if group.route is Route.DISTINCT:
                form = "from rows of bits" if bits_pay(plan, group) else "anew for each stretch of days"
                yield f"  distinct counts of {group.counted} by {group.time}: {form} ({names})"
            elif group.route is Route.ROWS:
                yield f"  medians, percentiles by {group.time}: on the rows, for each stretch of days ({names})"
            elif group.route is Route.LATEST:
                yield f"  what stands by {group.time}: the last row of each {', '.join(group.over)} ({names})"


def _kept(plan: FactPlan) -> str:
    return "day, since days or weeks are asked for" if plan.by_day else "month, cut where a comparison ends"
