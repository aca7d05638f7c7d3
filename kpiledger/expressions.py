"""What a user may write where a spec asks for an SQL expression, and its rendering for a dialect.

The text is parsed into a tree; every node must be of an allowed kind and every column must be declared;
only the tree, written anew, reaches SQL. Nothing else a user wrote does.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

DEFAULT_DIALECT = "duckdb"
_MAX_LENGTH = 2000  # a definition longer than this belongs in a mart, where it can be tested
_TEMPLATING = re.compile(r"\{[{%#]|[%#}]\}")  # dbt would read these as Jinja, even within a text
_TEXTS = re.compile(r"('(?:[^']|'')*')")

_ALLOWED: tuple[type[exp.Expr], ...] = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Neg,
    exp.Add, exp.Sub, exp.Mul, exp.Div,
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE,
    exp.And, exp.Or, exp.Not, exp.In, exp.Between, exp.Is, exp.Like,
    exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Abs, exp.Round, exp.Lower, exp.Upper, exp.Trim,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text is not accepted as an expression, and what would be."""

    message: str
    hint: str


def check_expression(text: str, columns: Collection[str]) -> list[Problem]:
    """What is wrong with an expression over the declared columns; an empty list means it is accepted."""
    if len(text) > _MAX_LENGTH:
        return [Problem(f"the expression has {len(text)} characters", f"keep it under {_MAX_LENGTH}")]
    try:
        tree = _parsed(text)
    except SqlglotError:
        return [
            Problem(
                f"{text!r} cannot be read as an SQL expression",
                "write it over the fact's columns, as `amount * 2`",
            )
        ]
    refused = next((node for node in tree.walk() if not isinstance(node, _ALLOWED)), None)
    if refused is not None:
        return [_refused(refused)]
    problems = [_templating(node) for node in tree.find_all(exp.Literal) if _TEMPLATING.search(node.name)]
    problems += [_unknown(node, columns) for node in tree.find_all(exp.Column) if not _is_declared(node, columns)]
    return list(dict.fromkeys(problems))


def columns_in(text: str) -> list[str]:
    """The columns an accepted expression reads, each once, in order of the text."""
    return list(dict.fromkeys(column.name for column in _parsed(text).find_all(exp.Column, bfs=False)))


def render(text: str, dialect: str = DEFAULT_DIALECT) -> str:
    """An accepted expression in the SQL of a dialect, in lower case and one line."""
    sql = _parsed(text).sql(dialect=dialect, normalize_functions="lower", comments=False)
    return "".join(part if part.startswith("'") else part.lower() for part in _TEXTS.split(sql))


@lru_cache(maxsize=4096)
def _parsed(text: str) -> exp.Expr:
    trees = sqlglot.parse(text, read=DEFAULT_DIALECT)
    if len(trees) != 1 or trees[0] is None:
        raise SqlglotError("not exactly one expression")
    return trees[0]


def _is_declared(column: exp.Column, columns: Collection[str]) -> bool:
    return len(column.parts) == 1 and not column.this.quoted and column.name in columns


def _unknown(column: exp.Column, columns: Collection[str]) -> Problem:
    written = column.sql(dialect=DEFAULT_DIALECT)
    near = difflib.get_close_matches(column.name, sorted(columns), n=1)
    hint = f"did you mean {near[0]}?" if near else f"its columns are {', '.join(sorted(columns))}"
    return Problem(f"the model has no column {written}", hint)


def _templating(literal: exp.Literal) -> Problem:
    return Problem(f"the text {literal.name!r} holds template marks", "leave out {{, {% and {#")


def _refused(node: exp.Expr) -> Problem:
    return Problem(
        f"`{node.sql(dialect=DEFAULT_DIALECT)}` is not allowed in an expression",
        "use columns, figures, texts, arithmetic, comparisons, case, coalesce, nullif, abs, round, lower, upper, trim",
    )
