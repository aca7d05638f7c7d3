"""The quick check before a KPI is locked: is it one to rely on? Seven questions for each KPI of the period.

Measured monthly or more often, of strategic value, influenced by whoever is held to it, balanced by a counter-KPI,
and its data checked by rules, against the sources, and by spot checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kpiledger.closing.checked import CheckedPeriod
from kpiledger.errors import WrongUse
from kpiledger.project import Project
from kpiledger.rules.governance.focus import enough_influence, is_measured_often, served_by
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Grain

ALL = "*"


class QuickQuestion(StrEnum):
    """What is asked of each KPI."""

    MEASURED = "measured"
    """Is it measured monthly or more often?"""
    STRATEGIC = "strategic"
    """Does it serve an objective or a key result?"""
    INFLUENCE = "influence"
    """Do holders control 70 % of it or more?"""
    COUNTER = "counter"
    """Is there a counter-KPI?"""
    RULES = "rules"
    """Did the registration rules of its sources pass?"""
    RECONCILED = "reconciled"
    """Do its sources agree with the warehouse?"""
    SPOT_CHECKED = "spot_checked"
    """Were rows of the period held against its sources by a spot check?"""


@dataclass(frozen=True, slots=True)
class QuickAnswer:
    """An answer with what it rests on; `accepted` is the reason for which a no is accepted."""

    kpi: str
    question: QuickQuestion
    is_yes: bool
    told: str
    accepted: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A reason to accept a no: of one KPI or all, to one question."""

    kpi: str
    question: QuickQuestion
    reason: str

    @classmethod
    def parse(cls, text: str) -> Accepted:
        """As `revenue:counter:why`, with `*` for all KPIs."""
        kpi, _, rest = text.partition(":")
        question, _, reason = rest.partition(":")
        if question not in set(QuickQuestion) or not reason.strip():
            known = ", ".join(QuickQuestion)
            raise WrongUse(
                f"--accept {text!r} is not KPI:QUESTION:REASON", f"write it as revenue:counter:why; questions: {known}"
            )
        return cls(kpi, QuickQuestion(question), reason.strip())


def quick_check(
    project: Project,
    kpis: Sequence[str],
    influences: Mapping[str, Sequence[Decimal | None]],
    checked: CheckedPeriod,
    accepted: Sequence[Accepted],
) -> tuple[QuickAnswer, ...]:
    """The answers for some KPIs, in their order; `influences` are those of the targets that held in the period."""
    reasons = {(one.kpi, one.question): one.reason for one in accepted}
    answers = []
    for name in kpis:
        for question, is_yes, told in _answers(project, project.kpis[name], influences.get(name, ()), checked):
            reason = reasons.get((name, question)) or reasons.get((ALL, question))
            answers.append(QuickAnswer(name, question, is_yes, told, None if is_yes else reason))
    return tuple(answers)


def _answers(
    project: Project, kpi: Kpi, influences: Sequence[Decimal | None], checked: CheckedPeriod
) -> Iterator[tuple[QuickQuestion, bool, str]]:
    yield QuickQuestion.MEASURED, is_measured_often(kpi), f"by {min(kpi.grains, key=list(Grain).index)}"
    serves = served_by(kpi)
    yield QuickQuestion.STRATEGIC, serves is not None, str(serves or "serves no objective")
    yield QuickQuestion.INFLUENCE, *_influence(influences, enough_influence(project))
    yield QuickQuestion.COUNTER, bool(kpi.counter_kpis), ", ".join(kpi.counter_kpis) or "none"
    sources = sorted({source for fact, _ in project.measured_by(kpi) for source in fact.source})
    yield QuickQuestion.RULES, *checked.rules_of(sources)
    yield QuickQuestion.RECONCILED, *checked.reconciliations_of(sources)
    yield QuickQuestion.SPOT_CHECKED, *checked.spot_checks_of(sources)


def _influence(influences: Sequence[Decimal | None], enough: Decimal) -> tuple[bool, str]:
    if not influences:
        return True, "nobody is held to it"
    known = [one for one in influences if one is not None]
    if len(known) < len(influences):
        return False, f"{len(influences) - len(known)} of {len(influences)} targets do not say it"
    return min(known) >= enough, f"{min(known):.0%} or more"
