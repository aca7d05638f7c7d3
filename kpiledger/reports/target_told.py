"""How is the answer about a target told, to people and to machines?"""

from __future__ import annotations

import json
from collections.abc import Sequence

from kpiledger.reports.agreed import AgreedFigure, multiple_text, promised_text, reference_period
from kpiledger.reports.known import as_json, figure, in_one_line, moment
from kpiledger.reports.measured import Measured, measured_of
from kpiledger.reports.target import TargetAnswer
from kpiledger.vocabulary import ApprovalState

_APPROVAL = {
    ApprovalState.APPROVED: "signed",
    ApprovalState.UNAPPROVED: "not signed, and that is required",
    ApprovalState.VOID: "what was signed is something else",
    ApprovalState.REFUSED: "signed by one who may not",
    ApprovalState.NOT_REQUIRED: "no signature required",
}


def render_json(answer: TargetAnswer) -> str:
    """The answer for machines."""
    return json.dumps(as_json(answer), ensure_ascii=False, indent=2)


def render_text(answer: TargetAnswer) -> str:
    """The answer for people."""
    known = f", as known on {moment(answer.known_at)}" if answer.known_at else ""
    lines = [f"{answer.kpi} of {answer.holder} in {answer.period}{known}"]
    lines += _figure_lines(answer.known, answer, answer.measured_then if answer.known_at else answer.measured)
    if not answer.known:
        lines.append("  no target agreed")
        if answer.other_grains:
            lines.append(f"  there is a target by {' and by '.join(answer.other_grains)}")
    if answer.pending_then:
        lines += [
            "what waited for an approval then, and held nowhere",
            *_figure_lines(answer.pending_then, answer),
        ]
    if answer.differences:
        lines += ["as known today", *_figure_lines(answer.today, answer, answer.measured, is_today=True)]
        lines += [] if answer.today else ["  no target agreed"]
        lines += ["the difference", *(f"  {difference}" for difference in answer.differences)]
    elif answer.known_at:
        moved = [_by_data(item, answer, answer.measured) for item in answer.today if _is_unknown(item, answer)]
        lines.append("as known today: the same promise" if moved else "as known today: the same")
        lines += [f"  it is        {told}" for told in moved]
    if answer.pending:
        today = " today" if answer.known_at else ""
        lines += [f"what waits for an approval{today}, and holds nowhere", *_figure_lines(answer.pending, answer)]
    if answer.waived:
        lines += ["checks of its data that are waived", *(f"  {one}" for one in answer.waived)]
    return "\n".join(lines)


def _figure_lines(
    figures: Sequence[AgreedFigure],
    answer: TargetAnswer,
    measured: Sequence[Measured] | None = None,
    *,
    is_today: bool = False,
) -> list[str]:
    is_then = answer.known_at is not None and not is_today
    return [line for item in figures for line in _lines(item, answer, measured, is_then=is_then)]


def _lines(
    item: AgreedFigure, answer: TargetAnswer, measured: Sequence[Measured] | None, *, is_then: bool
) -> list[str]:
    member = "" if item.slice == "all" else f", {item.slice} {item.member}"
    recorded = f"{moment(item.recorded_at)}, entry {item.seq}, commit {item.commit or 'none'}"
    extra = [
        ("amber from", item.amber),
        ("amber within", item.amber_outside_by),
        ("commit", item.commit_to),
        ("stretch", item.stretch),
    ]
    comparison = item.comparison.replace("_", " ")
    by_data = _by_data(item, answer, measured, is_then=is_then) if item.value is None and measured is not None else ""
    return [
        f"  target       {comparison} {promised_text(item, answer.unit)}{member}",
        *([f"  it is        {multiple_text(item)}"] if item.reference and item.value is not None else []),
        *([f"  it is        {by_data}"] if by_data else []),
        *(["  pilot        a trial that binds nobody"] if item.is_pilot else []),
        *(f"  {label:<12} {figure(value)}" for label, value in extra if value is not None),
        f"  agreement    {item.agreement}, version {item.agreement_version}{_carried(item)}",
        f"  reason       {item.reason_kind}: {in_one_line(item.reason_text)}",
        *([f"  evidence     {in_one_line(item.evidence)}"] if item.evidence else []),
        f"  proposed by  {item.proposed_by}",
        f"  approved by  {item.approved_by} ({_APPROVAL[ApprovalState(item.approval_state)]})",
        f"  decided on   {item.decided_on}",
        f"  valid        {item.valid_from} to {item.valid_to}",
        f"  recorded at  {recorded}",
        f"  entry hash   {item.entry_hash}",
    ]


def _carried(item: AgreedFigure) -> str:
    """Where a target that carries on comes from: what follows is about that version."""
    return f", carried on from version {item.named_version}" if item.named_version != item.agreement_version else ""


def _is_unknown(item: AgreedFigure, answer: TargetAnswer) -> bool:
    """Whether a target follows from data, and nothing recorded which figure that gave then."""
    then, today = answer.measured_then or (), answer.measured or ()
    return item.value is None and measured_of(then, item) is None and measured_of(today, item) is not None


def _by_data(
    item: AgreedFigure, answer: TargetAnswer, measured: Sequence[Measured] | None, *, is_then: bool = False
) -> str:
    """What a target that follows from data comes to, or how it will be computed."""
    found = measured_of(measured or (), item)
    if found is not None:
        return f"{figure(found.value)}{f' {answer.unit}' if answer.unit else ''}, {found.told}"
    if is_then:
        times = figure(item.reference_times)
        return f"{times} times {reference_period(answer.period)}; the figure of it that was known then is not recorded"
    return "computed by a run: the value a year earlier, by the definition in force in the period; none is published"
