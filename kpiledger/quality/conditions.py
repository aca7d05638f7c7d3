"""What each kind of check tests and when a row holds, as SQL trees: which rows are asked, and the answer.

A condition that comes out neither true nor false (a null, a text that is no time) does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from kpiledger.errors import WrongUse
from kpiledger.specs.checks import Between, ExistsIn, Matches, NoRows, OneOf, RegisteredWithin

Columns = Mapping[str, bool]  # the columns of a table, each with whether it holds text
Tree = Any  # sqlglot is not followed by the type checker

TESTED, KNOWN, REPEATED, BROKEN = "tested", "known", "repeated", "broken"
ROW_COUNT = "row_count"
# Whole seconds between two times: exact at the bound, where differences of fractional days are not.
_SECONDS_BETWEEN = {
    "sqlite": "cast(strftime('%s', {to}) as integer) - cast(strftime('%s', {start}) as integer)",
    "postgres": "extract(epoch from cast({to} as timestamp)) - extract(epoch from cast({start} as timestamp))",
    "duckdb": "epoch(try_cast({to} as timestamp)) - epoch(try_cast({start} as timestamp))",
    "mysql": "timestampdiff(second, {start}, {to})",
}
# What can be compared as a figure, else null: no text that is none, nothing infinite, nothing that is "no number".
_NUMBER_TEXT = "^[[:space:]]*[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?[[:space:]]*$"
_FIGURE = {
    "sqlite": (
        "case when typeof({column}) in ('integer', 'real') and abs({column}) < 9e999 then {column} "
        "when typeof({column}) = 'text' and {column} regexp '"
        r"^\s*[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?\s*$"
        "' then cast({column} as numeric) end"
    ),
    "postgres": (
        "case when cast({column} as double precision) > '-infinity' "
        "and cast({column} as double precision) < 'infinity' then {column} end"
    ),
    "duckdb": "case when isfinite(try_cast({column} as double)) then try_cast({column} as double) end",
    "mysql": f"case when regexp_instr(cast({{column}} as char), '{_NUMBER_TEXT}') > 0 then {{column}} + 0 end",
}
# What people and programs leave behind where nothing was entered: every blank that Unicode knows, not only the space.
_BLANKS = " \t\n\r\v\f\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200C)))
# A server may keep its texts in an encoding that lacks them, so they go over as escapes where there are such.
_FULL_PATTERN = {
    "postgres": r"[^\s\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]",
    "mysql": r"[^[:space:]\x{00a0}\x{1680}\x{2000}-\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]",
}
_CHANGES = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Command, exp.Into)


@dataclass(frozen=True, slots=True)
class Condition:
    """`asked` picks the rows that are tested, `holds` is true for a good one.

    `lists` are further relations that `holds` reads, by name.
    """

    asked: Tree
    holds: Tree
    lists: tuple[tuple[str, Tree], ...] = ()


def one_of(check: OneOf, dialect: str, columns: Columns) -> Condition:
    """The codes allowed; null is not tested."""
    codes = [exp.Literal.string(value) for value in check.values]
    # MySQL takes A for a, and a trailing blank for none, unless it compares bytes.
    value = exp.cast(col(check.column), "binary") if dialect == "mysql" else col(check.column)
    return Condition(filled([check.column]), exp.In(this=value, expressions=codes))


def filled_in(names: tuple[str, ...], dialect: str, columns: Columns) -> Condition:
    """Every column holds something other than blanks."""
    full = [
        exp.and_(_not_null(name), _full(name, dialect)) if _may_hold_text(name, dialect, columns) else _not_null(name)
        for name in names
    ]
    return Condition(exp.true(), exp.and_(*full))


def unique(names: tuple[str, ...], dialect: str, columns: Columns) -> Condition:
    """No other tested row has the same values; rows with a null among them are not tested."""
    counted = exp.alias_(exp.Count(this=exp.Star()), ROW_COUNT)
    repeated = exp.select(*map(col, names), counted).from_(TESTED).group_by(*map(col, names)).having("count(*) > 1")
    return Condition(filled(names), exp.not_(_member(REPEATED, names)), ((REPEATED, repeated),))


def exists_in(check: ExistsIn, dialect: str, columns: Columns) -> Condition:
    """The value is a key of the other relation, which the caller provides as `known`."""
    asked = exp.true() if check.missing == "not_allowed" else filled([check.column])
    known = exp.select(col(check.key)).from_(KNOWN)
    return Condition(asked, exp.In(this=col(check.column), query=exp.Subquery(this=known)))


def registered_within(check: RegisteredWithin, dialect: str, columns: Columns) -> Condition:
    """Registered at most so long after it happened; a row without time of registration does not hold."""
    names = {"start": quoted(check.start, dialect), "to": quoted(check.to, dialect)}
    apart = _written("registered_within", _SECONDS_BETWEEN, dialect, names)
    return Condition(filled([check.start]), exp.LTE(this=exp.paren(apart), expression=_seconds(check.max)))


def between(check: Between, dialect: str, columns: Columns) -> Condition:
    """Both ends are inclusive; null is not tested."""
    figure = col(check.column)
    # What is no figure, or no finite one, lies beyond one of two ends; with one end open it must be looked for.
    if _may_hold_text(check.column, dialect, columns) or check.at_least is None or check.at_most is None:
        figure = _written("between", _FIGURE, dialect, {"column": quoted(check.column, dialect)})
    ends = []
    if check.at_least is not None:
        ends.append(exp.GTE(this=figure.copy(), expression=_number(check.at_least)))
    if check.at_most is not None:
        ends.append(exp.LTE(this=figure.copy(), expression=_number(check.at_most)))
    return Condition(filled([check.column]), exp.and_(*ends))


def matches(check: Matches, dialect: str, columns: Columns) -> Condition:
    """The whole text matches; null is not tested."""
    pattern = whole_match(check.pattern, dialect)
    return Condition(filled([check.column]), _is_like(_text(check.column), pattern, dialect))


def no_rows(check: NoRows, key: tuple[str, ...]) -> Condition:
    """The key is not among those that the user's own query gives."""
    return Condition(exp.true(), exp.not_(_member(BROKEN, key)), ((BROKEN, _query(check.sql)),))


CONDITIONS: dict[str, Callable[[Any, str, Columns], Condition]] = {
    "one_of": one_of,
    "filled_in": filled_in,
    "unique": unique,
    "exists_in": exists_in,
    "registered_within": registered_within,
    "between": between,
    "matches": matches,
}


def whole_match(pattern: str, dialect: str) -> str:
    """A regular expression that must match the whole text, as a dialect writes its ends."""
    if dialect == "mysql":
        return rf"(?-i)\A(?:{pattern})\z"
    return pattern if dialect == "duckdb" else rf"\A(?:{pattern})\Z"


def col(name: str) -> Tree:
    """A column by its name, quoted."""
    return exp.column(name, quoted=True)


def quoted(name: str, dialect: str) -> str:
    """A column's name, quoted for a dialect."""
    return str(col(name).sql(dialect=dialect))


def filled(columns: tuple[str, ...] | list[str]) -> Tree:
    """None of the columns is null."""
    return exp.and_(*[_not_null(name) for name in columns])


def _not_null(name: str) -> Tree:
    return exp.not_(exp.Is(this=col(name), expression=exp.null()))


def _may_hold_text(name: str, dialect: str, columns: Columns) -> bool:
    """Whether a text may stand in a column: SQLite keeps any value anywhere, and a parent's type is not known."""
    return dialect == "sqlite" or columns.get(name, True)


def _full(name: str, dialect: str) -> Tree:
    """Something other than blanks."""
    if dialect in _FULL_PATTERN:
        return _is_like(_text(name), _FULL_PATTERN[dialect], dialect)
    trimmed = exp.Trim(this=_text(name), expression=exp.Literal.string(_BLANKS))
    full = exp.NEQ(this=trimmed, expression=exp.Literal.string(""))
    if dialect != "duckdb":
        return full
    # DuckDB trims odd blanks slowly; a text that begins with a plain sign needs no look at the rest.
    plain = exp.and_(
        exp.GTE(this=_text(name), expression=exp.Literal.string("!")),
        exp.LTE(this=_text(name), expression=exp.Literal.string("~")),
    )
    return exp.Case(ifs=[exp.If(this=plain, true=exp.true())], default=full)


def _is_like(text: Tree, pattern: str, dialect: str) -> Tree:
    """Whether a text matches somewhere; MySQL and MariaDB share only a function that says where."""
    written = exp.Literal.string(pattern)
    if dialect == "duckdb":  # which looks for a whole match many times faster than for one between two ends
        return exp.Anonymous(this="regexp_full_match", expressions=[text, written])
    if dialect == "mysql":
        return exp.GT(this=exp.func("regexp_instr", text, written), expression=exp.Literal.number(0))
    return exp.RegexpLike(this=text, expression=written)


def _text(name: str) -> Tree:
    return exp.cast(col(name), "text")


def _member(relation: str, columns: tuple[str, ...]) -> Tree:
    """Whether the row's values stand in a list; a list is read once, where `exists` would be asked per row."""
    listed = exp.select(*map(col, columns)).from_(relation).where(filled(columns))
    own = col(columns[0]) if len(columns) == 1 else exp.Tuple(expressions=[col(name) for name in columns])
    found = exp.In(this=own, query=exp.Subquery(this=listed))
    return exp.Coalesce(this=found, expressions=[exp.false()])


def _written(kind: str, forms: Mapping[str, str], dialect: str, names: Mapping[str, str]) -> Tree:
    """What a dialect has words of its own for."""
    if dialect not in forms:
        raise WrongUse(f"{kind} is not written for {dialect}", "use no_rows with your own SQL")
    return sqlglot.parse_one(forms[dialect].format(**names), read=dialect)


def _seconds(duration: timedelta) -> Tree:
    return exp.Literal.number(int(duration.total_seconds()))


def _number(value: Decimal) -> Tree:
    return exp.Literal.number(format(value, "f")) if value >= 0 else exp.Neg(this=_number(-value))


def _query(text: str) -> Tree:
    try:
        trees = sqlglot.parse(text, read="duckdb")
    except SqlglotError as problem:
        raise WrongUse(f"no_rows cannot be read as SQL: {text!r}", "write one select") from problem
    if len(trees) != 1 or not isinstance(trees[0], exp.Query) or any(trees[0].find_all(*_CHANGES)):
        raise WrongUse(f"no_rows may only read, found {text!r}", "write one select that gives the keys")
    return trees[0]
