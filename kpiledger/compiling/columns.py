"""Which columns a fact's KPIs need, and by which route each is computed.

additive  sums, counts, extremes: aggregated once per tile of days, then over any interval
distinct  distinct counts: on what occurs in each tile of days, per interval
rows      medians, percentiles: only right on the fact's own rows, per interval
latest    semi-additive: the last row of each key at or before the end of the interval

Names that we coin have a double underscore, which no name in a spec may have: they cannot meet a user's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from hashlib import sha256

from kpiledger.expressions import canonical
from kpiledger.project import Project
from kpiledger.specs.fact import Fact, Measure
from kpiledger.specs.formula import Conversion, Input
from kpiledger.stretches import Length
from kpiledger.vocabulary import NAME_MAX, Aggregation


class Route(StrEnum):
    """How a column is computed over an interval."""

    ADDITIVE = "additive"
    DISTINCT = "distinct"
    ROWS = "rows"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Converted:
    """The events that turn base events of a fact into converted ones, and how near they must follow."""

    name: str
    fact: Fact = field(compare=False)
    time: str
    where: tuple[str, ...]
    entity: str
    window: Length
    base_time: str
    base_where: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Columns of a fact that are computed together: they share the route, the date they go by, and what they are about.

    That is the keys whose last row counts, or the expression whose values are counted.
    """

    route: Route
    time: str
    over: tuple[str, ...] = ()
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One aggregated column of a fact: aggregate `agg` of `expr` over the rows where every condition holds.

    `expr` and `where` are expressions as the user wrote them; None counts rows.
    """

    name: str
    fact: Fact = field(compare=False)
    group: Group
    agg: Aggregation
    expr: str | None
    where: tuple[str, ...]
    fraction: float | None = None
    converted: Converted | None = None

    @property
    def merge(self) -> str:
        """The aggregate that puts parts of it together; sum, but for extremes."""
        return self.agg.value if self.agg in (Aggregation.MIN, Aggregation.MAX) else "sum"

    @property
    def meaning(self) -> tuple[object, ...]:
        """What it computes: columns of the same meaning are one. Differently written, they stay two."""
        if not self.where and self.converted is None:
            return self.fact.fact, self.name
        converted = self.converted and self.converted.name
        return self.fact.fact, self.group, self.agg, self.expr, frozenset(self.where), self.fraction, converted

    @property
    def is_count(self) -> bool:
        """Whether it is 0, and not missing, where rows exist and none of them is chosen."""
        return self.agg is Aggregation.COUNT


_ROUTES = {
    Aggregation.COUNT_DISTINCT: Route.DISTINCT,
    Aggregation.MEDIAN: Route.ROWS,
    Aggregation.PERCENTILE: Route.ROWS,
    Aggregation.LAST: Route.LATEST,
}
_MIDDLE = 0.5


def columns_for(project: Project, given: Input, name: str) -> tuple[Column, ...]:
    """The columns of one input: one, or for an average the sum and the count. `name` is for a chosen part of it."""
    fact, measure = measured(project, given)
    where = tuple(text for text in (measure.where, given.where) if text)
    named = name if given.where else given.measure
    route = _ROUTES.get(measure.agg, Route.ADDITIVE)
    counted = _form(measure.expr or "") if route is Route.DISTINCT else ""
    group = Group(route, measure.time or fact.time, measure.over, counted)
    if measure.agg is Aggregation.AVERAGE:
        both = (("sum", Aggregation.SUM), ("count", Aggregation.COUNT))
        return tuple(Column(coined(named, ending), fact, group, agg, measure.expr, where) for ending, agg in both)
    agg, fraction = measure.agg, measure.percentile
    if agg is Aggregation.MEDIAN:
        agg, fraction = Aggregation.PERCENTILE, _MIDDLE
    return (Column(named, fact, group, agg, measure.expr, where, fraction),)


def conversion_columns(project: Project, formula: Conversion, name: str) -> tuple[Column, Column]:
    """The converted base events and all base events of a conversion, both counted at the base event's day."""
    (base,) = columns_for(project, formula.base, coined(name, "base"))
    (converted,) = columns_for(project, formula.converted, coined(name, "events"))
    asked = Converted(
        name=coined(name, "converted"),
        fact=converted.fact,
        time=converted.group.time,
        where=_counted(converted),
        entity=formula.entity,
        window=formula.window,
        base_time=base.group.time,
        base_where=_counted(base),
    )
    both = Column(coined(name, "conversions"), base.fact, base.group, Aggregation.COUNT, None, (), converted=asked)
    return both, base


@cache
def _form(text: str) -> str:
    """The form that expressions of one meaning share."""
    return canonical(text)


def coined(*parts: str) -> str:
    """A name of ours from names of users; where it is longer than a warehouse keeps, cut, with a digest of it."""
    name = "__".join(parts)
    if len(name) <= NAME_MAX:
        return name
    digest = sha256(name.encode()).hexdigest()[:8]
    return f"{name[: NAME_MAX - 10]}__{digest}"


def measured(project: Project, given: Input) -> tuple[Fact, Measure]:
    """The fact and measure of an input of a project that passed the rules."""
    found = project.measure(given.measure)
    if found is None:
        raise LookupError(f"no measure {given.measure}: the project was not checked")
    return found


def in_route(columns: Iterable[Column], route: Route) -> tuple[Column, ...]:
    """The columns of a route, each once, in order of their names."""
    unique = {column.name: column for column in columns if column.group.route is route}
    return tuple(unique[name] for name in sorted(unique))


def groups_of(columns: Iterable[Column]) -> tuple[Group, ...]:
    """The groups of some columns, additive ones first, in order of their dates."""
    order = list(Route)
    groups = {column.group for column in columns}
    return tuple(sorted(groups, key=lambda one: (order.index(one.route), one.time, one.over, one.counted)))


def _counted(column: Column) -> tuple[str, ...]:
    """The conditions under which a row counts as an event: a count of an expression leaves out its nulls."""
    return (*column.where, *([f"({column.expr}) is not null"] if column.expr else []))
