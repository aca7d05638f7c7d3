"""What does a recorded target promise, as named figures and as words?"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from kpiledger.periods import COMMON, PeriodName

Figures = Mapping[str, str]
# What of the form of a target is told in its own way, before the rest of it.
_TOLD_FIRST = frozenset({"grain", "comparison", "value", "by_period"})
# What is told of the rest of a target, in this order; of a part of it, these figures by these names.
_BESIDE = ("commit", "amber", "stretch", "weight", "influence", "baseline")
_WITHIN = {
    "amber": (("share_of_target", "amber share"), ("absolute", "amber"), ("outside_by", "amber outside by")),
    "baseline": (("value", "baseline"),),
}


def figures_of(target: Mapping[str, Any], first: int, last: int) -> Figures:
    """A recorded target as named figures; of one by period, the periods that begin on a run of days (ordinals).

    The comparison comes first. All fiscal periods are named: the ledger does not say when they begin.
    """
    form = target["target"]
    figures: dict[str, str] = {"comparison": form["comparison"].replace("_", " ")}
    if (value := form.get("value")) is not None:
        figures[f"each {form['grain']}"] = value
    if by_period := form.get("by_period"):
        for period in _beginning(tuple(by_period), first, last):
            figures[period] = by_period[period]
    if not form.keys() <= _TOLD_FIRST:
        for name, value in form.items():
            if value is not None and name not in _TOLD_FIRST:
                _add(figures, name.replace("_", " "), value, first, last)
    for key in _BESIDE:
        if (value := target.get(key)) is None:
            continue
        if key not in _WITHIN:
            figures[key] = value
            continue
        for inner, name in _WITHIN[key]:
            if (item := value.get(inner)) is not None:
                figures[name] = item
    return figures


def _add(figures: dict[str, str], name: str, value: Any, first: int, last: int) -> None:
    """A form of target beside value and by period: each figure in it by its name."""
    if isinstance(value, Mapping):
        for key in _beginning(tuple(value), first, last):
            if (item := value[key]) is not None:
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


@lru_cache(maxsize=100_000)  # many targets are for the same periods
def _beginning(names: tuple[str, ...], first: int, last: int) -> tuple[str, ...]:
    """Those of some periods, sorted, that begin within a run of days, as far as one knows."""
    return tuple(name for name in sorted(names) if (begins := _first_day(name)) is None or first <= begins <= last)


def in_words(figures: Figures) -> str:
    """A promise for people: `at least each month 21000, amber share 0.95`."""
    return told_of(figures, figures)


def told_of(figures: Figures, names: Container[str]) -> str:
    """What a promise says of some figures; and how they are compared, in any case."""
    told = [f"{name} {value}" for name, value in figures.items() if name in names and name != "comparison"]
    return f"{figures['comparison']} {', '.join(told)}".rstrip()


@lru_cache(maxsize=100_000)
def day_of(text: str) -> int:
    """The ordinal of a day as the ledger writes it."""
    return date.fromisoformat(text).toordinal()
