"""Which columns a fact's KPIs need, and by which route each is computed.

additive  sums, counts, extremes: aggregated once per day, then over any interval
rows      distinct counts, medians, percentiles: only right on the fact's own rows, per interval
latest    semi-additive: the last row of each key at or before the end of the interval

Names that we coin have a double underscore, which no name in a spec may have: they cannot meet a user's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kpiledger.expressions import columns_in, render
from kpiledger.project import Project
from kpiledger.specs.fact import Fact, Measure
from kpiledger.specs.formula import Input, Ratio
from kpiledger.specs.kpi import Kpi, KpiVersion
from kpiledger.vocabulary import Aggregation


class Route(StrEnum):
    """How a column is computed over an interval."""

    ADDITIVE = "additive"
    ROWS = "rows"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Column:
    """One aggregated column: its name, the aggregate over rows, and how parts of it are put together."""

    name: str
    route: Route
    sql: str
    merge: str
    time: str
    reads: tuple[str, ...]
    over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """A KPI version in terms of columns: numerator, denominator (none for a plain measure), and a caption."""

    kpi: Kpi
    version: KpiVersion
    fact: Fact
    numerator: Column
    denominator: Column | None
    caption: str

    @property
    def name(self) -> str:
        """The CTE that holds it: the KPI's own name, with the version from the second on."""
        return self.kpi.kpi if self.version.version == 1 else f"{self.kpi.kpi}__version_{self.version.version}"

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns it needs."""
        return (self.numerator,) if self.denominator is None else (self.numerator, self.denominator)


def values_of(project: Project) -> Mapping[str, tuple[Value, ...]]:
    """Every KPI version that each fact answers, by fact name; facts and KPIs in order of their names."""
    found: dict[str, list[Value]] = {}
    for _, kpi in sorted(project.kpis.items()):
        for version in kpi.versions:
            value = value_of(project, kpi, version)
            found.setdefault(value.fact.fact, []).append(value)
    return {fact: tuple(values) for fact, values in sorted(found.items())}


def value_of(project: Project, kpi: Kpi, version: KpiVersion) -> Value:
    """How one KPI version is computed."""
    formula = version.formula
    columns = {
        (place or ("measure",))[-1]: _columns(project, kpi, version, str((place or ("measure",))[-1]), given)
        for place, given in formula.inputs.items()
    }
    fact = _measure(project, next(iter(formula.inputs.values())))[0]
    if isinstance(formula, Ratio):
        (numerator, *_), (denominator, *_) = columns["numerator"], columns["denominator"]
        caption = f"{numerator.name} / {denominator.name}"
        return Value(kpi, version, fact, numerator, denominator, caption)
    numerator, *rest = columns["measure"]
    caption = f"{numerator.name} / {rest[0].name}" if rest else numerator.name
    return Value(kpi, version, fact, numerator, rest[0] if rest else None, caption)


def columns_of(values: Iterable[Value], route: Route) -> tuple[Column, ...]:
    """The columns of a route that some values need, each once, in order of their names."""
    unique = {column.name: column for value in values for column in value.columns if column.route is route}
    return tuple(unique[name] for name in sorted(unique))


def times_of(columns: Iterable[Column]) -> tuple[str, ...]:
    """The dates that some columns are counted by, in order."""
    return tuple(sorted({column.time for column in columns}))


def row_count_of(time: str, times: Sequence[str]) -> str:
    """The column that counts the rows of a date, where measures of a fact go by several dates."""
    return "row_count" if len(times) == 1 else f"row_count__{time}"


def slices_of(values: Iterable[Value]) -> tuple[str, ...]:
    """The dimensions that some values are sliced by, in order of their names."""
    return tuple(sorted({name for value in values for name in value.kpi.slices}))


def _measure(project: Project, given: Input) -> tuple[Fact, Measure]:
    found = project.measure(given.measure)
    if found is None:
        raise LookupError(f"no measure {given.measure}: the project was not checked")
    return found


def _columns(project: Project, kpi: Kpi, version: KpiVersion, role: str, given: Input) -> list[Column]:
    fact, measure = _measure(project, given)
    conditions = [render(text) for text in (measure.where, given.where) if text]
    condition = " and ".join(f"({text})" if len(conditions) > 1 else text for text in conditions)
    name = given.measure
    if given.where:
        suffix = "" if version.version == 1 else f"__version_{version.version}"
        name = f"{kpi.kpi}__{role}{suffix}"
    expression = render(measure.expr) if measure.expr else None
    texts = [text for text in (measure.expr, measure.where, given.where) if text]
    reads = tuple(dict.fromkeys(column for text in texts for column in columns_in(text)))
    return _aggregates(fact, measure, name, expression, condition, reads)


def _aggregates(
    fact: Fact, measure: Measure, name: str, expression: str | None, condition: str, reads: tuple[str, ...]
) -> list[Column]:
    time = measure.time or fact.time
    chosen = f"case when {condition} then {expression or 1} end" if condition else expression or "*"

    def column(sql: str, route: Route = Route.ADDITIVE, merge: str = "sum", suffix: str = "") -> Column:
        over = measure.over if route is Route.LATEST else ()
        return Column(name + suffix, route, sql, merge, time, reads, over)

    match measure.agg:
        case Aggregation.SUM | Aggregation.COUNT:
            return [column(f"{measure.agg}({chosen})")]
        case Aggregation.MIN | Aggregation.MAX:
            return [column(f"{measure.agg}({chosen})", merge=measure.agg.value)]
        case Aggregation.AVERAGE:
            return [column(f"sum({chosen})", suffix="__sum"), column(f"count({chosen})", suffix="__count")]
        case Aggregation.COUNT_DISTINCT:
            return [column(f"count(distinct {chosen})", Route.ROWS)]
        case Aggregation.MEDIAN:
            return [column(f"percentile_cont(0.5) within group (order by {chosen})", Route.ROWS)]
        case Aggregation.PERCENTILE:
            return [column(f"percentile_cont({measure.percentile}) within group (order by {chosen})", Route.ROWS)]
        case Aggregation.LAST:
            return [column(f"sum({chosen})", Route.LATEST)]
