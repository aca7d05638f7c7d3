"""Does dbt's YAML still say what its meta says? What differs was changed on dbt's side after the export."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kpiledger.interchange.foreign import Entry, Foreign
from kpiledger.interchange.layer import Layer
from kpiledger.interchange.legacy_yaml import legacy_metric, legacy_model

# Words for readers, and settings that change no number.
_NO_MATTER = frozenset({"label", "description", "config", "meta", "tags", "time_granularity"})
_NOTHING = object()


def edits(layer: Layer, foreign: Foreign) -> dict[str, str]:
    """For each metric and semantic model of ours that was changed, or leans on a changed one, what it was."""
    models = {model.name: legacy_model(model) for model in layer.models}
    metrics = {metric.name: legacy_metric(metric) for metric in layer.metrics}
    found = _changed(models, foreign.semantic_models, may_have_more=True)
    found |= _changed(metrics, foreign.metrics, may_have_more=False)
    for metric in layer.metrics:
        if metric.home in found:
            found.setdefault(metric.name, f"{metric.home} was left out: {found[metric.home]}")
    waiting = True
    while waiting:
        leaning = {
            metric.name: f"{name} was left out: {found[name]}"
            for metric in layer.metrics
            for name in metric.inputs
            if name in found and metric.name not in found
        }
        found |= leaning
        waiting = bool(leaning)
    return found


def _changed(said: Mapping[str, Any], entries: tuple[Entry, ...], may_have_more: bool) -> dict[str, str]:
    """`may_have_more` where an entry may hold things that nothing of ours uses."""
    found = {}
    for entry in entries:
        if entry.name in said and (entry.is_whole or entry.is_part):
            difference = _difference(_plain(said[entry.name]), _plain(entry.value), "", may_have_more)
            if difference:
                hint = "change the file in metrics/ and export again, or delete config.meta.kpiledger to import dbt's"
                found[entry.name] = f"it was changed after the export: {difference}; {hint}"
    return found


def _difference(wanted: Any, found: Any, path: str, may_have_more: bool) -> str:
    if not isinstance(wanted, dict) or not isinstance(found, dict):
        return "" if wanted == found else f"`{path}` is {_shown(found)}, and its meta says {_shown(wanted)}"
    for key in (*wanted, *(() if may_have_more else found)):
        inner = f"{path}.{key}" if path else key
        difference = _difference(wanted.get(key, _NOTHING), found.get(key, _NOTHING), inner, may_have_more)
        if difference:
            return difference
    return ""


def _shown(value: Any) -> str:
    return "missing" if value is _NOTHING else repr(value)


def _plain(value: Any) -> Any:
    """A value as it compares: texts only, lists of named things by their names, nothing that changes no number."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items() if key not in _NO_MATTER}
    if isinstance(value, (list, tuple)):
        if all(isinstance(part, Mapping) and "name" in part for part in value):
            return {str(part.get("alias", part["name"])): _plain(part) for part in value}
        return [_plain(part) for part in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{Decimal(str(value)):f}" if isinstance(value, (int, float)) else value
