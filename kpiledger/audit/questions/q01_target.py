"""Question 1: the target of a KPI for a holder in a period, as known at a moment and as known today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields
from decimal import Decimal

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.standing import tree_facts
from kpiledger.audit.words import moment_of
from kpiledger.reports.agreed import AgreedFigure
from kpiledger.reports.figured import with_figures
from kpiledger.reports.known import moment
from kpiledger.reports.measured import Measured, measured_of
from kpiledger.reports.target import target_answer
from kpiledger.typed import typed_period

_WAITS, _WAITED = "waits for an approval", "waited for an approval"
_COLUMNS = ("known", *(field.name for field in fields(AgreedFigure)), "by_data", "by_data_told")
# A null figure would be read as none: it was there, and nobody can tell any more which one.
_NOT_RECORDED = "the figure known then is not recorded"


def answer(asked: Asked) -> Answer:
    """Both answers with everything behind them, and which figures the later knowledge changed."""
    project, index, words = asked.project(), asked.index(), asked.words
    period, known_at = typed_period(words["period"], project.calendar.reckoning), moment_of(words, "known-at")
    agreed = target_answer(asked.ledger, index, project, words["kpi"], words["holder"], period, known_at)
    found = with_figures(agreed, asked.settings, asked.ledger, index)
    then = f"at {moment(known_at)}" if known_at else ""
    sides = [("today", found.today)]
    if known_at:
        sides.insert(0, (then, found.known))
    summary = [f"{found.kpi} of {found.holder} in {found.period}{f', in {found.unit}' if found.unit else ''}"]
    for name, figures in sides:
        if not figures:
            grains = f"; there is a target by {' and by '.join(found.other_grains)}" if found.other_grains else ""
            summary.append(f"as known {name}: no target agreed{grains}")
    if known_at:
        summary += [f"the difference: {one}" for one in found.differences] or ["the difference: none"]
    if known_at and found.pending_then:
        sides.append((f"{_WAITED} at {moment(known_at)}", found.pending_then))
        summary.append(f"at that moment {len(found.pending_then)} waited for an approval and held nowhere")
    if found.pending:
        count = len(found.pending)
        waiting = (
            "1 target waits for an approval and holds"
            if count == 1
            else f"{count} targets wait for an approval and hold"
        )
        summary.append(f"{waiting} nowhere; what waits today is shown last")
        sides.append((_WAITS, found.pending))
    measured = {"today": (found.measured, None), then: (found.measured_then, _NOT_RECORDED)}
    rows = [
        (name, *astuple(figure), *_by_data(figure, *measured.get(name, (None, None))))
        for name, figures in sides
        for figure in figures
    ]
    return Answer(_COLUMNS, rows, tuple(summary), facts=tree_facts(index))


def _by_data(
    item: AgreedFigure, measured: Sequence[Measured] | None, otherwise: str | None
) -> tuple[Decimal | None, str | None]:
    """The figure of a target that follows from data, and what tells it; no figure but that one is ever shown for it."""
    if item.value is not None:
        return None, None
    one = measured_of(measured or (), item)
    return (one.value, one.told) if one else (None, otherwise)


QUESTION = Question(
    1,
    "The target of a KPI for a holder in a period, as known at a moment and as known today, with the difference",
    answer,
    needs=("kpi", "holder", "period"),
    takes=("known-at",),
)
