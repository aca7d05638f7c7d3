"""The tokens of an expression that are still to be read, and what is said where they do not go on as expected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kpiledger.expressions.problem import NotAccepted
from kpiledger.expressions.terms import Op, Term
from kpiledger.expressions.tokens import Sort, Token

_NESTING_MAX = 30  # open brackets, cases and signs; the deepest expression in the demo has 3
_DEPTH_MAX = 60  # of the term: a sum of 60 columns


@dataclass(slots=True)
class Cursor:
    """A place in the tokens; `nesting` counts what is open there."""

    tokens: list[Token]
    place: int = 0
    nesting: int = 0

    @property
    def next(self) -> Token:
        """The token that comes next; at the end it is END, again and again."""
        return self.tokens[self.place]

    @property
    def value(self) -> str:
        """The word or sign that comes next; nothing for figures and texts, which are no part of the grammar."""
        return self.tokens[self.place].sign

    def take(self) -> Token:
        """Step over the next token."""
        token = self.next
        if token.sort is not Sort.END:
            self.place += 1
        return token

    def took(self, value: str) -> bool:
        """Step over a word or sign if it comes next."""
        if self.value != value:
            return False
        self.place += 1
        return True

    def need(self, value: str) -> None:
        """Step over a word or sign that must come next."""
        if not self.took(value):
            raise self.unexpected(f"`{value}`")

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Count what is open, so that no text can exhaust the stack."""
        self.nesting += 1
        if self.nesting > _NESTING_MAX:
            raise _too_deep(_NESTING_MAX)
        yield
        self.nesting -= 1

    def unexpected(self, wanted: str) -> NotAccepted:
        """The refusal of what comes next, where something else is wanted."""
        found = self.next
        name = found.written if len(found.written) <= 40 else f"{found.written[:39]}…"
        said = "the expression ends" if found.sort is Sort.END else f"`{name}` stands"
        hint = "write one expression over the columns, as amount * 2 or status = 'open'"
        return NotAccepted(f"{said} where {wanted} is expected", hint)


def made(op: Op, *parts: Term, text: str = "") -> Term:
    """A term, unless it lies too deep to be read by a person."""
    term = Term(op, parts, text)
    if term.depth > _DEPTH_MAX:
        raise _too_deep(_DEPTH_MAX)
    return term


def _too_deep(limit: int) -> NotAccepted:
    return NotAccepted(f"the expression is nested more than {limit} deep", "let the mart hold a part of it as a column")
