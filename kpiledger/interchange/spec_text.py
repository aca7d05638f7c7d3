"""A fact or a KPI as the text of its file, written as a person of the house would."""

from __future__ import annotations

from typing import Any

from kpiledger.interchange.yaml_text import yaml_text
from kpiledger.specs.fact import Fact
from kpiledger.specs.kpi import Kpi

_INPUTS = ("numerator", "denominator", "base", "converted")


def spec_text(spec: Fact | Kpi) -> str:
    """The YAML of a spec, without the keys that are left at their default."""
    content = spec.model_dump(mode="python", by_alias=True, exclude_defaults=True)
    if isinstance(spec, Fact):
        content["dimensions"] = {name: _dimension(one) for name, one in content.get("dimensions", {}).items()}
        if not content["dimensions"]:
            del content["dimensions"]
    else:
        for version in content["versions"]:
            version["formula"] = _formula(version["formula"])
    return yaml_text(content)


def spec_path(spec: Fact | Kpi) -> str:
    """Where its file lies, from the project's root."""
    if isinstance(spec, Fact):
        return f"metrics/facts/{spec.fact}.yml"
    return f"metrics/kpis/{spec.chain_stage}/{spec.kpi}.yml"


def _dimension(given: dict[str, Any]) -> Any:
    """A dimension; a column of the fact itself is written as its name alone."""
    ordered = {key: given[key] for key in ("through", "on", "column", "members") if key in given}
    return ordered["column"] if list(ordered) == ["column"] else ordered


def _formula(formula: dict[str, Any]) -> dict[str, Any]:
    """A formula; a whole measure is written as its name alone."""
    return {
        key: value["measure"] if key in _INPUTS and list(value) == ["measure"] else value
        for key, value in formula.items()
    }
