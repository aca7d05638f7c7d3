"""How is a key result written on a page: its figure, what is wanted, the way that is made, and what was said of it?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kpiledger.objectives.alignment import AlignedResult
from kpiledger.objectives.standing import Standing
from kpiledger.pages.dates import day_text, period_text
from kpiledger.pages.formatting import Number, NumberStyle, figure, percentage, rounded, style_of
from kpiledger.pages.provenance import person_text
from kpiledger.pages.statuses import WORDS
from kpiledger.project import Project
from kpiledger.vocabulary import Grain, Status

_COMPARED = {"at_least": "at least", "at_most": "at most", "between": "between", "exactly": "exactly"}
# The length of the bar of progress, in the units of its drawing.
_BAR = Decimal(100)


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A key result on the page; `width` is that of its bar of 100, `expected` where a straight line would be."""

    key_result: str
    says: str
    kpi: str
    chain_stage: str
    status: Status
    word: str
    period: str
    actual: Number
    wanted: str
    met: str
    progress: Number
    way: str
    width: str
    expected: str
    confidence: str
    said: str
    note: str
    holder: str


def result_line(project: Project, one: AlignedResult) -> ResultLine:
    """How a key result stands, as the page says it."""
    kpi, standing = project.kpis[one.kpi], one.standing
    style = rounded(style_of(kpi), standing.target_value)
    status = Status(standing.status) if standing.status else Status.NO_DATA
    part = "" if one.part == "all" else f", {one.part}"
    progress = percentage(standing.progress)
    return ResultLine(
        key_result=one.key_result,
        says=one.says,
        kpi=f"{kpi.label_in(project.calendar.language)}{part}",
        chain_stage=kpi.chain_stage,
        status=status,
        word=WORDS[status],
        period=_period(project, standing),
        actual=figure(standing.actual, style),
        wanted=_wanted(standing, style),
        met=f"met in {standing.met_count} of {standing.judged_count}" if standing.judged_count > 1 else "",
        progress=progress,
        way="of target so far" if one.agreement else "of the way",
        width=_bar(standing.progress),
        expected=_bar(standing.progress_expected),
        confidence="" if standing.confidence is None else f"{percentage(standing.confidence).full} sure",
        said=_said(project, standing),
        note=standing.note or "",
        holder=person_text(project, one.holder) if one.holder else "",
    )


def _period(project: Project, one: Standing) -> str:
    if one.period_start is None or one.grain is None:
        return "no figures yet"
    return period_text(one.period_start, Grain(one.grain), project.calendar.reckoning)


def _wanted(one: Standing, style: NumberStyle) -> str:
    if one.target_value is None:
        return "no target"
    words = _COMPARED.get(one.comparison or "", "")
    upper = f" and {figure(one.upper_value, style).full}" if one.upper_value is not None else ""
    return f"{words} {figure(one.target_value, style).full}{upper}".strip()


def _bar(share: Decimal | None) -> str:
    return "" if share is None else f"{share * _BAR:.1f}"


def _said(project: Project, one: Standing) -> str:
    if one.checked_in_on is None:
        return "nobody checked in"
    return f"{person_text(project, one.checked_in_by or '')}, {day_text(one.checked_in_on)}"
