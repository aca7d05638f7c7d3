"""A semantic layer in dbt's newer YAML: what a model's own entry says of its columns, and metrics beside them.

There is no measure in it: a metric of one measure says itself what it aggregates. A model has one entry, so that
two facts over one model cannot both be said; the metrics of a second one are left out.
"""

from __future__ import annotations

from kpiledger.interchange.layer import (
    Aggregate,
    Axis,
    ConversionBody,
    CumulativeBody,
    DerivedBody,
    Entity,
    Layer,
    Metric,
    RatioBody,
    SemanticModel,
    SimpleBody,
)
from kpiledger.interchange.legacy_yaml import Yaml, inputs_of, meta_config, without_nothing


def newer_files(layer: Layer) -> dict[str, Yaml]:
    """The content of each file by its name: one for each dbt model, and one for the time spine."""
    measures = {measure.name: (measure, model) for model in layer.models for measure in model.measures}
    files: dict[str, Yaml] = {"dim_day.yml": {"version": 2, "models": [_time_spine()]}}
    for model in layer.models:
        if f"{model.model}.yml" not in files:
            metrics = [_metric(metric, measures) for metric in layer.metrics if metric.home == model.name]
            files[f"{model.model}.yml"] = {"version": 2, "models": [_model(model, metrics)]}
    return files


def unsaid_in_newer(layer: Layer) -> dict[str, str]:
    """The metrics that the newer form leaves out, each with the model that has its entry already."""
    first = {model.model: model.name for model in reversed(layer.models)}
    home = {model.name: model.model for model in layer.models}
    return {one.name: home[one.home] for one in layer.metrics if first[home[one.home]] != one.home}


def _time_spine() -> Yaml:
    day = {"name": "day", "granularity": "day"}
    return {"name": "dim_day", "time_spine": {"standard_granularity_column": "day"}, "columns": [day]}


def _model(model: SemanticModel, metrics: list[Yaml]) -> Yaml:
    columns, derived = _columns(model)
    return without_nothing({
        "name": model.model,
        "description": model.description,
        "semantic_model": {"enabled": True, "name": model.name, **_config(model)},
        "agg_time_dimension": model.time,
        "primary_entity": model.primary_entity,
        "columns": columns,
        "derived_semantics": derived,
        "metrics": metrics,
    })  # fmt: skip


def _config(model: SemanticModel) -> Yaml:
    config = meta_config(model.meta)
    return {"config": config} if config else {}


def _columns(model: SemanticModel) -> tuple[list[Yaml], Yaml]:
    """What is said at columns, and what has to be derived: a second thing of a kind that a column is."""
    columns: dict[str, Yaml] = {}
    derived: dict[str, list[Yaml]] = {}
    for entity in model.entities:
        column = columns.setdefault(entity.column, {"name": entity.column})
        if "entity" in column:
            derived.setdefault("entities", []).append(_derived_entity(entity))
        else:
            column["entity"] = {"type": entity.kind, "name": entity.name}
    for axis in model.dimensions:
        column = columns.setdefault(axis.column, {"name": axis.column})
        if "dimension" in column:
            derived.setdefault("dimensions", []).append(_derived_dimension(axis))
            continue
        if axis.granularity:
            column["granularity"] = axis.granularity
        column["dimension"] = {"type": _kind(axis), **({"name": axis.name} if axis.name != axis.column else {})}
    return list(columns.values()), dict(derived)


def _derived_entity(entity: Entity) -> Yaml:
    return {"name": entity.name, "type": entity.kind, "expr": entity.column}


def _derived_dimension(axis: Axis) -> Yaml:
    said = {"name": axis.name, "type": _kind(axis), "expr": axis.column, "granularity": axis.granularity}
    return without_nothing(said)


def _kind(axis: Axis) -> str:
    return "time" if axis.granularity else "categorical"


def _metric(metric: Metric, measures: dict[str, tuple[Aggregate, SemanticModel]]) -> Yaml:
    return without_nothing({
        "name": metric.name,
        "label": metric.label,
        "description": metric.description,
        "hidden": metric.is_part or None,
        **_body(metric, measures),
        "config": meta_config(metric.meta),
    })  # fmt: skip


def _body(metric: Metric, measures: dict[str, tuple[Aggregate, SemanticModel]]) -> Yaml:
    match metric.body:
        case SimpleBody(name, fill):
            measure, model = measures[name]
            return {
                "type": "simple",
                "agg": measure.agg,
                "expr": measure.expr,
                "percentile": measure.percentile,
                "percentile_type": "continuous" if measure.percentile is not None else None,
                "agg_time_dimension": measure.time if measure.time != model.time else None,
                "fill_nulls_with": fill,
            }
        case RatioBody(numerator, denominator):
            return {"type": "ratio", "numerator": numerator, "denominator": denominator}
        case DerivedBody(expr, inputs):
            return {"type": "derived", "expr": expr, "input_metrics": list(inputs_of(inputs))}
        case CumulativeBody(given, _, window, to_date):
            terms = {"window": window, "grain_to_date": to_date, "period_agg": "last"}
            return {"type": "cumulative", "input_metric": given, **terms}
        case ConversionBody() as body:
            return {
                "type": "conversion",
                "base_metric": body.base,
                "conversion_metric": body.converted,
                "entity": body.entity,
                "calculation": "conversion_rate",
                "window": body.window,
            }
