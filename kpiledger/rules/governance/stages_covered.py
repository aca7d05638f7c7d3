"""Each stage of the customer chain has a KPI.

For example: `attract`, `order`, `fulfil`, `deliver`, `support` and `retain` each have a folder with a KPI in
metrics/kpis.

Why: The customer passes through the whole chain, and the weakest stage decides. A stage without a number is one that
nobody steers, and where the others push their trouble to.

Remedy: Ask the customer's question of that stage, and write the KPI that answers it; or take the stage out of
metrics/chain.yml.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule


def _broken(looking: Looking) -> Iterator[Broken]:
    project = looking.project
    if looking.is_early or "kpi" in project.unread:
        return
    known = {kpi.chain_stage for kpi in looking.in_use}
    for index, stage in enumerate(project.chain.stages):
        if stage.stage not in known:
            message = f"no KPI answers what the customer asks at `{stage.stage}`: {stage.question}"
            hint = f"add a KPI in metrics/kpis/{stage.stage}/, or take the stage away"
            yield Broken(stage.stage, project.chain, ("stages", index, "stage"), message, hint)


RULE = Rule("KPI228", ("E1", "E2"), _broken)
