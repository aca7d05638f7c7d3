"""Nobody is held to more than a few KPIs at once.

For example: A sales team is held to revenue, margin, discount, active customers and tickets solved: five.

Why: Three to five business-critical numbers can be kept in mind and acted on. With ten of them nothing is important,
and everybody picks those that look well.

Remedy: Keep those that matter most for the objectives. The others stay computed and shown; nobody needs to be held to
them.

Limit: most_kpis, most_kpis_of_company
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.focus import most_kpis
from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule


def _broken(looking: Looking) -> Iterator[Broken]:
    for held in looking.held:
        most = most_kpis(looking.project, held.holder)
        if len(held.kpis) > most:
            message = f"`{held.holder}` is held to {len(held.kpis)} KPIs at once, expected at most {most}"
            hint = "keep those that matter most, and go on showing the others without a target"
            yield Broken(held.holder, held.file, ("holder",), message, hint)


RULE = Rule("KPI204", ("A4", "A21"), _broken)
