"""A person or team controls most of what it is held to; what it does not, the unit above is held to.

For example: A team is held to its margin with an influence of 0.75. Prices of suppliers, on which it has an influence
of 0.3, are the department's.

Why: A target that others decide about teaches nothing but that effort does not pay. From about 70 percent on it is
worth trying.

Remedy: Agree on it with the team, or with the department, and give the holder the part that it controls.

Limit: least_influence
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.focus import enough_influence
from kpiledger.rules.governance.holders import HolderKind
from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule

_ABOVE = {HolderKind.INDIVIDUAL: "team", HolderKind.TEAM: "department"}


def _broken(looking: Looking) -> Iterator[Broken]:
    least = enough_influence(looking.project)
    for one in looking.targets:
        influence, holder = one.target.influence, one.file.holder
        above = _ABOVE.get(looking.kinds[holder])
        if above and influence is not None and influence < least:
            message = f"`{holder}` controls {influence:.0%} of `{one.target.kpi}`, expected {least:.0%} or more"
            hint = f"agree on it with the {above}, and on the part that is controlled with `{holder}`"
            yield Broken(holder, one.file, (*one.path, "influence"), message, hint)


RULE = Rule("KPI213", ("A9", "A10"), _broken)
