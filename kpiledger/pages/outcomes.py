"""How the outcome of a check is said on a page: its word, and which comes first."""

from __future__ import annotations

from decimal import Decimal

from kpiledger.pages.formatting import Number, NumberStyle, figure
from kpiledger.vocabulary import Outcome, Unit

WORST_FIRST = (
    Outcome.FAILED,
    Outcome.COULD_NOT_RUN,
    Outcome.WARNED,
    Outcome.WAIVED,
    Outcome.NOTHING_TO_CHECK,
    Outcome.PASSED,
)
# What a controller has to look at; the others are listed and need nothing.
ATTENTION = WORST_FIRST[:4]
OUTCOME_WORDS = {
    Outcome.PASSED: "Passed",
    Outcome.WARNED: "Warned",
    Outcome.FAILED: "Failed",
    Outcome.COULD_NOT_RUN: "Could not run",
    Outcome.NOTHING_TO_CHECK: "Nothing to check",
    Outcome.WAIVED: "Waived",
}
_COUNT = NumberStyle(Unit.COUNT)


def counted(count: int | None) -> Number:
    """A number of rows."""
    return figure(None if count is None else Decimal(count), _COUNT)


def outcomes_of(outcomes: list[Outcome]) -> tuple[tuple[str, Outcome, int], ...]:
    """How often each outcome is among some, worst first, with its word."""
    return tuple((OUTCOME_WORDS[one], one, outcomes.count(one)) for one in WORST_FIRST if one in outcomes)
