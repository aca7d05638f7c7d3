"""Why a text is not accepted as an expression."""

from __future__ import annotations

from dataclasses import dataclass

REFUSED = "KPI040"
KINDS = "KPI100"
CONDITION = "KPI101"
AGGREGATED = "KPI102"
UNUSED_INPUT = "KPI103"
FIGURE = "KPI104"
ANOTHER_ANSWER = "KPI105"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text is not accepted as an expression, what would be, and the code of the rule that says so."""

    message: str
    hint: str
    rule: str = REFUSED


class NotAccepted(ValueError):
    """Reading an expression stopped at a problem; only a text that was never checked lets it out of this package."""

    def __init__(self, message: str, hint: str, rule: str = REFUSED) -> None:
        super().__init__(message)
        self.problem = Problem(message, hint, rule)
