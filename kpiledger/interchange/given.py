"""What a KPI of ours says and a dbt metric does not: taken from the metric's meta, else from the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kpiledger.interchange.layer import Unsaid

# Key of a KPI file -> option of the command.
OPTIONS = {
    "owner": "--owner",
    "department": "--department",
    "chain_stage": "--stage",
    "timing": "--timing",
    "effect": "--effect",
    "aspect": "--aspect",
    "level": "--level",
    "direction": "--direction",
    "unit": "--unit",
    "currency": "--currency",
    "cadence": "--cadence",
}
_MAY_BE_MISSING = {"currency"}


@dataclass(frozen=True, slots=True)
class Given:
    """The options: values for the keys of KPIs, the source systems of facts, and where definitions begin."""

    values: Mapping[str, str]
    source: tuple[str, ...]
    language: str
    starts_on: date
    zone: str


def kpi_keys(given: Given, ours: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that a metric does not have itself; Unsaid lists all that nobody gave."""
    keys = {key: ours[key] if key in ours else given.values.get(key) for key in OPTIONS}
    missing = [key for key, value in keys.items() if value is None and key not in _MAY_BE_MISSING]
    if missing:
        named = ", ".join(f"{key} ({OPTIONS[key]})" for key in missing)
        raise Unsaid(f"dbt does not say {named}; give the options, or write them to config.meta.kpiledger")
    if keys["currency"] and keys["unit"] != "currency":
        del keys["currency"]
    more = {key: ours[key] for key in ("objective", "supports", "decimals", "slices", "counter_kpis") if key in ours}
    found = {key: value for key, value in keys.items() if value is not None}
    grains = ours.get("grains", [keys["cadence"]])
    return {**found, **more, "grains": grains, "spans": ours.get("spans", ["period"])}


def fact_source(given: Given, ours: Mapping[str, Any]) -> Any:
    """The source systems of a fact; Unsaid where nobody gave them."""
    source = ours.get("source", given.source)
    if not source:
        raise Unsaid("dbt does not say its source systems; give --source, or write config.meta.kpiledger.source")
    return source
