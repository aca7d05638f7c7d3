"""A KPI of short periods is also computed over a rolling window or the year to date.

For example: `spans: [period, year_to_date, rolling_12]`. The same period last year is computed for every KPI.

Why: A month compared with the month before mostly shows the season, and two months that somebody chose show what was
to be shown. A rolling year holds every season once; a year to date is compared with the same days a year earlier.

Remedy: Add `rolling_12` or `year_to_date` to `spans:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule
from kpiledger.specs.formula import Cumulative
from kpiledger.vocabulary import Grain

_SHORT = (Grain.DAY, Grain.WEEK, Grain.MONTH)


def _broken(looking: Looking) -> Iterator[Broken]:
    for kpi in looking.kpis:
        is_cumulative = isinstance(kpi.versions[-1].formula, Cumulative)
        if any(grain in _SHORT for grain in kpi.grains) and set(kpi.spans) == {"period"} and not is_cumulative:
            message = f"`{kpi.kpi}` is computed for single periods only, as short as a {min(kpi.grains, key=_length)}"
            hint = "add `rolling_12` or `year_to_date` to `spans`: single months mostly show the season"
            yield Broken(kpi.kpi, kpi, ("spans",), message, hint)


def _length(grain: Grain) -> int:
    return list(Grain).index(grain)


RULE = Rule("KPI216", ("A14",), _broken)
