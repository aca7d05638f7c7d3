"""One formula as the body of a dbt metric, with the measures and hidden metrics that it needs beside it."""

from __future__ import annotations

from dataclasses import dataclass, field

from kpiledger.interchange.expressing import metric_expression, unused_inputs
from kpiledger.interchange.layer import (
    Aggregate,
    Body,
    ConversionBody,
    CumulativeBody,
    DerivedBody,
    Entity,
    InputMetric,
    Metric,
    RatioBody,
    SimpleBody,
    Unsaid,
)
from kpiledger.interchange.lengths import check_month_window, offset_text, window_text
from kpiledger.interchange.meta import part_meta, whole_meta
from kpiledger.interchange.names import check_name, metric_of_measure, part_name
from kpiledger.interchange.semantic_models import aggregate, check_measure, monthly
from kpiledger.project import Project
from kpiledger.specs.fact import Fact, Measure
from kpiledger.specs.formula import Conversion, Cumulative, Derived, Formula, Input, Place, Ratio
from kpiledger.specs.kpi import Kpi, KpiVersion
from kpiledger.vocabulary import Aggregation, Grain


@dataclass(slots=True)
class Parts:
    """What saying one KPI needs: measures by fact beside the facts' own, and hidden metrics."""

    project: Project
    kpi: Kpi
    versions: dict[str, KpiVersion]
    dialect: str
    measures: dict[str, dict[str, Aggregate]] = field(default_factory=dict)
    entities: dict[str, set[Entity]] = field(default_factory=dict)
    metrics: list[Metric] = field(default_factory=list)
    home: str = ""

    def measure(self, given: Input, place: Place, month: bool = False) -> str:
        """The dbt measure of an input: the fact's own, or one made for this place."""
        fact, measure = self._found(given)
        check_measure(given.measure, measure)
        if not given.where and not month:
            return given.measure
        name = part_name(self.project, self.kpi, place)
        made = aggregate(fact, given.measure, name, self.dialect, given.where)
        if month:
            made = Aggregate(name, made.agg, made.expr, monthly(fact, made.time), made.percentile)
        self.measures[fact.fact][name] = made
        return name

    def metric(self, given: Input, place: Place, month: bool = False) -> str:
        """The dbt metric that has an input's value."""
        fact, measure = self._found(given)
        own = self.measure(given, place, month)
        if own == given.measure:
            name = metric_of_measure(self.project, own, self.versions)
            meta, told = whole_meta(own), measure.description
            if name == own and own in self.project.kpis:
                return name
        else:
            name, meta, told = own, part_meta(self.kpi.kpi), ""
        self.metrics.append(Metric(name, name, told, SimpleBody(own), fact.fact, is_part=True, meta=meta))
        return name

    def entity(self, given: Input, entity: Entity) -> None:
        """Give the fact of an input an entity more, by which dbt finds the events of the other fact."""
        check_name(entity.name, "entity")
        taken = [fact for fact in self.project.facts.values() if entity.name in (*fact.dimensions, *fact.measures)]
        if taken:
            raise Unsaid(f"dbt needs an entity `{entity.name}`, and the fact {taken[0].fact} names something else so")
        self.entities.setdefault(self._found(given)[0].fact, set()).add(entity)

    def _found(self, given: Input) -> tuple[Fact, Measure]:
        found = self.project.measure(given.measure)
        if found is None:
            raise LookupError(f"no measure {given.measure}: the project was not checked")
        self.home = self.home or found[0].fact
        self.measures.setdefault(found[0].fact, {})
        return found


def body_of(parts: Parts, formula: Formula) -> Body:
    """The body of a formula; Unsaid where dbt would answer something else."""
    match formula:
        case Ratio():
            top = parts.metric(formula.numerator, ("numerator",))
            return RatioBody(top, parts.metric(formula.denominator, ("denominator",)))
        case Derived():
            return _derived(parts, formula)
        case Cumulative():
            return _cumulative(parts, formula)
        case Conversion():
            return _conversion(parts, formula)
    given = Input(measure=formula.measure, where=formula.where)
    return SimpleBody(parts.measure(given, ()), 0 if parts.kpi.missing == "zero" else None)


def _derived(parts: Parts, formula: Derived) -> DerivedBody:
    unused = unused_inputs(formula)
    if unused:
        raise Unsaid(f"its expression does not read `{unused[0]}`, and dbt would still count the rows of it")
    inputs = []
    for name, given in formula.inputs_by_name.items():
        offset = offset_text(given.offset, parts.kpi.grains) if given.offset else None
        if given.measure:
            metric = parts.metric(Input(measure=given.measure, where=given.where), ("inputs", name))
        else:
            metric = given.kpi or ""
        inputs.append(InputMetric(metric, name, offset))
    return DerivedBody(metric_expression(formula, parts.dialect), tuple(inputs))


def _cumulative(parts: Parts, formula: Cumulative) -> CumulativeBody:
    calendar = parts.project.calendar
    months = bool(formula.window and formula.window.months)
    if formula.window and months:
        check_month_window(formula.window, parts.kpi.grains)
    if formula.to_date in (Grain.QUARTER, Grain.YEAR) and calendar.is_fiscal:
        raise Unsaid(f"its {formula.to_date} to date is that of the fiscal year, and dbt's that of the calendar year")
    if formula.to_date not in (None, Grain.WEEK) and Grain.WEEK in parts.kpi.grains:
        raise Unsaid(
            f"its {formula.to_date} to date begins with a week where the grain is week, and dbt's with a first day"
        )
    if formula.to_date is Grain.WEEK and calendar.week_starts != "monday":
        raise Unsaid(f"its weeks begin on {calendar.week_starts}, and dbt's on monday")
    given = Input(measure=formula.measure, where=formula.where)
    metric = parts.metric(given, (), months)
    window = window_text(formula.window) if formula.window else None
    measure = parts.measure(given, (), months)
    return CumulativeBody(metric, measure, window, formula.to_date.value if formula.to_date else None)


def _conversion(parts: Parts, formula: Conversion) -> ConversionBody:
    """dbt counts a base event once for each event that it led to: ours where it can lead to one only."""
    project = parts.project
    for given in (formula.base, formula.converted):
        found = project.measure(given.measure)
        if found and (given.where or found[1].where or found[1].expr or found[1].agg is not Aggregation.COUNT):
            raise Unsaid(f"dbt looks for events among all rows of `{given.measure}`, and this counts some of them")
    converted = project.measure(formula.converted.measure)
    if converted and converted[0].key != (formula.entity,):
        raise Unsaid(
            f"dbt counts a base event once for each event it led to, and ours once: the same only where "
            f"`{formula.entity}` is the key of {converted[0].fact}"
        )
    if formula.window.months:
        raise Unsaid("dbt counts a window of months back from the converted event; write it in days or weeks")
    parts.entity(formula.base, Entity(formula.entity, "foreign", formula.entity))
    parts.entity(formula.converted, Entity(formula.entity, "unique", formula.entity))
    base, after = (parts.metric(given, ()) for given in (formula.base, formula.converted))
    return ConversionBody(
        base, formula.base.measure, after, formula.converted.measure, formula.entity, window_text(formula.window)
    )
