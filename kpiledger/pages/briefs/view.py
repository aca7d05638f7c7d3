"""The brief of a holder on a period: what to ask, how targets went, what changed, what was decided and what waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kpiledger.pages.addresses import brief_address, scorecard_address
from kpiledger.pages.approval import APPROVAL_WORDS
from kpiledger.pages.briefs.questions import Questions, questions
from kpiledger.pages.briefs.reading import DecisionRow, ReviewRow, Talk
from kpiledger.pages.briefs.targets import TargetLine, target_line
from kpiledger.pages.dates import day_text, period_text
from kpiledger.pages.notes import data_note
from kpiledger.pages.provenance import person_text
from kpiledger.pages.queries import AgreementVersionRow, Readings
from kpiledger.pages.series import Series
from kpiledger.pages.statuses import counted
from kpiledger.periods import Period
from kpiledger.project import Project
from kpiledger.vocabulary import ApprovalState, Status

# One page: what is beyond is told by its count, and the scorecard has the rest.
MOST_TARGETS = 8
MOST_NOTES = 4


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """An agreement in force, what was changed of it in the period, or a trigger of it that fired, with why."""

    name: str
    said: str
    reason: str
    seq: int


@dataclass(frozen=True, slots=True)
class TalkLine:
    """A decision or a review item: when, what and who; `item` is the period decided on, or the name to close it by."""

    when: str
    said: str
    who: str
    item: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Brief:
    """What the page shows, every figure already written."""

    address: str
    holder: str
    title: str
    holder_address: str
    period: str
    period_name: str
    counts: tuple[tuple[Status, int], ...]
    questions: Questions
    targets: tuple[TargetLine, ...]
    targets_left_out: int
    has_signals: bool
    has_projections: bool
    agreements: tuple[AgreementLine, ...]
    goals: tuple[str, ...]
    decisions: tuple[TalkLine, ...]
    waiting: tuple[TalkLine, ...]
    notes: tuple[str, ...]


def brief(
    project: Project, readings: Readings, talk: Talk, series: Sequence[Series], holder: str, period: Period
) -> Brief:
    """The brief; `series` are the holder's, heaviest first."""
    found = (target_line(project, one, period) for one in series)
    lines = [line for line in found if line is not None]
    goals = tuple(_goals(project, holder, period))
    waiting = _waiting(talk, holder, {line.kpi for line in lines}, period)
    notes = tuple(_notes(project, readings, series, lines))
    shown = tuple(lines[:MOST_TARGETS])
    return Brief(
        address=brief_address(holder, str(period)),
        holder=holder,
        title=person_text(project, holder),
        holder_address=scorecard_address(holder),
        period=period_text(period.start, period.grain, period.reckoning),
        period_name=str(period),
        counts=counted(line.status for line in lines),
        questions=questions(lines, [one.says for one in waiting if one.what != "period"], bool(goals), len(notes)),
        targets=shown,
        targets_left_out=len(lines) - len(shown),
        has_signals=any(line.signal for line in shown),
        has_projections=any(line.projection for line in shown),
        agreements=(*_agreements(project, readings, holder, period), *_fired(talk, holder, period)),
        goals=goals,
        decisions=_decisions(project, talk, holder, period),
        waiting=tuple(_item(project, one) for one in waiting[:MOST_NOTES]),
        notes=notes[:MOST_NOTES],
    )


def _agreements(project: Project, readings: Readings, holder: str, period: Period) -> Iterator[AgreementLine]:
    """Of each agreement in force how it began and what holds now, and each event decided or begun in the period."""
    own = [one for one in readings.versions if one.holder == holder]
    over = {one.agreement for one in own if one.event == "retired" and one.valid_from <= period.start}
    last = {one.agreement: one.valid_to or date.max for one in own}
    newest = {one.agreement: one.seq for one in own if one.valid_from <= period.end and not one.is_pending}
    for one in sorted(own, key=lambda one: one.seq):
        is_new = any(period.start <= day <= period.end for day in (one.decided_on, one.valid_from))
        holds = one.valid_from <= period.end and last[one.agreement] >= period.start and one.agreement not in over
        if is_new or (holds and (one.event == "agreed" or newest.get(one.agreement) == one.seq)):
            yield _agreement(project, one)


def _fired(talk: Talk, holder: str, period: Period) -> Iterator[AgreementLine]:
    """The triggers that were seen to fire in the period, and what became of each."""
    for one in talk.reviews:
        if one.what == "trigger" and one.holder == holder and period.start <= one.opened_on <= period.end:
            answered = f"answered {day_text(one.closed_on)}" if one.closed_on else f"due {day_text(one.due_on)}"
            said = f"fired {day_text(one.opened_on)}, {answered}{_unfired(one)}"
            yield AgreementLine(f"Trigger of {one.agreement} on {one.period}", said, one.says, one.opened_by_seq or 0)


def _unfired(one: ReviewRow) -> str:
    return "" if one.is_still_so is not False else " (by the figures as known now it would not have fired)"


def _agreement(project: Project, one: AgreementVersionRow) -> AgreementLine:
    state = ApprovalState(one.approval_state)
    approval = "" if state is ApprovalState.NOT_REQUIRED else f", {APPROVAL_WORDS[state].lower()}"
    pilot = ", pilot" if one.is_pilot else ""
    days = f"from {day_text(one.valid_from)}"
    said = f"{one.event} {day_text(one.decided_on)} by {person_text(project, one.approved_by)}, {days}{approval}{pilot}"
    return AgreementLine(f"{one.agreement} v{one.agreement_version}", said, one.reason_text, one.seq)


def _goals(project: Project, holder: str, period: Period) -> Iterator[str]:
    """What the files of agreements that hold in the period say of well-being and learning."""
    for file in project.agreements:
        days = [(event.valid_from, event.valid_to) for event in file.events if event.valid_to]
        is_now = any(start <= period.end and end and end >= period.start for start, end in days)
        for goal in file.goals if file.holder == holder and is_now else ():
            if goal.by is None or goal.by >= period.start:
                until = f" (by {day_text(goal.by)})" if goal.by else ""
                yield f"{goal.kind.value.replace('_', '-').capitalize()}: {goal.says}{until}"


def _decisions(project: Project, talk: Talk, holder: str, period: Period) -> tuple[TalkLine, ...]:
    """Those on days of the period or a part of it, newest first."""
    within = [
        one
        for one in talk.decisions
        if one.holder == holder and one.period_start and one.period_start <= period.end
        if one.period_end and one.period_end >= period.start
    ]
    return tuple(decision_line(project, one) for one in reversed(within))


def decisions_on(project: Project, talk: Talk, holder: str, kpi: str) -> tuple[TalkLine, ...]:
    """What was decided on a holder's KPI, or on all of them, in any period; newest first."""
    found = [one for one in talk.decisions if one.holder == holder and one.kpi in (kpi, None)]
    return tuple(decision_line(project, one) for one in reversed(found))


def decision_line(project: Project, one: DecisionRow) -> TalkLine:
    """A decision as pages show it."""
    return TalkLine(day_text(one.decided_on), one.says, person_text(project, one.decided_by), one.period)


def _waiting(talk: Talk, holder: str, kpis: set[str], period: Period) -> list[ReviewRow]:
    """What waits for the holder, or for a KPI that it is held to; the latest first, and no later conversation."""
    own = [
        one
        for one in talk.reviews
        if one.is_open and (one.holder == holder or (one.holder is None and one.kpi in kpis))
    ]
    return sorted(
        (one for one in own if one.what != "period" or one.period == str(period)),
        key=lambda one: (one.holder is None, one.due_on, one.review_item),
    )


def _item(project: Project, one: ReviewRow) -> TalkLine:
    late = ", overdue" if one.is_overdue else ""
    return TalkLine(
        f"due {day_text(one.due_on)}{late}",
        f"{one.says}{_unfired(one)}",
        person_text(project, one.asks),
        one.review_item,
        one.is_overdue,
    )


def _notes(
    project: Project, readings: Readings, series: Sequence[Series], lines: Sequence[TargetLine]
) -> Iterator[str]:
    """What checks say against the data of the targets, each once."""
    held = {line.kpi for line in lines}
    kpis = dict.fromkeys(one.kpi.kpi for one in series if one.kpi.kpi in held)
    noted = (data_note(project, project.kpis[name], readings.checks) for name in kpis)
    yield from dict.fromkeys(note.text for note in noted if note)
