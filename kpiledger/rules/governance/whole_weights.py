"""The weights of an agreement that binds sum to 1.

For example: The five targets of a sales team weigh 0.35, 0.25, 0.15, 0.15 and 0.10.

Why: Results feed ratings, pay and careers. Where weights do not make up a whole, a score of 1 cannot be reached, and
two holders with the same results are paid differently.

Remedy: Write weights that sum to 1. A target that only informs has none and may stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from kpiledger.rules.governance.held import HeldTarget
from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule


def _broken(looking: Looking) -> Iterator[Broken]:
    for held in looking.held:
        for name, group in groupby(held.targets, lambda one: one.agreement):
            targets = list(group)
            total = sum((one.target.weight or Decimal(0) for one in targets), Decimal(0))
            # More than 1 is an error of its own, KPI056.
            if total < 1 and _binds(looking, targets):
                latest = targets[0].latest
                message = f"the weights of `{name}` sum to {total:f}, expected 1"
                hint = "share 1 among the targets that count"
                yield Broken(name, latest.file, latest.path("agreement"), message, hint)


def _binds(looking: Looking, targets: list[HeldTarget]) -> bool:
    return not any(one.is_pilot for one in targets) and any(one.is_judged(looking.start) for one in targets)


RULE = Rule("KPI222", ("A22",), _broken)
