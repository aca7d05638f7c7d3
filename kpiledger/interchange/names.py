"""The names that dbt needs beside ours: for parts of a KPI that are metrics of their own over there."""

from __future__ import annotations

import re

from kpiledger.interchange.layer import Unsaid
from kpiledger.project import Project
from kpiledger.specs.formula import Place, Simple
from kpiledger.specs.kpi import Kpi, KpiVersion

# dbt-semantic-interfaces: names of two characters at least, and none of its own words.
_NAME = re.compile(r"[a-z]((?!__)[a-z0-9_])*[a-z0-9]\Z")
_TAKEN = frozenset(
    "nanosecond microsecond millisecond second minute hour day week month quarter year metric_time "
    "mf_internal_uuid".split()
)


def check_name(name: str, kind: str) -> str:
    """The name, if dbt accepts it for a thing of a kind; Unsaid if not."""
    if name in _TAKEN:
        raise Unsaid(f"dbt keeps the name `{name}` for itself, and a {kind} has it")
    if not _NAME.match(name):
        raise Unsaid(f"dbt's names have two characters at least, and a {kind} is named `{name}`")
    return name


def metric_of_measure(project: Project, measure: str, version_of: dict[str, KpiVersion]) -> str:
    """The metric that gives a whole measure: of its name, unless a KPI has the name and says something else."""
    kpi = project.kpis.get(measure)
    if kpi is None or is_measure_itself(kpi, version_of[measure]):
        return measure
    return _free(project, f"{measure}_measure", f"the measure `{measure}`")


def is_measure_itself(kpi: Kpi, version: KpiVersion) -> bool:
    """Whether a KPI is the value of the measure of its name and nothing more."""
    formula = version.formula
    return isinstance(formula, Simple) and formula.measure == kpi.kpi and not formula.where and kpi.missing == "null"


def part_name(project: Project, kpi: Kpi, place: Place) -> str:
    """The name of a part of a KPI: shipped_within_promise_numerator."""
    ending = str(place[-1]) if place else "measure"
    return check_name(_free(project, f"{kpi.kpi}_{ending}", f"the part `{ending}` of it"), "part")


def _free(project: Project, name: str, wanted: str) -> str:
    if name in project.kpis or project.measure(name):
        raise Unsaid(f"dbt needs a metric `{name}` for {wanted}, and that name is taken")
    return name
