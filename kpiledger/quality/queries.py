"""The SQL of a registration rule: one query for every offending row, one for the counts.

Both read the same chain: the table as it is seen (with its parent's columns), the rows tested, the rows failing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp

from kpiledger.errors import BrokenWorld, WrongUse
from kpiledger.expressions import check_expression
from kpiledger.quality.conditions import CONDITIONS, KNOWN, TESTED, Condition, col, no_rows
from kpiledger.specs.expectation import CheckedTable, RegistrationRule

SEEN, PARENT, FAILING = "seen", "parent", "failing"
# Great Expectations reads a query as SQLAlchemy text, where a colon before a word names a parameter.
_PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")
_BATCH = "batch_of_the_check"  # stands for the table until Great Expectations names it


@dataclass(frozen=True, slots=True)
class Relation:
    """A table that can be read from inside a source's session, and its key column."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class RuleQueries:
    """What is asked of the source for one rule.

    `offending` gives key columns, team and period of each failing row, `counts` one row: rows
    in the table, tested, failing; `unexpected` is `offending` as Great Expectations wants it.
    """

    offending: str
    counts: str
    unexpected: str


def rule_queries(
    table: CheckedTable,
    rule: RegistrationRule,
    columns: Collection[str],
    relations: Mapping[str, Relation],
    dialect: str,
) -> RuleQueries:
    """The SQL of a rule. `columns` are the table's own, `relations` the readable table of each model."""
    condition = _condition(table, rule, dialect)
    known = _all_columns(table, columns)
    _require(known, _named(table, rule), table)
    where = _where(rule.where, known)
    failing = exp.select("*").from_(TESTED).where(_not_true(condition.holds))
    chain = [
        *_seen(table, relations),
        *_known(rule, relations),
        (TESTED, exp.select("*").from_(SEEN).where(where, condition.asked)),
        *condition.lists,
        (FAILING, failing),
    ]
    offending = _with(exp.select(*_shown(table)).from_(FAILING).order_by(*map(col, table.key)), chain)
    counts = _with(
        exp.select(
            *[
                exp.alias_(exp.Subquery(this=exp.select("count(*)").from_(relation)), f"{relation}_count")
                for relation in (SEEN, TESTED, FAILING)
            ]
        ),
        chain,
    )
    return RuleQueries(
        offending=_rendered(offending, table.table, dialect),
        counts=_rendered(counts, table.table, dialect),
        unexpected=_for_batch(_rendered(offending, _BATCH, dialect), dialect),
    )


def seen_query(
    table: CheckedTable, name: str, relations: Mapping[str, Relation], wanted: Sequence[str], dialect: str
) -> str:
    """The wanted columns of every row of a table, seen with its parent's columns.

    `name` is the table to read: the source's own, or the staging model made of it.
    """
    query = _with(exp.select(*map(col, wanted)).from_(SEEN), _seen(table, relations))
    return _rendered(query, name, dialect)


def relation_of(model: str, relations: Mapping[str, Relation]) -> Relation:
    """Where a model can be read; BrokenWorld when no source that answered gives it."""
    if model not in relations:
        raise BrokenWorld(
            f"the table behind {model} could not be read", "see whether its own source answers and describes it"
        )
    return relations[model]


def models_needed(table: CheckedTable) -> set[str]:
    """The models of other tables that a table's rules and reconciliation read."""
    named = {rule.check.exists_in.model for rule in table.rules if rule.check.exists_in}
    return named | ({table.parent.model} if table.parent else set())


def _condition(table: CheckedTable, rule: RegistrationRule, dialect: str) -> Condition:
    if rule.check.no_rows is not None:
        return no_rows(rule.check.no_rows, table.key)
    return CONDITIONS[rule.check.kind](getattr(rule.check, rule.check.kind), dialect)


def _seen(table: CheckedTable, relations: Mapping[str, Relation]) -> list[tuple[str, Any]]:
    if table.parent is None:
        return [(SEEN, exp.select("*").from_(_table(_BATCH)))]
    above = relation_of(table.parent.model, relations)
    # One row per key, whatever the source holds: a duplicate parent must not multiply its children.
    one_each = [exp.alias_(exp.Min(this=col(name)), name, quoted=True) for name in table.parent.columns]
    key = exp.alias_(col(above.key), "parent_key")
    parent = exp.select(key, *one_each).from_(_table(above.name)).group_by(col(above.key))
    same = exp.EQ(this=exp.column("parent_key", PARENT), expression=exp.column(table.parent.link, "own", quoted=True))
    borrowed = [exp.column(name, PARENT, quoted=True) for name in table.parent.columns]
    own = exp.select("own.*", *borrowed).from_(exp.alias_(_table(_BATCH), "own", table=True))
    return [(PARENT, parent), (SEEN, own.join(PARENT, on=same, join_type="left"))]


def _known(rule: RegistrationRule, relations: Mapping[str, Relation]) -> list[tuple[str, Any]]:
    if rule.check.exists_in is None:
        return []
    check = rule.check.exists_in
    keys = exp.select(col(check.key)).distinct().from_(_table(relation_of(check.model, relations).name))
    return [(KNOWN, keys.where(exp.not_(exp.Is(this=col(check.key), expression=exp.null()))))]


def _table(name: str) -> Any:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def _shown(table: CheckedTable) -> list[Any]:
    extra = [exp.alias_(col(name) if name else exp.null(), label) for name, label in _team_and_period(table)]
    keys = [exp.alias_(col(name), f"key_{place}") for place, name in enumerate(table.key)]
    return [*keys, *extra]


def _team_and_period(table: CheckedTable) -> tuple[tuple[str | None, str], ...]:
    return ((table.team, "team_of_row"), (table.period, "period_of_row"))


def _not_true(holds: Any) -> Any:
    return exp.EQ(
        this=exp.Case(ifs=[exp.If(this=holds, true=exp.Literal.number(0))], default=exp.Literal.number(1)),
        expression=exp.Literal.number(1),
    )


def _where(text: str | None, columns: Collection[str]) -> Any:
    if text is None:
        return exp.true()
    problems = check_expression(text, columns)
    if problems:
        raise WrongUse(f"the condition {text!r} cannot be used: {problems[0].message}", problems[0].hint)
    return sqlglot.parse_one(text, read="duckdb")


def _all_columns(table: CheckedTable, columns: Collection[str]) -> list[str]:
    return [*columns, *(table.parent.columns if table.parent else ())]


def _named(table: CheckedTable, rule: RegistrationRule) -> list[str]:
    """The columns that a check, the key, the team and the period name."""
    check = getattr(rule.check, rule.check.kind)
    if isinstance(check, tuple):
        named = list(check)
    else:
        named = [getattr(check, name) for name in ("column", "start", "to") if hasattr(check, name)]
    return [*named, *table.key, *(name for name, _ in _team_and_period(table) if name)]


def _require(columns: Collection[str], named: list[str], table: CheckedTable) -> None:
    for name in named:
        if name not in columns:
            raise WrongUse(
                f"the table {table.table} has no column {name}", f"its columns are {', '.join(sorted(columns))}"
            )


def _with(query: Any, chain: list[tuple[str, Any]]) -> Any:
    for name, relation in chain:
        query = query.with_(name, as_=relation)
    return query


def _rendered(query: Any, table: str, dialect: str) -> str:
    named = query.copy()
    for place in named.find_all(exp.Table):
        if place.name == _BATCH:
            place.set("this", exp.to_identifier(table, quoted=True))
    return str(named.sql(dialect=dialect, normalize_functions="lower", comments=False))


def _for_batch(sql: str, dialect: str) -> str:
    escaped = _PARAMETER.sub(r"\\:\1", sql.replace("{", "{{").replace("}", "}}"))
    return escaped.replace(_table(_BATCH).sql(dialect=dialect), "{batch}")
