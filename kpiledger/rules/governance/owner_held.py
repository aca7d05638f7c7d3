"""The role that owns a KPI is held by somebody.

For example: `gross_margin` is owned by `finance_controller`, and `p_1003` holds that role.

Why: A number without an owner is nobody's: nobody is asked before it changes, and nobody mends it when it is wrong.

Remedy: Write the person who holds the role under `people:` in metrics/organisation.yml, or name another owner.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule


def _broken(looking: Looking) -> Iterator[Broken]:
    organisation = looking.project.organisation
    for kpi in looking.kpis:
        if kpi.owner in organisation.roles and not organisation.holding(kpi.owner, looking.day):
            message = f"nobody holds the role `{kpi.owner}`, which owns the KPI `{kpi.kpi}`"
            hint = "say under `people:` of organisation.yml who holds it, or name an owner that somebody is"
            yield Broken(kpi.kpi, kpi, ("owner",), message, hint)


RULE = Rule("KPI205", ("A5", "D2"), _broken)
