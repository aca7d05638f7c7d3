"""A KPI that counts how much stands beside one that measures how well.

For example: `orders_shipped` counts, and names `shipped_within_promise` among its counter-KPIs.

Why: Whoever is asked for more delivers more, at the cost of whatever nobody looks at: calls handled against problems
solved, low stock against empty shelves.

Remedy: Name a KPI with `aspect: quality` among the `counter_kpis`, or agree on one with everybody who is held to the
quantity.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule
from kpiledger.specs.kpi import Kpi


def _broken(looking: Looking) -> Iterator[Broken]:
    for kpi in looking.kpis:
        if kpi.aspect == "quantity" and kpi.counter_kpis and not _is_paired(looking, kpi):
            message = f"`{kpi.kpi}` counts how much, and no KPI of quality stands beside it"
            hint = "name one among `counter_kpis`, or agree on one with everybody who is held to this"
            yield Broken(kpi.kpi, kpi, ("counter_kpis",), message, hint)


def _is_paired(looking: Looking, kpi: Kpi) -> bool:
    if _of_quality(looking, kpi.counter_kpis):
        return True
    sets = [held.kpis for held in looking.held if kpi.kpi in held.kpis]
    return bool(sets) and all(_of_quality(looking, names) for names in sets)


def _of_quality(looking: Looking, names: tuple[str, ...]) -> bool:
    kpis = looking.project.kpis
    return any(kpis[name].aspect == "quality" for name in names if name in kpis)


RULE = Rule("KPI209", ("A7", "A21", "E5"), _broken)
