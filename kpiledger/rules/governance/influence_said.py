"""A target of a person or a team says how much of the result its holder controls.

For example: A team says `influence: 0.8` with its revenue: both sides see it as mostly in its hands.

Why: The question is worth more than the figure: it is asked before the target is agreed, and not when it was missed.

Remedy: Write `influence:` from 0 to 1 with the target.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.holders import HolderKind
from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule

_ASKED = (HolderKind.INDIVIDUAL, HolderKind.TEAM)


def _broken(looking: Looking) -> Iterator[Broken]:
    for one in looking.targets:
        holder = one.file.holder
        if one.target.influence is None and looking.kinds[holder] in _ASKED:
            message = f"nobody says how much of `{one.target.kpi}` is in the hands of `{holder}`"
            hint = "add `influence:`, from 0 to 1, as both sides see it"
            yield Broken(holder, one.file, (*one.path, "kpi"), message, hint)


RULE = Rule("KPI214", ("A9", "A10"), _broken)
