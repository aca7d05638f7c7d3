"""Every source of the data that a KPI is measured by is described in expectations/.

For example: The fact `order_line` says `source: [erp]`, and expectations/erp.yml says who answers for the tables of
that system, how they must be filled in, and how they are held against it.

Why: A number can be checked only against the system in which it was entered. Where that is not described, no
registration rule, reconciliation or spot check is asked before somebody is judged by the number. A table that is
filled in by hand is a source too.

Remedy: Write expectations/<source>.yml with its owner, its tables and at least their keys.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule


def _broken(looking: Looking) -> Iterator[Broken]:
    project = looking.project
    if "expectations" in project.unread:
        return
    facts = {fact.fact: fact for kpi in looking.kpis for fact, _ in project.measured_by(kpi)}
    for name, fact in facts.items():
        for index, source in enumerate(fact.source):
            if source not in project.expectations:
                message = f"KPIs are measured by `{name}`, and nothing describes its source `{source}`"
                hint = f"write expectations/{source}.yml: whose is it, and how must it be filled in?"
                yield Broken(name, fact, ("source", index), message, hint)


RULE = Rule("KPI206", ("A5", "A12"), _broken)
