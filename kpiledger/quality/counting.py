"""How many rows of a source does each rule test and find broken, and is Great Expectations of the same mind?

The rules of a table are counted together; where a fused statement fails, each rule is counted alone, so that
the one at fault is named and the others still are what they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from kpiledger.errors import KpiledgerError
from kpiledger.quality import greatexpectations
from kpiledger.quality.asking import first_line
from kpiledger.quality.fusing import WIDTH, fused_counts, fused_for_batch
from kpiledger.quality.greatexpectations import Verdict
from kpiledger.quality.judging import Counts
from kpiledger.quality.queries import RuleQueries, rule_queries
from kpiledger.quality.seen import Relation
from kpiledger.quality.session import Reference, SourceSession
from kpiledger.quality.terms import Expectation, expectation_of, unexpected_rows
from kpiledger.specs.checks import RegistrationRule
from kpiledger.specs.expectation import CheckedTable


@dataclass(frozen=True, slots=True)
class Prepared:
    """A rule ready to be asked, or why it cannot be; `own` is the expectation of the same meaning, if there is one."""

    table: CheckedTable
    rule: RegistrationRule
    columns: Mapping[str, bool] = field(default_factory=dict)
    queries: RuleQueries | None = None
    own: Expectation | None = None
    problem: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """The table and the rule."""
        return self.table.table, self.rule.id


def prepared_rules(table: CheckedTable, session: SourceSession, relations: Mapping[str, Relation]) -> list[Prepared]:
    """The rules of a table that each row is asked alone, in their order."""
    rules = [rule for rule in table.rules if rule.check.same_across is None]
    if not rules:
        return []
    try:
        columns = session.columns(table.table)
    except (KpiledgerError, SQLAlchemyError) as problem:
        return [Prepared(table, rule, problem=first_line(problem)) for rule in rules]
    return [_prepared(table, rule, columns, session.dialect, relations) for rule in rules]


def _prepared(
    table: CheckedTable,
    rule: RegistrationRule,
    columns: Mapping[str, bool],
    dialect: str,
    relations: Mapping[str, Relation],
) -> Prepared:
    try:
        queries = rule_queries(table, rule, columns, relations, dialect)
    except KpiledgerError as problem:
        return Prepared(table, rule, columns, problem=first_line(problem))
    return Prepared(table, rule, columns, queries, expectation_of(rule, columns, dialect))


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of each rule, or why there are none; `apart` are the rules that could not be counted together."""

    counts: Mapping[tuple[str, str], Counts | str]
    apart: frozenset[tuple[str, str]]


def counted(prepared: Sequence[Prepared], session: SourceSession, relations: Mapping[str, Relation]) -> Counted:
    """The counts of the rules of a source."""
    found: dict[tuple[str, str], Counts | str] = {one.place: one.problem for one in prepared if one.queries is None}
    apart: set[tuple[str, str]] = set()
    for batch in _batches([one for one in prepared if one.queries is not None]):
        try:
            found |= _together(batch, session, relations)
        except SQLAlchemyError:
            found |= {one.place: _alone(one, session) for one in batch}
            apart.update(one.place for one in batch)
    return Counted(found, frozenset(apart))


def _batches(prepared: Sequence[Prepared]) -> Iterator[list[Prepared]]:
    """Rules of one table each, as many as a statement is wide."""
    tables = {one.table.table: [other for other in prepared if other.table is one.table] for one in prepared}
    for rules in tables.values():
        for start in range(0, len(rules), WIDTH):
            yield rules[start : start + WIDTH]


def _together(
    batch: Sequence[Prepared], session: SourceSession, relations: Mapping[str, Relation]
) -> dict[tuple[str, str], Counts | str]:
    table, rules = batch[0].table, [one.rule for one in batch]
    query = fused_counts(table, rules, batch[0].columns, relations, session.dialect)
    ((in_table, *figures),) = session.rows(query)
    pairs = zip(figures[::2], figures[1::2], strict=True)
    return {
        one.place: Counts(int(in_table), int(tested), int(failing))
        for one, (tested, failing) in zip(batch, pairs, strict=True)
    }


def _alone(one: Prepared, session: SourceSession) -> Counts | str:
    assert one.queries is not None
    try:
        ((in_table, tested, failing),) = session.rows(one.queries.counts)
    except SQLAlchemyError as problem:
        return first_line(problem)
    return Counts(in_table, tested, failing)


def second_opinions(
    prepared: Sequence[Prepared],
    counted: Counted,
    session: SourceSession,
    relations: Mapping[str, Relation],
    references: Sequence[Reference],
) -> dict[tuple[str, str], Verdict]:
    """What Great Expectations says to each rule that could be counted.

    It is asked its own kind of expectation where it has one. Of the others those found broken are asked one by
    one, and those found whole together: a verdict that something is broken there is held against each of them.
    """
    asked = [one for one in prepared if isinstance(counted.counts[one.place], Counts)]
    questions: dict[str, dict[str, Expectation]] = {}
    answers: dict[tuple[str, str], list[Prepared]] = {}
    whole = []
    for one in asked:
        found = counted.counts[one.place]
        is_whole = isinstance(found, Counts) and not found.failing
        if one.own is None and is_whole and one.place not in counted.apart:
            whole.append(one)
            continue
        assert one.queries is not None
        questions.setdefault(one.table.table, {})[one.rule.id] = one.own or unexpected_rows(one.queries.unexpected)
        answers[one.place] = [one]
    for number, batch in enumerate(_batches(whole)):
        table = batch[0].table
        query = fused_for_batch(table, [one.rule for one in batch], batch[0].columns, relations, session.dialect)
        questions.setdefault(table.table, {})[f"together {number}"] = unexpected_rows(query)
        answers[table.table, f"together {number}"] = batch
    verdicts = _verdicts(session, references, questions)
    return {one.place: verdicts[place] for place, rules in answers.items() for one in rules}


def _verdicts(
    session: SourceSession, references: Sequence[Reference], questions: Mapping[str, Mapping[str, Expectation]]
) -> Mapping[tuple[str, str], Verdict]:
    if not questions:
        return {}
    try:
        return greatexpectations.ask(session.source, session.url, session.dialect, references, questions)
    except KpiledgerError as problem:
        silent = Verdict(None, first_line(problem))
        return {(table, rule): silent for table, rules in questions.items() for rule in rules}
