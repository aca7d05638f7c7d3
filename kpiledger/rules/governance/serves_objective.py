"""A KPI names the objective or the key result that it serves.

For example: `revenue` says `objective: profitable_growth`, and `mean_days_to_ship` says `supports: same_day_kept`.

Why: An activity is what you do, a goal is what you want, and a KPI is the number that best tells whether you get
there. A number that serves no goal may be interesting; nobody should be held to it.

Remedy: Write `objective:` or `supports:` with an id of metrics/objectives. Where none fits, ask whether the KPI is
needed, or whether an objective is missing. A figure that is only of interest belongs on a dashboard.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.focus import served_by
from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule


def _broken(looking: Looking) -> Iterator[Broken]:
    for kpi in looking.kpis:
        if served_by(kpi) is None:
            message = f"the KPI `{kpi.kpi}` names no objective and no key result"
            hint = "add `objective:` or `supports:`: what do we want, that this number tells whether we get there?"
            yield Broken(kpi.kpi, kpi, ("kpi",), message, hint)


RULE = Rule("KPI201", ("A1", "A10", "D1"), _broken)
