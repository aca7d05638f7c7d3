"""The SQL of a registration rule: one query for every offending row, one for the counts.

Both read the same chain: the table as it is seen (with its parent's columns), the rows tested, the rows failing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp

from kpiledger.errors import WrongUse
from kpiledger.expressions import check_condition, render
from kpiledger.quality.conditions import CONDITIONS, KNOWN, TESTED, Columns, Condition, col, no_rows
from kpiledger.quality.seen import (
    OPEN_TABLE,
    SEEN,
    Chain,
    Relation,
    named_table,
    relation_of,
    rendered,
    seen_chain,
    with_chain,
)
from kpiledger.specs.checks import RegistrationRule
from kpiledger.specs.expectation import CheckedTable

FAILING = "failing"
# Great Expectations reads a query as SQLAlchemy text, where a colon before a word names a parameter.
_PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")


@dataclass(frozen=True, slots=True)
class RuleQueries:
    """What is asked of the source for one rule.

    `offending` gives key columns, team and period of each failing row, `counts` one row: rows
    in the table, tested, failing; `unexpected` is `offending` as Great Expectations wants it.
    """

    offending: str
    counts: str
    unexpected: str


@dataclass(frozen=True, slots=True)
class RuleParts:
    """What makes up a rule's queries: which rows are tested, which of them hold, and the relations that this reads.

    `known` are relations over other tables, `lists` those over the tested rows or the user's own query.
    """

    asked: Any
    holds: Any
    known: Chain
    lists: tuple[tuple[str, Any], ...]


def rule_queries(
    table: CheckedTable,
    rule: RegistrationRule,
    columns: Columns,
    relations: Mapping[str, Relation],
    dialect: str,
) -> RuleQueries:
    """The SQL of a rule. `columns` are the table's own, each with whether it holds text; `relations` say where each
    model is read.
    """
    parts = rule_parts(table, rule, columns, relations, dialect)
    failing = exp.select("*").from_(TESTED).where(_not_true(parts.holds))
    chain = [
        *seen_chain(table, relations),
        *parts.known,
        (TESTED, exp.select("*").from_(SEEN).where(parts.asked)),
        *parts.lists,
        (FAILING, failing),
    ]
    offending = with_chain(exp.select(*_shown(table)).from_(FAILING).order_by(*map(col, table.key)), chain)
    counts = with_chain(
        exp.select(
            *[
                exp.alias_(exp.Subquery(this=exp.select("count(*)").from_(relation)), f"{relation}_count")
                for relation in (SEEN, TESTED, FAILING)
            ]
        ),
        chain,
    )
    return RuleQueries(
        offending=rendered(offending, table.table, dialect),
        counts=rendered(counts, table.table, dialect),
        unexpected=for_batch(rendered(offending, OPEN_TABLE, dialect), dialect),
    )


def rule_parts(
    table: CheckedTable,
    rule: RegistrationRule,
    columns: Columns,
    relations: Mapping[str, Relation],
    dialect: str,
) -> RuleParts:
    """The parts of a rule's queries; WrongUse where it names what the table does not have."""
    condition = _condition(table, rule, dialect, columns)
    known = _all_columns(table, columns)
    _require(known, _named(table, rule), table)
    asked = exp.and_(_where(rule.where, known), condition.asked)
    return RuleParts(asked, condition.holds, _known(rule, relations), condition.lists)


def _condition(table: CheckedTable, rule: RegistrationRule, dialect: str, columns: Columns) -> Condition:
    if rule.check.no_rows is not None:
        return no_rows(rule.check.no_rows, table.key)
    return CONDITIONS[rule.check.kind](getattr(rule.check, rule.check.kind), dialect, columns)


def _known(rule: RegistrationRule, relations: Mapping[str, Relation]) -> Chain:
    if rule.check.exists_in is None:
        return []
    check = rule.check.exists_in
    keys = exp.select(col(check.key)).distinct().from_(named_table(relation_of(check.model, relations).name))
    return [(KNOWN, keys.where(exp.not_(exp.Is(this=col(check.key), expression=exp.null()))))]


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
    problems = check_condition(text, columns)
    if problems:
        raise WrongUse(f"the condition {text!r} cannot be used: {problems[0].message}", problems[0].hint)
    return sqlglot.parse_one(render(text), read="duckdb")


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


def for_batch(sql: str, dialect: str) -> str:
    """A query over the open table as Great Expectations wants it: its own batch is read in place of the table."""
    escaped = _PARAMETER.sub(r"\\:\1", sql.replace("{", "{{").replace("}", "}}"))
    return escaped.replace(named_table(OPEN_TABLE).sql(dialect=dialect), "{batch}")
