"""A KPI that was not changed for long is looked at again.

For example: `reviewed: {on: 2017-01-16, by: finance_controller, says: Still what the owners judge us by}`.

Why: Departments change, and what was the right number two years ago may now be one that everybody has learned to
please. Leadership asks: are our targets still right, and do they support the strategy as a whole?

Remedy: Talk about the KPI with its owner and those who are held to it. Then write `reviewed:` with the day and what
speaks for it, make a new version, or set `deprecated:`.

Limit: most_months_unreviewed
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.months import months_passed
from kpiledger.rules.governance.rule import Broken, Rule
from kpiledger.specs.kpi import Kpi


def _broken(looking: Looking) -> Iterator[Broken]:
    day, most = looking.day, int(looking.limits.most_months_unreviewed.value)
    if day is None:
        return
    for kpi in looking.in_use:
        since = max(_last_thought_about(kpi), looking.start)
        months = months_passed(since, day)
        if months >= most:
            message = (
                f"`{kpi.kpi}` was last changed or reviewed on {since}, {months} months ago, expected within {most}"
            )
            hint = "is it still right? Write `reviewed: {on, by, says}`, a new version, or `deprecated`"
            path = ("reviewed", "on") if kpi.reviewed else ("versions", len(kpi.versions) - 1, "valid_from")
            yield Broken(kpi.kpi, kpi, path, message, hint)


def _last_thought_about(kpi: Kpi) -> date:
    newest = max(version.valid_from for version in kpi.versions)
    return max(newest, kpi.reviewed.on) if kpi.reviewed else newest


RULE = Rule("KPI219", ("B4", "A18"), _broken)
