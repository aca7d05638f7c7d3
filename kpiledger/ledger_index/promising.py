"""What does a recorded target promise, as named figures and as words?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from kpiledger.periods import COMMON, PeriodName

Figures = Mapping[str, str]
# What of the form of a target is told in its own way, before the rest of it.
_TOLD_FIRST = {"grain", "comparison", "value", "by_period"}
_NONE: Mapping[str, str] = {}


def figures_of(target: Mapping[str, Any], first: int, last: int) -> Figures:
    """A recorded target as named figures; of one by period, the periods that begin on a run of days (ordinals).

    All fiscal periods are named: the ledger does not say when they begin.
    """
    form = target["target"]
    figures: dict[str, str] = {"comparison": form["comparison"].replace("_", " ")}
    if (value := form.get("value")) is not None:
        figures[f"each {form['grain']}"] = value
    for period, value in sorted((form.get("by_period") or {}).items()):
        if _may_begin_in(period, first, last):
            figures[period] = value
    for name, value in form.items():
        if value is not None and name not in _TOLD_FIRST:
            _add(figures, name.replace("_", " "), value, first, last)
    amber, baseline = target.get("amber") or _NONE, target.get("baseline") or _NONE
    for name, value in (
        ("commit", target.get("commit")),
        ("amber share", amber.get("share_of_target")),
        ("amber", amber.get("absolute")),
        ("amber outside by", amber.get("outside_by")),
        ("stretch", target.get("stretch")),
        ("weight", target.get("weight")),
        ("influence", target.get("influence")),
        ("baseline", baseline.get("value")),
    ):
        if value is not None:
            figures[name] = value
    return figures


def _add(figures: dict[str, str], name: str, value: Any, first: int, last: int) -> None:
    """A form of target beside value and by period: each figure in it by its name."""
    if isinstance(value, Mapping):
        for key, item in sorted(value.items()):
            if item is not None and _may_begin_in(str(key), first, last):
                figures[f"{name} {key}"] = str(item)
    else:
        figures[name] = str(value)


@lru_cache(maxsize=100_000)
def _first_day(name: str) -> int | None:
    """The ordinal of a period's first day; None where only a fiscal calendar knows it, or it names no period."""
    try:
        return PeriodName.parse(name).in_days(COMMON).start.toordinal()
    except ValueError:
        return None


def _may_begin_in(name: str, first: int, last: int) -> bool:
    """Whether a period begins within a run of days, as far as one knows."""
    begins = _first_day(name)
    return begins is None or first <= begins <= last


def in_words(figures: Figures) -> str:
    """A promise for people: `at least each month 21000, amber share 0.95`."""
    told = ", ".join([f"{name} {value}" for name, value in figures.items() if name != "comparison"])
    return f"{figures['comparison']} {told}".rstrip()


@lru_cache(maxsize=100_000)
def day_of(text: str) -> int:
    """The ordinal of a day as the ledger writes it."""
    return date.fromisoformat(text).toordinal()
