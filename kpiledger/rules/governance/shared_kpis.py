"""Every department and team is held to something that another department, or the company, is held to as well.

For example: Sales teams and the service desk are both held to `tickets_solved_first_time`, with a weight of their
own.

Why: Departments that each follow numbers of their own pull against each other, and everybody is right. A shared KPI,
with a stated weight beside the own ones, makes the other's trouble one's own.

Remedy: Agree on one KPI with the department that suffers or gains most from this one. `kpi conflicts` suggests which.

Limit: least_shared_kpis
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.holders import HolderKind
from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule


def _broken(looking: Looking) -> Iterator[Broken]:
    project, least = looking.project, int(looking.limits.least_shared_kpis.value)
    for held in looking.held:
        own = looking.departments[held.holder]
        if own is None or held.holder not in project.organisation.units:
            continue
        shared = [
            kpi
            for kpi in held.kpis
            if any(_is_elsewhere(looking, other, own) for other in looking.holders_of.get(kpi, ()))
        ]
        if len(shared) < least:
            message = (
                f"`{held.holder}` shares {_counted(len(shared))} with another department, expected {least} or more"
            )
            hint = "agree on one together with the department whose results this one moves"
            yield Broken(held.holder, held.file, ("holder",), message, hint)


def _is_elsewhere(looking: Looking, holder: str, own: str) -> bool:
    return looking.kinds[holder] is HolderKind.COMPANY or looking.departments[holder] not in (None, own)


def _counted(count: int) -> str:
    return {0: "no KPI", 1: "one KPI"}.get(count, f"{count} KPIs")


RULE = Rule("KPI223", ("B2",), _broken)
