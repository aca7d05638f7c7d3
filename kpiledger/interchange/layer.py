"""A semantic layer as dbt understands one, before it is written in either of dbt's two forms of YAML.

A `Layer` has semantic models with entities, dimensions and measures, and metrics over them. A metric over one
measure is a `SimpleBody`; the other bodies name metrics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Meta = Mapping[str, Any]


class Unsaid(Exception):
    """What cannot be said exactly on the other side; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A key of a model: `primary`, or `foreign` to reach another model by."""

    name: str
    kind: str
    column: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A dimension: a column to group by; of time where it has a granularity."""

    name: str
    column: str
    granularity: str | None = None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A measure: `agg` of an SQL expression over the rows, by a time dimension of the model."""

    name: str
    agg: str
    expr: str
    time: str
    percentile: float | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class SemanticModel:
    """A dbt model with what metrics may say of it."""

    name: str
    model: str
    description: str
    entities: tuple[Entity, ...]
    dimensions: tuple[Axis, ...]
    measures: tuple[Aggregate, ...] = ()
    time: str | None = None
    primary_entity: str | None = None
    meta: Meta = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SimpleBody:
    """The value of a measure; `fill` stands where it has none."""

    measure: str
    fill: int | None = None


@dataclass(frozen=True, slots=True)
class RatioBody:
    """One metric divided by another."""

    numerator: str
    denominator: str


@dataclass(frozen=True, slots=True)
class InputMetric:
    """A metric under a name of its own within an expression, perhaps a length of time earlier."""

    metric: str
    alias: str
    offset: str | None = None


@dataclass(frozen=True, slots=True)
class DerivedBody:
    """An expression over metrics."""

    expr: str
    inputs: tuple[InputMetric, ...]


@dataclass(frozen=True, slots=True)
class CumulativeBody:
    """A measure over a window, or since the first day of a longer period; `metric` is the measure's own metric."""

    metric: str
    measure: str
    window: str | None
    to_date: str | None


@dataclass(frozen=True, slots=True)
class ConversionBody:
    """The share of base events that were converted; the metrics are the measures' own."""

    base: str
    base_measure: str
    converted: str
    converted_measure: str
    entity: str
    window: str


Body = SimpleBody | RatioBody | DerivedBody | CumulativeBody | ConversionBody


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric; `is_part` where it is no KPI but needed by one. `home` is the semantic model it is written beside."""

    name: str
    label: str
    description: str
    body: Body
    home: str
    is_part: bool = False
    meta: Meta = field(default_factory=dict)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The metrics that it needs."""
        match self.body:
            case RatioBody(numerator, denominator):
                return (numerator, denominator)
            case DerivedBody(_, inputs):
                return tuple(given.metric for given in inputs)
            case CumulativeBody(metric=metric):
                return (metric,)
            case ConversionBody(base=base, converted=converted):
                return (base, converted)
        return ()


@dataclass(frozen=True, slots=True)
class Layer:
    """Everything that dbt is told."""

    models: tuple[SemanticModel, ...]
    metrics: tuple[Metric, ...]
