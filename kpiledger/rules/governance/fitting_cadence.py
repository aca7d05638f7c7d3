"""A leading KPI is reviewed often, a lagging one only when a result is there.

For example: Visits that lead to an order are leading and looked at by week; the margin is lagging and looked at by
month.

Why: A leading KPI is there to be acted upon: seen once a quarter, it is a result that nobody can change any more. A
lagging KPI by day is mostly noise, and invites to explain what chance did.

Remedy: Write a shorter `cadence:` for a leading KPI and a longer one for a lagging KPI, or mend `timing:`. Where
there are too few cases in a week to tell anything, change the limit and say so.

Limit: leading_review_days, lagging_review_days
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule
from kpiledger.vocabulary import Grain

# The longest and the shortest that a period can be, in days.
_LONGEST = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 31, Grain.QUARTER: 92, Grain.YEAR: 366}
_SHORTEST = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 28, Grain.QUARTER: 90, Grain.YEAR: 365}


def _broken(looking: Looking) -> Iterator[Broken]:
    most, least = looking.limits.leading_review_days.value, looking.limits.lagging_review_days.value
    for kpi in looking.kpis:
        message = f"`{kpi.kpi}` is {kpi.timing} and reviewed every {kpi.cadence}"
        if kpi.timing == "leading" and _LONGEST[kpi.cadence] > most:
            told = f"{message}, expected within {most:f} days"
            hint = "review it sooner, while something can still be done; or it is `timing: lagging`"
            yield Broken(kpi.kpi, kpi, ("cadence",), told, hint)
        if kpi.timing == "lagging" and _SHORTEST[kpi.cadence] < least:
            told = f"{message}, expected after {least:f} days at the soonest"
            hint = "review it when a result is there: most of what a shorter time shows is chance"
            yield Broken(kpi.kpi, kpi, ("cadence",), told, hint)


RULE = Rule("KPI208", ("A6",), _broken)
