"""The exported legacy YAML as MetricFlow's manifest, so that it can be asked for the numbers."""

from __future__ import annotations

import re
from typing import Any

from kpiledger.interchange.layer import Layer
from kpiledger.interchange.legacy_yaml import legacy_files

Spec = dict[str, Any]
_WINDOW = re.compile(r"([0-9]+) ([a-z]+?)s?\Z")


def manifest_of(layer: Layer) -> Spec:
    """The manifest of an exported layer, its models in the schema main."""
    files = legacy_files(layer).values()
    return {
        "semantic_models": [_semantic_model(one) for content in files for one in content["semantic_models"]],
        "metrics": [_metric(one) for content in files for one in content.get("metrics", ())],
        "project_configuration": {
            "time_spine_table_configurations": [],
            "time_spines": [
                {"node_relation": _relation("dim_day"), "primary_column": {"name": "day", "time_granularity": "day"}}
            ],
        },
        "saved_queries": [],
    }


def _semantic_model(said: Spec) -> Spec:
    model = re.sub(r"ref\('(\w+)'\)", r"\1", said["model"])
    kept = {key: said[key] for key in ("name", "defaults", "primary_entity") if key in said}
    parts = {key: said.get(key, []) for key in ("entities", "dimensions", "measures")}
    return {**kept, **parts, "node_relation": _relation(model)}


def _relation(name: str) -> Spec:
    return {"alias": name, "schema_name": "main", "relation_name": f"main.{name}"}


def _metric(said: Spec) -> Spec:
    params = {key: _parsed(key, value) for key, value in said["type_params"].items()}
    return {"name": said["name"], "description": "", "type": said["type"], "type_params": params}


def _parsed(key: str, value: Any) -> Any:
    """A value as dbt's parser hands it on: names as mappings, windows as a count and a unit."""
    if key in ("measure", "numerator", "denominator", "base_measure", "conversion_measure"):
        return {"name": value} if isinstance(value, str) else value
    if key in ("window", "offset_window"):
        count, unit = _WINDOW.match(value).groups()  # type: ignore[union-attr]
        return {"count": int(count), "granularity": unit}
    if key == "metrics":
        return [{name: _parsed(name, one) for name, one in given.items()} for given in value]
    if isinstance(value, dict):
        return {name: _parsed(name, one) for name, one in value.items()}
    return value
