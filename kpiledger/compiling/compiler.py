"""All compiled files of a project, by their path in `models/kpis/`."""

from __future__ import annotations

from kpiledger.compiling.aggregate import aggregate_model
from kpiledger.compiling.calendar_models import as_of_model, period_model, span_model
from kpiledger.compiling.plan import values_of
from kpiledger.compiling.properties import properties_file
from kpiledger.compiling.published import value_table
from kpiledger.compiling.values import values_model
from kpiledger.project import Project


def compile_project(project: Project) -> dict[str, str]:
    """File name -> text; the project must have passed the rules without error."""
    values = values_of(project)
    spans = sorted({span for kpi in project.kpis.values() for span in kpi.spans})
    files = {
        "as_of.sql": as_of_model(project),
        "dim_period.sql": period_model(project.calendar),
        "dim_span.sql": span_model(project.calendar, spans),
        "fct_kpi_value.sql": value_table(values),
        "_kpis.yml": properties_file(project, values),
    }
    for name, answered in values.items():
        aggregate = aggregate_model(project.facts[name], answered)
        if aggregate is not None:
            files[f"agg_{name}.sql"] = aggregate
        files[f"kpi_{name}.sql"] = values_model(project.facts[name], answered)
    return dict(sorted(files.items()))
