"""A KPI that somebody is held to is computed by month or more often.

For example: `loss_line_share` says `grains: [month, quarter, year]`.

Why: Before a KPI is locked it is asked whether it can be measured monthly or more often. What shows itself once a
year is known when nothing can be done any more, and a year has only one of it to learn from.

Remedy: Add `month` to `grains:`. Where the data come once a quarter, look for a number that moves earlier and hold
people to that.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.focus import is_measured_often
from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule


def _broken(looking: Looking) -> Iterator[Broken]:
    promised = {one.target.kpi for one in looking.targets}
    for kpi in looking.kpis:
        if kpi.kpi in promised and not is_measured_often(kpi):
            message = f"`{kpi.kpi}` is promised and computed by {' and '.join(kpi.grains)} only"
            hint = "add `month` to `grains`, or hold people to a number that shows itself earlier"
            yield Broken(kpi.kpi, kpi, ("grains",), message, hint)


RULE = Rule("KPI215", ("A10",), _broken)
