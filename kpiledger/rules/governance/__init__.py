"""The rules of good KPI work, one a file: what experienced people would say of a KPI or an agreement before it is
merged.

They stop nothing. `governance:` of the organisation file says from when they hold, `thresholds:` where their limits
lie, and waivers.yml which of them is set aside for a while, of what, why and by whom.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.governance import (
    departments_covered,
    enough_influence,
    fair_comparison,
    few_drivers,
    few_kpis,
    fitting_cadence,
    influence_said,
    joint_kpis,
    kept_under_review,
    leading_and_lagging,
    measured_often,
    outcomes_first,
    own_say,
    owner_held,
    pilots_end,
    quality_beside_quantity,
    rolls_up,
    serves_objective,
    shared_kpis,
    soft_goals,
    sound_baseline,
    source_described,
    stages_covered,
    whole_weights,
    within_history,
)
from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Lesson, Rule, lesson_of
from kpiledger.rules.governance.setting_aside import unless_waived

GOVERNANCE: tuple[Rule, ...] = (
    serves_objective.RULE,
    outcomes_first.RULE,
    few_kpis.RULE,
    owner_held.RULE,
    source_described.RULE,
    leading_and_lagging.RULE,
    fitting_cadence.RULE,
    quality_beside_quantity.RULE,
    few_drivers.RULE,
    joint_kpis.RULE,
    rolls_up.RULE,
    enough_influence.RULE,
    influence_said.RULE,
    measured_often.RULE,
    fair_comparison.RULE,
    sound_baseline.RULE,
    kept_under_review.RULE,
    soft_goals.RULE,
    whole_weights.RULE,
    shared_kpis.RULE,
    pilots_end.RULE,
    own_say.RULE,
    stages_covered.RULE,
    departments_covered.RULE,
)
# What each teaches, by its code. What only figures can tell is a rule too, and asked where figures are.
LESSONS: Mapping[str, Lesson] = dict(
    sorted(
        [
            *((rule.code, rule.lesson) for rule in GOVERNANCE),
            (within_history.CODE, lesson_of(within_history.__doc__ or "")),
        ]
    )
)
FROM_LINES: Mapping[str, tuple[str, ...]] = {
    **{rule.code: rule.from_lines for rule in GOVERNANCE},
    within_history.CODE: within_history.FROM_LINES,
}


def governance_rules(project: Project) -> Iterator[Finding]:
    """What breaks a rule of good KPI work; what is waived is shown as waived."""
    if project.unread.keys() & {"organisation", "chain", "calendar", "objectives", "waivers"}:
        return  # much of it would be said of what could not be read
    looking = Looking(project)
    for rule in GOVERNANCE:
        for broken in rule.broken(looking):
            yield unless_waived(project, broken.of, rule.finding(broken))
