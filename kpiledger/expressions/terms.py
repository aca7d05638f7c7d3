"""The few kinds of terms that an accepted expression is made of; nothing else a user wrote reaches SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Op(StrEnum):
    """What a term does with its parts; the value is its SQL word or sign."""

    COLUMN = "column"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    BOOLEAN = "boolean"
    NULL = "null"

    NEG = "-x"
    ADD = "+"
    SUB = "-"
    MUL = "*"
    DIV = "/"
    CONCAT = "||"

    EQ = "="
    NE = "<>"
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    LIKE = "like"
    IN = "in"
    BETWEEN = "between"
    IS_NULL = "is null"
    IS_TRUE = "is true"
    IS_FALSE = "is false"

    NOT = "not"
    AND = "and"
    OR = "or"

    CASE = "case"
    SWITCH = "case x"
    COALESCE = "coalesce"
    NULLIF = "nullif"
    GREATEST = "greatest"
    LEAST = "least"
    ABS = "abs"
    ROUND = "round"
    FLOOR = "floor"
    CEIL = "ceil"
    LOWER = "lower"
    UPPER = "upper"
    TRIM = "trim"
    LENGTH = "length"
    SUBSTRING = "substring"
    EXTRACT = "extract"
    TO_DATE = "cast as date"
    TO_DECIMAL = "cast as decimal"


@dataclass(frozen=True, slots=True)
class Term:
    """An operation on parts; `text` is the name, figure, text or part of a date that the operation speaks of.

    Parts of CASE are condition, value, condition, value and so on, with a last odd one for `else`; SWITCH has
    its subject before them. IN has the tested term before the members.
    """

    op: Op
    parts: tuple[Term, ...] = ()
    text: str = ""
    depth: int = field(init=False, compare=False)
    size: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "depth", 1 + max((part.depth for part in self.parts), default=0))
        object.__setattr__(self, "size", 1 + sum(part.size for part in self.parts))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads, each once, in order of the text."""
        if self.op is Op.COLUMN:
            return (self.text,)
        return tuple(dict.fromkeys(name for part in self.parts for name in part.columns))


LITERALS = frozenset({Op.NUMBER, Op.TEXT, Op.DATE, Op.BOOLEAN})
NULL = Term(Op.NULL)
