"""All compiled files of a project, by their path in `models/kpis/`."""

from __future__ import annotations

from kpiledger.collector import uncollected
from kpiledger.compiling.aggregate import aggregate_model
from kpiledger.compiling.calendar_models import as_of_model, day_model, period_model, span_model
from kpiledger.compiling.dialects import Dialect
from kpiledger.compiling.exposed import exposed_models
from kpiledger.compiling.fact_plan import fact_plans
from kpiledger.compiling.incremental import is_incremental, seen_model_name
from kpiledger.compiling.measured import measured_model
from kpiledger.compiling.plan import by_home
from kpiledger.compiling.properties import properties_file
from kpiledger.compiling.published import value_table
from kpiledger.compiling.resolving import all_values
from kpiledger.compiling.seen import seen_model
from kpiledger.compiling.values import values_model
from kpiledger.project import Project
from kpiledger.stretches import ONE_YEAR, PERIOD, YEAR_TO_DATE, Stretch
from kpiledger.vocabulary import Grain

# Scorecards read these of every period, whatever a KPI asks for.
_ALWAYS = tuple(one for span in (PERIOD, YEAR_TO_DATE) for one in (Stretch(span), Stretch(span).before(ONE_YEAR)))
_GRAINS = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)


@uncollected()
def compile_project(project: Project, dialect: Dialect = Dialect.DUCKDB) -> dict[str, str]:
    """File name -> text; the project must have passed the rules without error."""
    values = all_values(project, dialect)
    plans = fact_plans(project, values, dialect)
    homes = by_home(values)
    asked = {grain for kpi in project.kpis.values() for grain in kpi.grains}
    grains = tuple(grain for grain in Grain if grain in _GRAINS or grain in asked)
    stretches = sorted({*_ALWAYS, *(one for plan in plans.values() for one in plan.need.stretches)})
    files = {
        "as_of.sql": as_of_model(project, dialect),
        "dim_day.sql": day_model(project.calendar, stretches, dialect),
        "dim_period.sql": period_model(project.calendar, grains, dialect),
        "dim_span.sql": span_model(project.calendar, grains, stretches, dialect),
        "fct_kpi_value.sql": value_table(homes),
        "_kpis.yml": properties_file(project, homes, plans, dialect),
    }
    for fact, plan in plans.items():
        if is_incremental(plan):
            files[f"{seen_model_name(plan)}.sql"] = seen_model(plan)
        aggregate = aggregate_model(plan)
        if aggregate is not None:
            files[f"agg_{fact}.sql"] = aggregate
        files[f"measured_{fact}.sql"] = measured_model(plan)
    for home, answered in homes.items():
        files[f"kpi_{home}.sql"] = values_model(home, answered, plans)
    return dict(sorted({**files, **exposed_models(project, dialect)}.items()))
