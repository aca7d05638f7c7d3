"""Two sets of rows held against each other: the same keys, and the same values but for rounding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hypothesis import HealthCheck, settings

from kpiledger.specs.kpi import Kpi
from tests.oracle.company import Figures, Key

Cell = tuple[date, str]
# Our figures have twelve places; MetricFlow divides doubles.
_NEAR = 1e-9

# The same examples in every run.
repeatable = settings(
    derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip


def cells(
    answers: Mapping[Key, Figures], kpi: Kpi, grain: str, slice_name: str, complete: bool = False
) -> dict[Cell, Any]:
    """The period values of a KPI, by first day and member; on request those of finished periods only."""
    return {
        (key.period_start, key.member): figures.value
        for key, figures in answers.items()
        if (key.kpi, key.grain, key.span, key.slice) == (kpi.kpi, grain, "period", slice_name)
        if figures.is_complete or not complete
    }


def assert_same(ours: Mapping[Any, Any], theirs: Mapping[Any, Any], told: str) -> None:
    """Fail with the keys that only one side has, or with the first value that differs."""
    missing = {key: theirs[key] for key in theirs.keys() - ours.keys()}
    extra = {key: ours[key] for key in ours.keys() - theirs.keys()}
    assert not missing, f"{told}\nwe have no row: {missing}"
    assert not extra, f"{told}\nonly we have: {extra}"
    for key, value in theirs.items():
        assert is_same(ours[key], value), f"{told}\n{key}: we say {ours[key]}, they say {value}"


def is_same(ours: Any, theirs: Any) -> bool:
    """Whether two values are equal but for rounding, null only where the other is."""
    if ours is None or theirs is None:
        return ours is None and theirs is None
    return abs(float(ours) - float(theirs)) <= _NEAR * max(1.0, abs(float(theirs)))
