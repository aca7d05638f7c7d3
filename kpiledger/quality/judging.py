"""What a rule's counts and Great Expectations' verdict come to: an outcome, a message, and whether it blocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kpiledger.quality.greatexpectations import Verdict
from kpiledger.specs.checks import RegistrationRule
from kpiledger.vocabulary import Outcome

_SHARE = Decimal("0.0000000001")  # as fine as the column failing_share


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of the table, rows that the rule tests, and rows among them that break it."""

    in_table: int
    tested: int
    failing: int

    @property
    def failing_share(self) -> Decimal | None:
        """Failing rows as a share of the tested ones; none when no row was tested."""
        return (Decimal(self.failing) / self.tested).quantize(_SHARE) if self.tested else None


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a check ended."""

    outcome: Outcome
    is_blocking: bool
    message: str


def judged(rule: RegistrationRule, counts: Counts, verdict: Verdict, knows_allowance: bool, as_of: date) -> Judgement:
    """The judgement on a rule; Great Expectations and the rule's own query must agree."""
    blocks = blocks_now(rule, as_of)
    if verdict.is_met is None:
        return Judgement(Outcome.COULD_NOT_RUN, blocks, f"not verified: {verdict.problem}")
    if _disagree(rule, counts, verdict.is_met, knows_allowance):
        said = "nothing" if verdict.is_met else "rows"
        message = f"not verified: Great Expectations found {said}, the rule's own query {counts.failing} rows"
        return Judgement(Outcome.COULD_NOT_RUN, blocks, message)
    if counts.tested == 0:
        return Judgement(Outcome.NOTHING_TO_CHECK, False, f"none of the {counts.in_table} rows is tested")
    if _is_within(rule, counts):
        return Judgement(Outcome.PASSED, False, _told(rule, counts, as_of))
    return Judgement(Outcome.FAILED if blocks else Outcome.WARNED, blocks, _told(rule, counts, as_of))


def blocks_now(rule: RegistrationRule, as_of: date) -> bool:
    """Whether a broken rule stops publishing on this day."""
    return rule.severity == "blocking" and (rule.blocks_from is None or rule.blocks_from <= as_of)


def _is_within(rule: RegistrationRule, counts: Counts) -> bool:
    allowed = rule.allow.at_most if rule.allow else Decimal(0)
    return counts.failing <= allowed * counts.tested


def _disagree(rule: RegistrationRule, counts: Counts, is_met: bool, knows_allowance: bool) -> bool:
    if rule.allow is None or not knows_allowance:
        return is_met != (counts.failing == 0)
    if counts.failing == rule.allow.at_most * counts.tested:
        return False  # right at the bound, where Great Expectations compares fractions that are not exact
    return is_met != _is_within(rule, counts)


def _told(rule: RegistrationRule, counts: Counts, as_of: date) -> str:
    words = f"{counts.failing:,} of {counts.tested:,} tested rows break it"
    if rule.allow is not None:
        words += f" ({counts.failing_share:.2%}; allowed {rule.allow.at_most:.2%})"
    if rule.severity == "blocking" and not blocks_now(rule, as_of):
        words += f"; blocks from {rule.blocks_from}"
    return words
