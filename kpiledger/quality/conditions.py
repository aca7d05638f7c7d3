"""What each kind of check tests and when a row holds, as SQL trees: which rows are asked, and the answer.

A condition that comes out neither true nor false (a null, a text that is no time) does not hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from kpiledger.errors import WrongUse
from kpiledger.specs.checks import Between, ExistsIn, Matches, NoRows, OneOf, RegisteredWithin

Tree = Any  # sqlglot is not followed by the type checker

TESTED, KNOWN, REPEATED, BROKEN = "tested", "known", "repeated", "broken"
# Whole seconds between two times: exact at the bound, where differences of fractional days are not.
_SECONDS_BETWEEN = {
    "sqlite": "cast(strftime('%s', {to}) as integer) - cast(strftime('%s', {start}) as integer)",
    "postgres": "extract(epoch from cast({to} as timestamp)) - extract(epoch from cast({start} as timestamp))",
    "duckdb": "epoch(cast({to} as timestamp)) - epoch(cast({start} as timestamp))",
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


def one_of(check: OneOf, dialect: str) -> Condition:
    """The codes allowed; null is not tested."""
    codes = [exp.Literal.string(value) for value in check.values]
    return Condition(filled([check.column]), exp.In(this=col(check.column), expressions=codes))


def filled_in(columns: tuple[str, ...], dialect: str) -> Condition:
    """Every column holds something other than blanks."""
    full = [
        exp.and_(_not_null(name), exp.NEQ(this=exp.Trim(this=_text(name)), expression=exp.Literal.string("")))
        for name in columns
    ]
    return Condition(exp.true(), exp.and_(*full))


def unique(columns: tuple[str, ...], dialect: str) -> Condition:
    """No other tested row has the same values; rows with a null among them are not tested."""
    repeated = exp.select(*map(col, columns)).from_(TESTED).group_by(*map(col, columns)).having("count(*) > 1")
    return Condition(filled(columns), exp.not_(_member(REPEATED, columns)), ((REPEATED, repeated),))


def exists_in(check: ExistsIn, dialect: str) -> Condition:
    """The value is a key of the other relation, which the caller provides as `known`."""
    asked = exp.true() if check.missing == "not_allowed" else filled([check.column])
    known = exp.select(col(check.key)).from_(KNOWN)
    return Condition(asked, exp.In(this=col(check.column), query=exp.Subquery(this=known)))


def registered_within(check: RegisteredWithin, dialect: str) -> Condition:
    """Registered at most so long after it happened; a row without time of registration does not hold."""
    if dialect not in _SECONDS_BETWEEN:
        raise WrongUse(f"registered_within is not written for {dialect}", "use no_rows with your own SQL")
    names = {"start": quoted(check.start, dialect), "to": quoted(check.to, dialect)}
    apart = sqlglot.parse_one(_SECONDS_BETWEEN[dialect].format(**names), read=dialect)
    return Condition(filled([check.start]), exp.LTE(this=exp.paren(apart), expression=_seconds(check.max)))


def between(check: Between, dialect: str) -> Condition:
    """Both ends are inclusive; null is not tested."""
    ends = []
    if check.at_least is not None:
        ends.append(exp.GTE(this=col(check.column), expression=_number(check.at_least)))
    if check.at_most is not None:
        ends.append(exp.LTE(this=col(check.column), expression=_number(check.at_most)))
    return Condition(filled([check.column]), exp.and_(*ends))


def matches(check: Matches, dialect: str) -> Condition:
    """The whole text matches; null is not tested."""
    pattern = exp.Literal.string(whole_match(check.pattern))
    return Condition(filled([check.column]), exp.RegexpLike(this=_text(check.column), expression=pattern))


def no_rows(check: NoRows, key: tuple[str, ...]) -> Condition:
    """The key is not among those that the user's own query gives."""
    return Condition(exp.true(), exp.not_(_member(BROKEN, key)), ((BROKEN, _query(check.sql)),))


CONDITIONS: dict[str, Callable[[Any, str], Condition]] = {
    "one_of": one_of,
    "filled_in": filled_in,
    "unique": unique,
    "exists_in": exists_in,
    "registered_within": registered_within,
    "between": between,
    "matches": matches,
}


def whole_match(pattern: str) -> str:
    """A regular expression that must match the whole text, in Python, SQLite and PostgreSQL alike."""
    return rf"\A(?:{pattern})\Z"


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


def _text(name: str) -> Tree:
    return exp.cast(col(name), "text")


def _member(relation: str, columns: tuple[str, ...]) -> Tree:
    """Whether the row's values stand in a list; a list is read once, where `exists` would be asked per row."""
    listed = exp.select(*map(col, columns)).from_(relation).where(filled(columns))
    own = col(columns[0]) if len(columns) == 1 else exp.Tuple(expressions=[col(name) for name in columns])
    found = exp.In(this=own, query=exp.Subquery(this=listed))
    return exp.Coalesce(this=found, expressions=[exp.false()])


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
