"""Many rules of a table in one statement: how many rows each of them tests, and how many break it.

A statement a rule reads the table once for each; a fused one reads it once for all. Only counts are fused:
the offending rows are asked for rule by rule, and only where there are any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import exp

from kpiledger.quality.conditions import BROKEN, KNOWN, REPEATED, ROW_COUNT, TESTED, Columns, col
from kpiledger.quality.queries import RuleParts, for_batch, rule_parts
from kpiledger.quality.seen import OPEN_TABLE, SEEN, Chain, Relation, rendered, seen_chain, with_chain
from kpiledger.specs.checks import RegistrationRule
from kpiledger.specs.expectation import CheckedTable

# Wider statements cost more than two narrower ones: DuckDB's plans and the row stores' expressions grow.
WIDTH = 25
_OWN = (TESTED, KNOWN, REPEATED, BROKEN)


def fused_counts(
    table: CheckedTable,
    rules: Sequence[RegistrationRule],
    columns: Columns,
    relations: Mapping[str, Relation],
    dialect: str,
) -> str:
    """One row: the rows of the table, then tested and failing rows of each rule."""
    chain, counted = _counted(table, rules, columns, relations, dialect)
    sums = [exp.alias_(exp.Count(this=exp.Star()), "in_table"), *(one for pair in counted for one in pair)]
    return rendered(with_chain(exp.select(*sums).from_(SEEN), chain), table.table, dialect)


def grouped_counts(
    table: CheckedTable,
    rule: RegistrationRule,
    group: str,
    columns: Columns,
    relations: Mapping[str, Relation],
    dialect: str,
) -> str:
    """For each group its name, its rows, and how many of them a rule tests and finds broken."""
    chain, ((tested, failing),) = _counted(table, [rule], columns, relations, dialect, by_row=True)
    named = exp.alias_(col(group), "group_name")
    counted = exp.select(named, exp.alias_(exp.Count(this=exp.Star()), "in_group"), tested, failing)
    return rendered(with_chain(counted.from_(SEEN).group_by(col(group)), chain), table.table, dialect)


def fused_for_batch(
    table: CheckedTable,
    rules: Sequence[RegistrationRule],
    columns: Columns,
    relations: Mapping[str, Relation],
    dialect: str,
) -> str:
    """A query for Great Expectations that gives a row only where some rule is broken."""
    chain, counted = _counted(table, rules, columns, relations, dialect)
    failing = [one for _, one in counted]
    chain.append(("counted", exp.select(*failing).from_(SEEN)))
    broken = exp.or_(*[exp.GT(this=col(one.alias), expression=exp.Literal.number(0)) for one in failing])
    query = with_chain(exp.select("*").from_("counted").where(broken), chain)
    return for_batch(rendered(query, OPEN_TABLE, dialect), dialect)


def _counted(
    table: CheckedTable,
    rules: Sequence[RegistrationRule],
    columns: Columns,
    relations: Mapping[str, Relation],
    dialect: str,
    by_row: bool = False,
) -> tuple[Chain, list[tuple[Any, Any]]]:
    """The relations before the sums, and for each rule the sums of tested and failing rows.

    `by_row` asks each row whether it fails, for sums over some of the rows.
    """
    chain = list(seen_chain(table, relations))
    counted = []
    for number, rule in enumerate(rules, start=1):
        parts = rule_parts(table, rule, columns, relations, dialect)
        chain += _relations(parts, number)
        tested, failing = _sums(parts, number)
        is_repeated = any(name == REPEATED for name, _ in parts.lists)
        counted.append((tested, _repeated(number) if is_repeated and not by_row else failing))
    return chain, counted


def _relations(parts: RuleParts, number: int) -> Chain:
    """The relations that a rule reads, under names of its own; a user's query keeps the names it reads."""
    found = [(f"{name}_{number}", tree) for name, tree in parts.known]
    if any(name == REPEATED for name, _ in parts.lists):
        found.append((f"{TESTED}_{number}", exp.select("*").from_(SEEN).where(parts.asked)))
    for name, tree in parts.lists:
        found.append((f"{name}_{number}", _renamed(tree, number) if name == REPEATED else tree))
    return found


def _sums(parts: RuleParts, number: int) -> tuple[Any, Any]:
    one, none = exp.Literal.number(1), exp.Literal.number(0)
    breaks = exp.Case(ifs=[exp.If(this=_renamed(parts.holds, number), true=none)], default=one)
    tested = exp.Case(ifs=[exp.If(this=parts.asked, true=one)], default=none)
    failing = exp.Case(ifs=[exp.If(this=parts.asked, true=breaks)], default=none)
    return _sum(tested, f"tested_{number}"), _sum(failing, f"failing_{number}")


def _repeated(number: int) -> Any:
    """The rows that share their values, as the groups themselves count them: no row is looked up."""
    total = exp.select(exp.Coalesce(this=exp.Sum(this=col(ROW_COUNT)), expressions=[exp.Literal.number(0)]))
    return exp.alias_(exp.Subquery(this=total.from_(f"{REPEATED}_{number}")), f"failing_{number}")


def _sum(case: Any, name: str) -> Any:
    return exp.alias_(exp.Coalesce(this=exp.Sum(this=case), expressions=[exp.Literal.number(0)]), name)


def _renamed(tree: Any, number: int) -> Any:
    named = tree.copy()
    for place in list(named.find_all(exp.Table)):
        if place.name in _OWN:
            place.set("this", exp.to_identifier(f"{place.name}_{number}"))
    return named
