"""Facts and the dimension models they reach, as semantic models of dbt."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kpiledger.interchange.expressing import measure_expression
from kpiledger.interchange.layer import Aggregate, Axis, Entity, SemanticModel, Unsaid
from kpiledger.interchange.meta import fact_meta
from kpiledger.interchange.names import check_name
from kpiledger.project import Project
from kpiledger.specs.fact import Fact, Measure
from kpiledger.vocabulary import Aggregation, Grain

_MOMENT = re.compile(r"timestamp|datetime", re.IGNORECASE)
_ZONED = re.compile(r"timestamp ?tz|with time zone", re.IGNORECASE)


def semantic_model(fact: Fact, more: Iterable[Aggregate], asked: Iterable[Entity], dialect: str) -> SemanticModel:
    """A fact with its own measures and some more, and with the entities asked for beside those it has."""
    more = list(more)
    sayable = [name for name, one in fact.measures.items() if one.agg is not Aggregation.LAST]
    own = [aggregate(fact, name, name, dialect) for name in sayable]
    keys = {one.through: one.on or "" for one in fact.dimensions.values() if one.through}
    single = len(fact.key) == 1
    entities = [Entity(fact.model, "primary", fact.key[0])] if single else []
    entities += [Entity(model, "foreign", keys[model]) for model in sorted(keys)]
    unique = {one.name: one for one in sorted(asked, key=lambda one: one.kind)}  # unique is said after foreign
    entities += [unique[name] for name in sorted(unique)]
    coarse = sorted({one.time for one in more} - {fact.time, *fact.times})
    return SemanticModel(
        name=fact.fact,
        model=fact.model,
        description=fact.description,
        entities=tuple(entities),
        dimensions=(
            *(Axis(time, time, "day") for time in (fact.time, *fact.times)),
            *(Axis(name, *name.rsplit("_", 1)) for name in coarse),
            *(Axis(name, one.column) for name, one in fact.dimensions.items() if not one.through),
        ),
        measures=(*own, *more),
        time=fact.time,
        primary_entity=None if single else fact.model,
        meta=fact_meta(fact),
    )


def coarse_time(fact: Fact, time: str, grain: Grain) -> str:
    """The time dimension of a fact that holds the period of a date: ordered_on_month."""
    name = f"{time}_{grain}"
    if name in fact.dimensions or name in fact.measures or name in fact.times:
        raise Unsaid(f"dbt needs a time dimension `{name}`, and the fact {fact.fact} has that name already")
    return name


def aggregate(fact: Fact, measure_name: str, name: str, dialect: str, where: str | None = None) -> Aggregate:
    """A measure of a fact, or under another name the part of it where a condition holds."""
    measure = fact.measures[measure_name]
    conditions = [text for text in (measure.where, where) if text]
    return Aggregate(
        name=name,
        agg=measure.agg.value,
        expr=measure_expression(measure.agg, measure.expr, conditions, dialect),
        time=measure.time or fact.time,
        percentile=measure.percentile,
        description=measure.description if name == measure_name else "",
    )


def check_fact(project: Project, fact: Fact) -> None:
    """Raise Unsaid where nothing on a fact can be said."""
    for time in (fact.time, *fact.times):
        _check_time(project, fact, time)
    kinds = _kinds(project)
    for name in (fact.fact, *_named(fact)):
        check_name(name, "fact, model, date, dimension or measure")
        if len(kinds.get(name, ())) > 1:
            message = f"`{name}` is {' and '.join(sorted(kinds[name]))}; to dbt a name means one kind of thing"
            raise Unsaid(message)
    for model in sorted({one.through for one in fact.dimensions.values() if one.through}):
        ways = {one.on for other in project.facts.values() for one in other.dimensions.values() if one.through == model}
        if len(ways) > 1:
            raise Unsaid(f"{model} is reached by {' and '.join(sorted(map(str, ways)))}; dbt knows one way")


def check_measure(name: str, measure: Measure) -> None:
    """Raise Unsaid where a measure cannot be said."""
    check_name(name, "measure")
    if measure.agg is Aggregation.LAST:
        raise Unsaid(
            f"`{name}` takes the last row at or before the end of a period; dbt's non-additive dimension takes the "
            "last one within it, so that what did not change in the period is missing"
        )


def dimension_models(facts: Iterable[Fact]) -> tuple[SemanticModel, ...]:
    """The dimension models that facts reach, each with its key and the columns they slice by."""
    reached = [one for fact in facts for one in fact.dimensions.values() if one.through]
    models = []
    for model in sorted({one.through for one in reached if one.through}):
        keys = sorted({one.on for one in reached if one.through == model and one.on})
        columns = sorted({one.column for one in reached if one.through == model})
        models.append(
            SemanticModel(
                name=model,
                model=model,
                description="",
                entities=(Entity(model, "primary", keys[0]),),
                dimensions=tuple(Axis(column, column) for column in columns),
            )
        )
    return tuple(models)


def _check_time(project: Project, fact: Fact, time: str) -> None:
    kind = project.columns.get(fact.model, {}).get(time, "")
    if _MOMENT.search(kind) and (_ZONED.search(kind) or fact.zone != project.calendar.zone):
        raise Unsaid(
            f"{fact.model}.{time} is a moment whose day is that of {project.calendar.zone}, and dbt knows no zones; "
            "a date column in the mart can be said"
        )


def _named(fact: Fact) -> dict[str, str]:
    """The names that dbt knows the parts of a fact by, with what each is."""
    through = [one for one in fact.dimensions.values() if one.through]
    return {
        fact.model: "a model",
        **{str(one.through): "a model" for one in through},
        **{name: "a measure" for name, one in fact.measures.items() if one.agg is not Aggregation.LAST},
        **{one.column: "a dimension" for one in through},
        **{name: "a dimension" for name, one in fact.dimensions.items() if not one.through},
    }


def _kinds(project: Project) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = {}
    for fact in project.facts.values():
        times = [(time, "a date") for time in (fact.time, *fact.times)]
        for name, kind in (*_named(fact).items(), *times):
            kinds.setdefault(name, set()).add(kind)
    return kinds
