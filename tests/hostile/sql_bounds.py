"""What compiled SQL may hold at most: one select over known models, of known functions, and no other templating."""

from __future__ import annotations

import re
from collections.abc import Collection

import sqlglot
from sqlglot import exp

_REF = re.compile(
    r"\{\{ (?:ref|source)\('([a-z][a-z0-9_]*)'(?:, '([a-z][a-z0-9_]*)')?\)(?:\.include\(database=false\))? \}\}"
)
_TEMPLATING = re.compile(r"\{[{%#]|[%#}]\}")

# What the terms of an expression become.
_LEAVES = (exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.DataType, exp.DataTypeParam)
_SIGNS = (
    exp.Neg, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.DPipe, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE,
    exp.And, exp.Or, exp.Not, exp.In, exp.Between, exp.Is, exp.Like,
)  # fmt: skip
_CALLS = (
    exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Abs, exp.Round, exp.Floor, exp.Ceil, exp.Greatest, exp.Least,
    exp.Lower, exp.Upper, exp.Trim, exp.Length, exp.Substring, exp.Extract, exp.Var, exp.Cast,
)  # fmt: skip
OF_EXPRESSIONS = (*_LEAVES, *_SIGNS, *_CALLS)
_TYPES = {"DATE", "DECIMAL", "DOUBLE"}

# What the compiler itself calls beside that.
_OWN_CALLS = (
    exp.Sum, exp.Count, exp.Min, exp.Max, exp.Avg, exp.Distinct, exp.Star, exp.PercentileCont, exp.WithinGroup,
    exp.Filter, exp.Window, exp.Lead, exp.Lag, exp.RowNumber, exp.DateTrunc, exp.TimestampTrunc, exp.AtTimeZone,
    exp.Interval, exp.Concat, exp.Pad, exp.Year, exp.Quarter, exp.Month, exp.Week, exp.GenerateSeries,
    exp.LastDay, exp.Unnest, exp.Explode, exp.ExplodingGenerateSeries,
)  # fmt: skip
_OWN_NAMED = {"generate_series", "lpad", "range", "quantile_cont", "percentile_cont"}
_REFUSED = (exp.Command, exp.DDL, exp.DML, exp.Into, exp.Lock, exp.Copy, exp.Set, exp.Attach, exp.Pragma, exp.Parameter)


def expression_problem(sql: str, dialect: str, columns: Collection[str]) -> str | None:
    """What stands in a rendered expression that may not; None where nothing does."""
    if _TEMPLATING.search(sql) or "--" in _outside_texts(sql) or "/*" in _outside_texts(sql):
        return "templating or a comment"
    trees = sqlglot.parse(sql, read=dialect)
    if len(trees) != 1 or trees[0] is None:
        return "not one expression"
    for node in trees[0].walk():
        if not isinstance(node, OF_EXPRESSIONS):
            return f"a {type(node).__name__}"
        if isinstance(node, exp.Column) and (len(node.parts) > 1 or node.name not in columns):
            return f"the column {node.sql()}"
        if isinstance(node, exp.Identifier) and node.quoted:
            return f"the quoted name {node.name}"
        if isinstance(node, exp.DataType) and node.this.value not in _TYPES:
            return f"the type {node.this.value}"
    return None


def model_problem(sql: str, models: Collection[str]) -> str | None:
    """What stands in a compiled model that may not; None where nothing does."""
    named = [found.group(2) or found.group(1) for found in _REF.finditer(sql)]
    if not set(named) <= set(models):
        return f"the models {sorted(set(named) - set(models))}"
    plain = without_templating(sql)
    if _TEMPLATING.search(plain):
        return f"templating: {_TEMPLATING.search(plain)}"
    trees = sqlglot.parse(plain, read="duckdb")
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        return "not one select"
    tree = trees[0]
    relations = {*named, *(cte.alias for cte in tree.find_all(exp.CTE))}
    for node in tree.walk():
        if isinstance(node, _REFUSED):
            return f"a {type(node).__name__}"
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier) and node.name not in relations:
            return f"the relation {node.name}"
        if isinstance(node, exp.Anonymous) and node.name.lower() not in _OWN_NAMED:
            return f"the function {node.name}"
        if isinstance(node, exp.Func) and not isinstance(node, (*OF_EXPRESSIONS, *_OWN_CALLS, exp.Anonymous)):
            return f"the function {type(node).__name__}"
    return None


def without_templating(sql: str) -> str:
    """A compiled model with each `ref` and `source` as the plain name of what it stands for."""
    return _REF.sub(lambda found: found.group(2) or found.group(1), sql)


def _outside_texts(sql: str) -> str:
    return re.sub(r"'(?:[^'\\]|''|\\.)*'", "", sql)
