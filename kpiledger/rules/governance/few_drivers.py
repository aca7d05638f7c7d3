"""A single person is held to one or two leading KPIs, and not to more.

For example: A seller is held to meetings held and to offers followed up; the revenue is the team's.

Why: Leading KPIs of a person are the drivers that this person controls. One or two of them can be worked on every
week; more of them are a list of tasks.

Remedy: Keep the one or two that the person moves alone, and agree on the others with the team.

Limit: most_drivers
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.holders import HolderKind
from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule


def _broken(looking: Looking) -> Iterator[Broken]:
    kpis, most = looking.project.kpis, int(looking.limits.most_drivers.value)
    for held in looking.held:
        leading = [name for name in held.kpis if name in kpis and kpis[name].timing == "leading"]
        if len(leading) > most and looking.kinds[held.holder] is HolderKind.INDIVIDUAL:
            message = f"`{held.holder}` is held to {len(leading)} leading KPIs, expected at most {most}"
            hint = f"keep the one or two that one person controls of {', '.join(leading)}"
            yield Broken(held.holder, held.file, ("holder",), message, hint)


RULE = Rule("KPI210", ("A8",), _broken)
