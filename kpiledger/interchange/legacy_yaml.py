"""A semantic layer as dbt 1.11 parses it: semantic models with their measures, and metrics over the measures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kpiledger.interchange.layer import (
    Aggregate,
    Axis,
    ConversionBody,
    CumulativeBody,
    DerivedBody,
    InputMetric,
    Layer,
    Meta,
    Metric,
    RatioBody,
    SemanticModel,
    SimpleBody,
)
from kpiledger.interchange.meta import KEY

Yaml = dict[str, Any]


def legacy_files(layer: Layer) -> dict[str, Yaml]:
    """The content of each file by its name: one for each semantic model, with the metrics over it."""
    files = {}
    for model in layer.models:
        metrics = [legacy_metric(metric) for metric in layer.metrics if metric.home == model.name]
        content: Yaml = {"semantic_models": [legacy_model(model)]}
        files[f"{model.name}.yml"] = {**content, "metrics": metrics} if metrics else content
    return files


def legacy_model(model: SemanticModel) -> Yaml:
    """A semantic model."""
    return without_nothing({
        "name": model.name,
        "description": model.description,
        "model": f"ref('{model.model}')",
        "defaults": {"agg_time_dimension": model.time} if model.time else None,
        "config": meta_config(model.meta),
        "primary_entity": model.primary_entity,
        "entities": [without_nothing({"name": e.name, "type": e.kind, "expr": e.column}) for e in model.entities],
        "dimensions": [_dimension(axis) for axis in model.dimensions],
        "measures": [_measure(model, measure) for measure in model.measures],
    })  # fmt: skip


def legacy_metric(metric: Metric) -> Yaml:
    """A metric."""
    kind, params = _params(metric)
    return without_nothing({
        "name": metric.name,
        "label": metric.label,
        "description": metric.description,
        "type": kind,
        "type_params": params,
        "config": meta_config(metric.meta),
    })  # fmt: skip


def without_nothing(content: Yaml) -> Yaml:
    """A mapping without the keys that say nothing."""
    return {key: value for key, value in content.items() if value not in (None, "", [], {})}


def meta_config(meta: Meta) -> Yaml:
    """The `config` with what is ours."""
    return {"meta": {KEY: dict(meta)}} if meta else {}


def _dimension(axis: Axis) -> Yaml:
    named = {"name": axis.name, "type": "time" if axis.granularity else "categorical"}
    more: Yaml = {"expr": axis.column} if axis.column != axis.name else {}
    return {**named, **more, **({"type_params": {"time_granularity": axis.granularity}} if axis.granularity else {})}


def _measure(model: SemanticModel, measure: Aggregate) -> Yaml:
    exact = {"percentile": measure.percentile, "use_discrete_percentile": False, "use_approximate_percentile": False}
    return without_nothing({
        "name": measure.name,
        "description": measure.description,
        "agg": measure.agg,
        "expr": measure.expr,
        "agg_params": exact if measure.percentile is not None else None,
        "agg_time_dimension": measure.time if measure.time != model.time else None,
    })  # fmt: skip


def _params(metric: Metric) -> tuple[str, Yaml]:
    match metric.body:
        case SimpleBody(measure, fill):
            given = measure if fill is None else {"name": measure, "fill_nulls_with": fill}
            return "simple", {"measure": given}
        case RatioBody(numerator, denominator):
            return "ratio", {"numerator": numerator, "denominator": denominator}
        case DerivedBody(expr, inputs):
            return "derived", {"expr": expr, "metrics": list(inputs_of(inputs))}
        case CumulativeBody(_, measure, window, to_date):
            terms = without_nothing({"window": window, "grain_to_date": to_date, "period_agg": "last"})
            return "cumulative", {"measure": measure, "cumulative_type_params": terms}
        case ConversionBody() as body:
            terms = {
                "base_measure": body.base_measure,
                "conversion_measure": {"name": body.converted_measure, "fill_nulls_with": 0},
                "entity": body.entity,
                "calculation": "conversion_rate",
                "window": body.window,
            }
            return "conversion", {"conversion_type_params": terms}


def inputs_of(inputs: Iterable[InputMetric]) -> Iterable[Yaml]:
    """The inputs of a derived metric."""
    for given in inputs:
        yield without_nothing({"name": given.metric, "alias": given.alias, "offset_window": given.offset})
