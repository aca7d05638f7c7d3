"""Who answers for the compiled models: groups of dbt, what each model says of its KPIs, and who reads the end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kpiledger.compiling.described import plain
from kpiledger.compiling.wording import formula_text
from kpiledger.project import Project
from kpiledger.specs.kpi import Kpi, KpiVersion

# A project of dbt may have a group `finance` of its own.
_PREFIX = "kpi_"
_READ_BY_PAGES = (
    "fct_scorecard",
    "fct_agreement_score",
    "fct_kpi_target",
    "fct_objective",
    "fct_roll_up",
    "dim_agreement_version",
)


def groups(project: Project) -> list[dict[str, Any]]:
    """A group of dbt for each department that has a KPI."""
    named = sorted({kpi.department for kpi in project.kpis.values()})
    return [
        {"name": f"{_PREFIX}{name}", "owner": {"name": plain(_label(project, name))}}
        for name in named
        if name in project.organisation.departments
    ]


def group_of(project: Project, kpis: Iterable[Kpi]) -> dict[str, str]:
    """The setting `group` of a model whose KPIs belong to one department; none where several share it."""
    departments = {kpi.department for kpi in kpis}
    if len(departments) != 1 or not departments <= set(project.organisation.departments):
        return {}
    return {"group": f"{_PREFIX}{departments.pop()}"}


def meta(kpis: Iterable[Kpi], language: str) -> dict[str, Any]:
    """The setting `meta` of a model: each KPI in it with its label, owner, and definition by version."""
    return {"kpiledger": {"kpis": [_meta_of(kpi, language) for kpi in kpis]}}


def exposures(project: Project) -> list[dict[str, Any]]:
    """The scorecard pages, so that dbt knows what a change of a table reaches; none without a company to own them.

    One for all holders: the pages of a holder are cut from the same tables.
    """
    company = next((unit for unit in project.organisation.units.values() if unit.kind == "company"), None)
    if company is None:
        return []
    lead = company.led_on(None)
    role = project.organisation.roles.get(lead.role) if lead else None
    return [
        {
            "name": f"{_PREFIX}scorecards",
            "label": "Scorecards",
            "type": "dashboard",
            "maturity": "high",
            "description": "The pages of the company and of each holder: actual, target and status by KPI.",
            "depends_on": [f"ref('{name}')" for name in _READ_BY_PAGES],
            "owner": {"name": plain(_in_language(project, (role or company).label))},
        }
    ]


def _meta_of(kpi: Kpi, language: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "kpi": kpi.kpi,
        "label": plain(kpi.label_in(language)),
        "owner": kpi.owner,
        "department": kpi.department,
        "unit": kpi.currency or kpi.unit.value,
        "versions": [_version(version) for version in kpi.versions],
    }
    if kpi.deprecated:
        said["deprecated"] = {"on": kpi.deprecated.on.isoformat(), "reason": plain(kpi.deprecated.reason)}
        if kpi.deprecated.replaced_by:
            said["deprecated"]["replaced_by"] = kpi.deprecated.replaced_by
    return said


def _version(version: KpiVersion) -> dict[str, Any]:
    """A version of the definition; a key that has nothing to say is left out."""
    days = {"valid_from": version.valid_from, "valid_to": version.valid_to}
    told = {name: day.isoformat() for name, day in days.items() if day}
    return {"version": version.version, **told, "definition": plain(formula_text(version.formula))}


def _label(project: Project, department: str) -> str:
    return _in_language(project, project.organisation.departments[department].label)


def _in_language(project: Project, label: dict[str, str]) -> str:
    return label.get(project.calendar.language) or label.get("en") or next(iter(label.values()))
