"""What a holder is held to is outcomes first, and never outputs alone.

For example: A warehouse is held to the share shipped in time (an outcome) with half of its weight, and to open orders
(an output) with less.

Why: Output is the work that was done, an outcome is the effect that was wanted. Whoever is held to outputs alone
produces them, whether or not anybody is helped.

Remedy: Add a KPI with `effect: outcome`, or give those that are there more weight. Where a KPI counts what customers
notice, its `effect` may be said wrong.

Limit: least_outcomes
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule


def _broken(looking: Looking) -> Iterator[Broken]:
    least = looking.limits.least_outcomes.value
    kpis = looking.project.kpis
    for held in looking.held:
        known = [one for one in held.targets if one.target.kpi in kpis]
        outcomes = [one for one in known if kpis[one.target.kpi].effect == "outcome"]
        weight = sum((one.target.weight or Decimal(0) for one in known), Decimal(0))
        share = sum((one.target.weight or Decimal(0) for one in outcomes), Decimal(0)) / weight if weight else None
        hint = "add a KPI that measures the effect, and not the work that was done for it"
        if known and not outcomes:
            message = f"`{held.holder}` is held to outputs alone: {', '.join(held.kpis)}"
            yield Broken(held.holder, held.file, ("holder",), message, hint)
        elif share is not None and share < least:
            message = f"outcomes are {share:.0%} of what `{held.holder}` is held to by weight, expected {least:.0%}"
            yield Broken(held.holder, held.file, ("holder",), message, "give outcomes more weight, or " + hint)


RULE = Rule("KPI202", ("A2",), _broken)
