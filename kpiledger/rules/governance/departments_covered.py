"""Each department has a KPI at a stage of the customer chain.

For example: Finance has the margin at the stage `fulfil`, where the customer asks whether we can supply what we sold.

Why: The chain is the first axis, and departments hang under it. A department without a KPI there is told neither what
it gives to the customer nor what it could steer by.

Remedy: Ask at which stage the customer would miss the department, and write the KPI that shows it; or take the
department out of metrics/organisation.yml.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.loading.tree import KEY
from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule


def _broken(looking: Looking) -> Iterator[Broken]:
    project = looking.project
    if looking.is_early or "kpi" in project.unread:
        return
    known = {kpi.department for kpi in looking.in_use}
    for name in project.organisation.departments:
        if name not in known:
            message = f"the department `{name}` has no KPI at any stage of the customer chain"
            hint = "at which stage would the customer miss it? Write the KPI that shows it"
            yield Broken(name, project.organisation, ("departments", name, KEY), message, hint)


RULE = Rule("KPI229", ("E1",), _broken)
