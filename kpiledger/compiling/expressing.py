"""Expressions of users within compiled SQL: a column's aggregate, and a formula over the names of its inputs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import sqlglot
from sqlglot import exp

from kpiledger.compiling.columns import Column
from kpiledger.compiling.dialects import Dialect, percentile
from kpiledger.expressions import render
from kpiledger.vocabulary import Aggregation

_NAME = re.compile("[a-z_][a-z0-9_]*")


def condition_of(column: Column, dialect: Dialect) -> str:
    """The conditions under which a row counts for a column; empty where all do."""
    parts = [render(text, dialect) for text in column.where]
    if column.converted:
        parts.append(f"{conversion_flag(column)} is not null")
    return " and ".join(f"({part})" for part in parts) if len(parts) > 1 else "".join(parts)


def conversion_flag(column: Column) -> str:
    """The column of a fact's rows that is null but where the row, a base event, was converted."""
    return f"{column.name.removesuffix('s')}"


def aggregate(column: Column, dialect: Dialect) -> str:
    """A column computed on the rows of its fact."""
    return aggregated(column, condition_of(column, dialect), dialect)


def counted_value(column: Column, dialect: Dialect) -> str:
    """The expression whose different values a distinct count counts."""
    return render(column.expr or "", dialect)


def aggregated(column: Column, condition: str, dialect: Dialect, value: str | None = None) -> str:
    """A column computed on rows where a condition holds, all of them where it is empty; `value` in place of its own."""
    expression = value or (render(column.expr, dialect) if column.expr else None)
    if condition and _filters(column, dialect):
        return f"{_called(column, expression or '*', dialect)} filter (where {condition})"
    chosen = f"case when {condition} then {expression or 1} end" if condition else expression or "*"
    return _called(column, chosen, dialect)


def _filters(column: Column, dialect: Dialect) -> bool:
    """Whether FILTER is the faster form: always on PostgreSQL, elsewhere for what does not add up only."""
    return dialect is Dialect.POSTGRES or column.agg in (Aggregation.COUNT_DISTINCT, Aggregation.PERCENTILE)


def _called(column: Column, argument: str, dialect: Dialect) -> str:
    match column.agg:
        case Aggregation.COUNT_DISTINCT:
            return f"count(distinct {argument})"
        case Aggregation.PERCENTILE:
            return percentile(column.fraction or 0, argument, dialect)
        case Aggregation.LAST:
            return f"sum({argument})"
    return f"{column.agg}({argument})"


def reads(column: Column) -> tuple[str, ...]:
    """The columns of the fact that a column's expressions read."""
    texts = [*column.where, *([column.expr] if column.expr else [])]
    return tuple(dict.fromkeys(name for text in texts for name in _names(text)))


def reads_value(column: Column) -> tuple[str, ...]:
    """The columns of the fact that a column aggregates."""
    return tuple(dict.fromkeys(_names(column.expr))) if column.expr else ()


def multiplies(text: str) -> bool:
    """Whether an expression multiplies two of its names, so that a decimal may run out of places."""
    products = _parsed(text, Dialect.DUCKDB).find_all(exp.Mul)
    return any(side.this.find(exp.Column) and side.expression.find(exp.Column) for side in products)


def substitute(text: str, texts: Mapping[str, str], dialect: Dialect) -> str:
    """A user's expression with SQL in the place of its names."""
    return _replaced(render(text, dialect), texts, dialect)


def with_names(sql: str, names: Mapping[str, str], dialect: Dialect) -> str:
    """Our own SQL with other names in the place of some."""
    return _replaced(sql, names, dialect)


def _replaced(sql: str, texts: Mapping[str, str], dialect: Dialect) -> str:
    if sql in texts:
        return texts[sql]
    tree = _parsed(sql, dialect)
    if not any(column.name in texts for column in tree.find_all(exp.Column)):
        return _text(tree, dialect)

    def chosen(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Column) or node.name not in texts:
            return node
        return _named(texts[node.name], dialect)

    return _text(tree.transform(chosen), dialect)


def _named(sql: str, dialect: Dialect) -> exp.Expr:
    """The tree that stands in the place of a name; most are names themselves, which need no parser."""
    parts = sql.split(".")
    if len(parts) <= 2 and all(_NAME.fullmatch(part) for part in parts):
        return exp.column(parts[-1], *parts[:-1])
    tree = _parsed(sql, dialect).copy()
    return tree if isinstance(tree, (exp.Column, exp.Func)) else exp.Paren(this=tree)


def _text(tree: exp.Expr, dialect: Dialect) -> str:
    return lowered(tree.sql(dialect=dialect.value, normalize_functions="lower", comments=False))


def lowered(sql: str) -> str:
    """SQL in lower case but for its texts."""
    parts = sql.split("'")
    return "'".join(part if index % 2 else part.lower() for index, part in enumerate(parts))


def _names(text: str) -> list[str]:
    return [column.name for column in _parsed(text, Dialect.DUCKDB).find_all(exp.Column, bfs=False)]


@lru_cache(maxsize=4096)
def _parsed(sql: str, dialect: Dialect) -> exp.Expr:
    return sqlglot.parse_one(sql, read=dialect.value)
