"""What is ours and dbt has no key for: it goes to `config.meta.kpiledger`, and is read back from there."""

from __future__ import annotations

from typing import Any

from kpiledger.specs.fact import Fact
from kpiledger.specs.kpi import Kpi

KEY = "kpiledger"
_SAID_BY_DBT = {"kpi", "fact", "model", "description"}


def fact_meta(fact: Fact) -> dict[str, Any]:
    """A fact without what its semantic model says in dbt's own keys."""
    return _dumped(fact)


def kpi_meta(kpi: Kpi) -> dict[str, Any]:
    """A KPI, all its versions included, without what its metric says in dbt's own keys."""
    return _dumped(kpi)


def part_meta(kpi: str) -> dict[str, Any]:
    """The mark of a metric that is no KPI, but a part of one."""
    return {"part_of": kpi}


def whole_meta(measure: str) -> dict[str, Any]:
    """The mark of a metric that is no KPI, but a measure that KPIs are made of."""
    return {"measure": measure}


def _dumped(spec: Fact | Kpi) -> dict[str, Any]:
    return spec.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=_SAID_BY_DBT)
