"""A target rests on a baseline of normal months, from a source that is known.

For example: `baseline: {from: 2016-01, to: 2016-12, exclude: [{month: 2016-10, reason: one order that will not come
again}], method: mean, value: "11054.27", source: erp}`.

Why: A target is ambitious or not only beside what was normal. Which months that is, and which are left out and why,
is settled while nobody knows yet who gains by it, so that anybody can compute it again.

Remedy: Write `baseline:` with the target, over a year at least, so that every season is in it once. A target that is
met `exactly`, and one relative to last year, need none.

Limit: least_baseline_months
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.held import HeldTarget
from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.months import months_touched
from kpiledger.rules.governance.rule import Broken, Rule
from kpiledger.specs.agreement import AgreedTarget
from kpiledger.vocabulary import Comparison, Reference


def _broken(looking: Looking) -> Iterator[Broken]:
    project = looking.project
    sources = {*project.expectations, *(name for fact in project.facts.values() for name in fact.source)}
    for one in looking.targets:
        baseline = one.target.baseline
        if baseline is None:
            if _needs_one(one.target):
                hint = "add `baseline:`: which months were normal, what was the figure then, and from which source?"
                yield _found(one, "kpi", f"the target of `{one.target.kpi}` rests on no baseline", hint)
            continue
        months, least = months_touched(baseline.start.start, baseline.to.end), looking.limits.least_baseline_months
        if months < least.value:
            message = f"the baseline of `{one.target.kpi}` covers {months} months, expected {least.value:f} or more"
            yield _found(one, "baseline", message, "let it cover a year, so that every season is in it once")
        if baseline.source not in sources:
            message = (
                f"the baseline of `{one.target.kpi}` came from `{baseline.source}`, which is no source of any fact"
            )
            yield _found(one, "baseline", message, f"name one of {', '.join(sorted(sources))}")


def _needs_one(target: AgreedTarget) -> bool:
    relative = target.target.relative
    follows = relative is not None and relative.to is Reference.SAME_PERIOD_LAST_YEAR
    return target.target.comparison is not Comparison.EXACTLY and not follows


def _found(one: HeldTarget, key: str, message: str, hint: str) -> Broken:
    return Broken(one.file.holder, one.file, (*one.path, key), message, hint)


RULE = Rule("KPI217", ("A15", "A21"), _broken)
