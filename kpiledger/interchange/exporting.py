"""A project as a semantic layer of dbt: every KPI that can be said exactly, and the reason for every other one.

A metric has one formula for all time: it says the version in force on the as-of date, else the latest; the older
ones stay in its meta and are told as a remark. An input of a KPI becomes a metric of its own, hidden, of the
measure's name where the whole measure is taken, else of the KPI's name and the place in its formula.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kpiledger.expressions import DEFAULT_DIALECT
from kpiledger.interchange.bodies import Parts, body_of
from kpiledger.interchange.layer import Aggregate, Entity, Layer, Metric, Unsaid
from kpiledger.interchange.lengths import shortest
from kpiledger.interchange.meta import kpi_meta
from kpiledger.interchange.names import check_name
from kpiledger.interchange.newer_yaml import unsaid_in_newer
from kpiledger.interchange.semantic_models import check_fact, dimension_models, semantic_model
from kpiledger.interchange.told import Told
from kpiledger.project import Project
from kpiledger.specs.fact import Fact
from kpiledger.specs.formula import Cumulative, Simple, kpis_in
from kpiledger.specs.kpi import Kpi, KpiVersion
from kpiledger.vocabulary import Grain


@dataclass(frozen=True, slots=True)
class Exported:
    """What dbt is told, what it is not told, and what was left out."""

    layer: Layer
    left_out: tuple[Told, ...]
    remarks: tuple[Told, ...]


@dataclass(slots=True)
class _Made:
    """What the KPIs came to so far: metrics and their measures, by name."""

    dialect: str
    metrics: dict[str, Metric] = field(default_factory=dict)
    measures: dict[str, dict[str, Aggregate]] = field(default_factory=dict)  # by fact
    entities: dict[str, set[Entity]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def export_layer(project: Project, dialect: str = DEFAULT_DIALECT) -> Exported:
    """The semantic layer of a checked project, its SQL in the dialect of its warehouse."""
    versions = {name: version_said(project, kpi) for name, kpi in project.kpis.items()}
    made = _Made(dialect)
    for name in sorted(project.kpis):
        _say(project, versions, made, name)
    facts = [fact for name, fact in sorted(project.facts.items()) if name in made.measures]
    models = tuple(
        semantic_model(fact, made.measures[fact.fact].values(), made.entities.get(fact.fact, ()), dialect)
        for fact in facts
    )
    layer = Layer((*models, *dimension_models(facts)), _labelled(made.metrics))
    second = [
        Told(name, f"the newer YAML leaves it out: {model} has one entry there, and another fact has taken it")
        for name, model in unsaid_in_newer(layer).items()
        if name in project.kpis
    ]
    return Exported(
        layer,
        tuple(Told(kpi, reason) for kpi, reason in sorted(made.refused.items())),
        tuple(sorted([*second, *_all_remarks(project, versions, made)])),
    )


def version_said(project: Project, kpi: Kpi) -> KpiVersion:
    """The version in force on the as-of date of the calendar; the latest where there is none."""
    day = project.calendar.as_of
    held = [one for one in kpi.versions if day and one.valid_from <= day and (not one.valid_to or day <= one.valid_to)]
    return held[0] if held else kpi.versions[-1]


def _say(project: Project, versions: dict[str, KpiVersion], made: _Made, name: str) -> None:
    """Say a KPI, and the KPIs it is derived from first; or remember why it cannot be said."""
    if name in made.metrics or name in made.refused:
        return
    kpi, version = project.kpis[name], versions[name]
    made.refused[name] = "it is derived from itself"  # until it is said
    try:
        check_name(name, "KPI")
        for other in kpis_in(version.formula).values():
            _say(project, versions, made, other)
            if other in made.refused:
                raise Unsaid(f"its input {other} is left out: {made.refused[other]}")
        for given in version.formula.inputs.values():
            found = project.measure(given.measure)
            if found:
                check_fact(project, found[0])
        parts = Parts(project, kpi, versions, made.dialect)
        body = body_of(parts, version.formula)
    except Unsaid as problem:
        made.refused[name] = str(problem)
        return
    del made.refused[name]
    home = parts.home or made.metrics[next(iter(kpis_in(version.formula).values()))].home
    for behind, _ in project.measured_by(kpi):  # those of older versions too, which its meta speaks of
        if behind.fact not in made.measures and _is_sayable(project, behind):
            made.measures[behind.fact] = {}
    for fact, measures in parts.measures.items():
        made.measures.setdefault(fact, {}).update(measures)
    for fact, entities in parts.entities.items():
        made.entities.setdefault(fact, set()).update(entities)
    for metric in parts.metrics:
        made.metrics.setdefault(metric.name, metric)
    label = kpi.label_in(project.calendar.language)
    made.metrics[name] = Metric(name, label, kpi.description, body, home, meta=kpi_meta(kpi))


def _coarse_grains(project: Project, kpi: Kpi, version: KpiVersion) -> list[Grain]:
    """The grains by which a metric of dbt may be stale: longer than what a cumulative one in it is computed by."""
    order, exact = list(Grain), len(Grain)
    waiting = [(kpi, version)]
    while waiting:
        one, held = waiting.pop()
        waiting += [
            (project.kpis[name], version_said(project, project.kpis[name])) for name in kpis_in(held.formula).values()
        ]
        if isinstance(held.formula, Cumulative):
            exact = min(exact, order.index(held.formula.to_date or shortest(one.grains)))
    return [grain for grain in kpi.grains if order.index(grain) > exact]


def _is_sayable(project: Project, fact: Fact) -> bool:
    try:
        check_fact(project, fact)
    except Unsaid:
        return False
    return True


def _labelled(metrics: dict[str, Metric]) -> tuple[Metric, ...]:
    """The metrics by name, with labels that differ, as dbt demands: a label that is taken names the metric too."""
    taken: set[str] = set()
    found = {}
    for name in sorted(metrics, key=lambda name: (metrics[name].is_part, name)):
        metric = metrics[name]
        label = metric.label if metric.label not in taken else f"{metric.label} ({name})"
        taken.add(label)
        found[name] = Metric(name, label, metric.description, metric.body, metric.home, metric.is_part, metric.meta)
    return tuple(found[name] for name in sorted(found))


def _all_remarks(project: Project, versions: dict[str, KpiVersion], made: _Made) -> list[Told]:
    return [
        Told(name, remark)
        for name in sorted(project.kpis)
        if name in made.metrics
        for remark in _remarks(project, project.kpis[name], versions[name])
    ]


def _remarks(project: Project, kpi: Kpi, version: KpiVersion) -> list[str]:
    calendar = project.calendar
    remarks = [
        f"its input {name} has versions, and a metric has one formula for all time"
        for name in dict.fromkeys(kpis_in(version.formula).values())
        if len(project.kpis[name].versions) > 1
    ]
    remarks += [
        f"version {one.version} (from {one.valid_from}) is not said: a metric has one formula for all time, "
        f"and it is that of version {version.version}"
        for one in kpi.versions
        if one is not version
    ]
    coarse = _coarse_grains(project, kpi, version)
    if coarse:
        remarks.append(f"by {', '.join(coarse)} dbt answers for the last day or period within it that has rows")
    if kpi.missing == "zero" and not isinstance(version.formula, Simple):
        remarks.append("`missing: zero` is not said: dbt fills the measures of simple metrics only")
    facts = {fact.fact: fact for fact, _ in project.measured_by(kpi)}
    reached = {name for fact in facts.values() for name, one in fact.dimensions.items() if one.through}
    own = [name for name in kpi.slices if name not in reached]
    if len(facts) > 1 and own:
        remarks.append(f"it cannot be cut by {', '.join(own)}: dbt takes them for other dimensions in each fact")
    if Grain.WEEK in kpi.grains and calendar.week_starts != "monday":
        remarks.append(f"its weeks begin on {calendar.week_starts}; dbt's begin on monday")
    if calendar.is_fiscal and {Grain.QUARTER, Grain.YEAR} & set(kpi.grains):
        remarks.append("its quarters and years are fiscal; dbt's are those of the calendar")
    return remarks
