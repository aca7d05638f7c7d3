"""The tree that a text of SQL means, by sqlglot alone: what an author wrote and what was compiled can be held together.

Brackets that change nothing, the order of writing within `and` and `or`, letter case, and the guards that
the compiler sets around the two sides of a quotient and around what is rounded are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import sqlglot
from sqlglot import exp

Shape = tuple[Any, ...]


def intended(text: str) -> Shape:
    """The shape of the one expression that an author wrote."""
    return shape(sqlglot.parse_one(text, read="duckdb"))


def shape(node: exp.Expression) -> Shape:
    """A tree as nested tuples: equal where two trees mean the same."""
    node = node.unnest()
    if isinstance(node, exp.Connector):
        return (type(node).__name__, frozenset(_joined(node, type(node))))
    if isinstance(node, exp.Column):
        return ("Column", *(part.name.lower() for part in node.parts))
    if isinstance(node, exp.Literal):
        return ("text", node.name) if node.is_string else ("number", Decimal(node.name))
    if isinstance(node, exp.Div):
        return ("Div", shape(_inside(node.this, exp.Cast)), shape(_inside(node.expression, exp.Nullif)))
    if isinstance(node, exp.Round):
        return ("Round", shape(_inside(node.this, exp.Cast)), _part(node.args.get("decimals")))
    if isinstance(node, exp.Cast):  # sqlglot reads that of Spark as one that tries
        return ("Cast", shape(node.this), shape(node.to))
    if isinstance(node, exp.Trim):
        return ("Trim", shape(node.this), _part(node.expression) if node.expression else ("text", " "))
    if isinstance(node, exp.Is) and node.args.get("negate"):  # as sqlglot reads PostgreSQL's `is not`
        return ("Not", ("Is", shape(node.expression), shape(node.this)))
    return (type(node).__name__, *(_part(value) for _, value in sorted(node.args.items()) if value not in (None, [])))


def _inside(node: exp.Expression, guard: type[exp.Expression]) -> exp.Expression:
    """What a guard of the compiler stands around: quotients are doubles, never by zero, and rounded as decimals."""
    node = node.unnest()
    return node.this if isinstance(node, guard) else node


def _part(value: Any) -> Any:
    if isinstance(value, exp.Expression):
        return shape(value)
    return tuple(_part(one) for one in value) if isinstance(value, list) else value


def _joined(node: exp.Expression, kind: type[exp.Expression]) -> Iterator[Shape]:
    for side in (node.this, node.expression):
        side = side.unnest()
        if isinstance(side, kind):
            yield from _joined(side, kind)
        else:
            yield shape(side)
