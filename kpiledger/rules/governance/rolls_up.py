"""A KPI of single people says which KPI of the team it rolls up to.

For example: `offers_followed_up` has `level: individual` and says `rolls_up_to: offers_won`.

Why: People should see how what they do becomes what the team reaches. Where nothing adds up, each may reach the own
target while the team misses its own.

Remedy: Write `rolls_up_to:` with the KPI of the team, or write `level: team`.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule


def _broken(looking: Looking) -> Iterator[Broken]:
    for kpi in looking.kpis:
        if kpi.level == "individual" and kpi.rolls_up_to is None:
            message = f"`{kpi.kpi}` speaks of single people and does not say which KPI of the team it rolls up to"
            yield Broken(kpi.kpi, kpi, ("level",), message, "add `rolls_up_to:`, or write `level: team`")


RULE = Rule("KPI212", ("A8",), _broken)
