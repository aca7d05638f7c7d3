"""How does a page say whether the targets below one add up to it?"""

from __future__ import annotations

from decimal import Decimal

from kpiledger.objectives.standing import RollUp
from kpiledger.pages.dates import period_text
from kpiledger.pages.formatting import NumberStyle, count_of, figure, rounded, style_of
from kpiledger.pages.provenance import person_text
from kpiledger.project import Project
from kpiledger.vocabulary import Grain

_ADDING = {
    "adds_up": "add up",
    "covers": "promise more than is needed",
    "falls_short": "promise less than is needed",
    "overlaps": "speak of the same part twice",
    "does_not_add": "cannot be added: each is judged by itself",
    "unknown": "cannot be added: a figure is missing",
}


def roll_up_text(project: Project, one: RollUp) -> str:
    """Whether the targets below one add up to it, in a sentence."""
    kpi = project.kpis[one.kpi]
    style = rounded(style_of(kpi), one.target_value)
    part = "" if one.slice == "all" else f", {one.member}"
    when = period_text(one.period_start, Grain(one.grain), project.calendar.reckoning)
    below = f"{count_of(one.below_count, 'target', 'targets')} below {person_text(project, one.holder)}"
    told = f"{kpi.label_in(project.calendar.language)}{part}, {when}: {below} {_ADDING[one.adding]}"
    if one.target_below is None:
        return told
    sums = f"{figure(one.target_below, style).full} against {figure(one.target_value, style).full}"
    if one.actual_below is None or one.actual is None:
        return f"{told}, {sums}"
    return f"{told}, {sums}; {_belonging(one.actual - one.actual_below, style)}"


def _belonging(rest: Decimal, style: NumberStyle) -> str:
    """Whose the figures are: what those below did not measure, or measured beside what is above."""
    if rest == 0:
        return "all that was measured belongs to somebody below"
    told = figure(abs(rest), style).full
    return f"{told} of what was measured belong to nobody below" if rest > 0 else f"{told} more were measured below"
