"""Where success takes a joint effort, a team is held to the KPI before any single person is.

For example: `revenue` has `level: team` and is agreed with `sales_west`; a seller of the team may then have a part in
it.

Why: Whoever alone is held to what many bring about is judged by the others' work, and the others are judged by
nothing.

Remedy: Agree on the KPI with the team, or give the person a KPI with `level: individual` that rolls up to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.holders import HolderKind
from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule


def _broken(looking: Looking) -> Iterator[Broken]:
    kpis = looking.project.kpis
    lonely = {
        name
        for name, holders in looking.holders_of.items()
        if {looking.kinds[holder] for holder in holders} == {HolderKind.INDIVIDUAL}
        and name in kpis
        and kpis[name].level == "team"
    }
    for one in looking.targets:
        if one.target.kpi in lonely:
            holder = one.file.holder
            message = f"`{holder}` is held to `{one.target.kpi}`, which a team moves together, and no team is"
            hint = "agree on it with the team, or on a KPI of `level: individual` that rolls up to it"
            yield Broken(holder, one.file, (*one.path, "kpi"), message, hint)


RULE = Rule("KPI211", ("A8", "A21"), _broken)
