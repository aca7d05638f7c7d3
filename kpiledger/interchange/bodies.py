"""One formula as the body of a dbt metric, with the measures and hidden metrics that it needs beside it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

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
from kpiledger.interchange.lengths import offset_text, rolling_text, shortest, window_text
from kpiledger.interchange.meta import part_meta, whole_meta
from kpiledger.interchange.names import check_name, metric_of_measure, part_name
from kpiledger.interchange.semantic_models import aggregate, check_measure, coarse_time
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

    def measure(self, given: Input, place: Place, grain: Grain = Grain.DAY) -> str:
        """The dbt measure of an input: the fact's own, or one made for this place, by periods of a grain."""
        fact, measure = self._found(given)
        check_measure(given.measure, measure)
        if not given.where and grain is Grain.DAY:
            return given.measure
        name = part_name(self.project, self.kpi, place)
        made = aggregate(fact, given.measure, name, self.dialect, given.where)
        if grain is not Grain.DAY:
            made = replace(made, time=coarse_time(fact, made.time, grain))
        self.measures[fact.fact][name] = made
        return name

    def metric(self, given: Input, place: Place, grain: Grain = Grain.DAY) -> str:
        """The dbt metric that has an input's value."""
        fact, measure = self._found(given)
        own = self.measure(given, place, grain)
        if own == given.measure:
            name = metric_of_measure(self.project, own, self.versions)
            meta, told = whole_meta(own), measure.description
            if name == own and own in self.project.kpis:
                return name
        else:
            name, meta, told = own, part_meta(self.kpi.kpi), ""
        self.metrics.append(Metric(name, name, told, SimpleBody(own), fact.fact, is_part=True, meta=meta))
        return name

    def filled(self, given: Input, place: Place) -> str:
        """The dbt metric of a whole measure that is zero where it has no rows."""
        fact, measure = self._found(given)
        check_measure(given.measure, measure)
        name, meta = part_name(self.project, self.kpi, place), part_meta(self.kpi.kpi)
        body = SimpleBody(given.measure, 0)
        self.metrics.append(Metric(name, name, "", body, fact.fact, is_part=True, meta=meta))
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
    given, grain = Input(measure=formula.measure, where=formula.where), Grain.DAY
    window = to_date = None
    if formula.window:
        grain = shortest(parts.kpi.grains)
        _check_calendar(parts, grain)
        window = rolling_text(formula.window, grain)
    elif formula.to_date:
        to_date = formula.to_date
        _check_calendar(parts, to_date)
        _check_within(parts, to_date)
    return CumulativeBody(parts.metric(given, (), grain), parts.measure(given, (), grain), window, to_date)


def _check_calendar(parts: Parts, grain: Grain) -> None:
    calendar = parts.project.calendar
    if grain in (Grain.QUARTER, Grain.YEAR) and calendar.is_fiscal:
        raise Unsaid(f"its {grain} is that of the fiscal year, and dbt's that of the calendar year")
    if grain is Grain.WEEK and calendar.week_starts != "monday":
        raise Unsaid(f"its weeks begin on {calendar.week_starts}, and dbt's on monday")


def _check_within(parts: Parts, to_date: Grain) -> None:
    grains = parts.kpi.grains
    if Grain.WEEK in grains and to_date is not Grain.WEEK:
        raise Unsaid(f"a week has its whole {to_date} to date with us, and with dbt that of its last day")
    if list(Grain).index(shortest(grains)) > list(Grain).index(to_date):
        raise Unsaid(f"by {shortest(grains)} dbt's {to_date} to date is that of the last day with rows")


def _conversion(parts: Parts, formula: Conversion) -> ConversionBody:
    """dbt counts a base event once for each event that it led to: ours where it can lead to one only.

    Where nothing was converted dbt has no number, unless the converted events are filled with zero.
    """
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
    base, after = parts.metric(formula.base, ()), parts.filled(formula.converted, ("converted",))
    return ConversionBody(
        base, formula.base.measure, after, formula.converted.measure, formula.entity, window_text(formula.window)
    )
