"""Runs a rule `same_across`: do the groups of a table break another of its rules about equally often?

That they do not says that they register differently, and nothing about why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.exc import SQLAlchemyError

from kpiledger.errors import KpiledgerError, WrongUse
from kpiledger.quality.asking import Asking, first_line
from kpiledger.quality.fusing import grouped_counts
from kpiledger.quality.judging import Counts, Judgement, blocks_now
from kpiledger.quality.report import GroupShare, Standing
from kpiledger.quality.seen import Relation
from kpiledger.quality.session import SourceSession
from kpiledger.quality.uneven import Compared, GroupCounts, compared
from kpiledger.specs.checks import RegistrationRule, SameAcross
from kpiledger.specs.expectation import CheckedTable
from kpiledger.vocabulary import Outcome

_NAMED_AT_MOST = 10
Checked = tuple[Counts | None, Judgement, tuple[GroupShare, ...]]


def check_groups(
    table: CheckedTable,
    rule: RegistrationRule,
    session: SourceSession,
    relations: Mapping[str, Relation],
    asking: Asking,
) -> Checked:
    """The rows compared and those of groups that differ, the judgement, and a row for each group."""
    asked = rule.check.same_across
    assert asked is not None
    try:
        rows = _rows(table, rule, asked, session, relations)
    except (KpiledgerError, SQLAlchemyError) as problem:
        blocks = blocks_now(rule, asking.as_of)
        return None, Judgement(Outcome.COULD_NOT_RUN, blocks, f"not verified: {first_line(problem)}"), ()
    tested = {name: one for name, (_, one) in rows.items() if one.rows}
    found = compared(tested, asked)
    kept = tuple(_kept(one, asked, rule, table, session.source, asking) for one in found)
    in_table = sum(in_group for in_group, _ in rows.values())
    told = [one for one in found if one.standing is not Standing.CANNOT_TELL]
    differing = [one for one in found if one.standing is Standing.DIFFERENT]
    counts = Counts(in_table, sum(one.own.rows for one in told), sum(one.own.failing for one in differing))
    return counts, _judgement(rule, asked, found, asking), kept


def _rows(
    table: CheckedTable,
    rule: RegistrationRule,
    asked: SameAcross,
    session: SourceSession,
    relations: Mapping[str, Relation],
) -> dict[str, tuple[int, GroupCounts]]:
    """For each group the rows of the table in it, and what the other rule finds among them."""
    shared = next((one for one in table.rules if one.id == asked.share_failing), None)
    if shared is None or shared.check.same_across is not None:
        raise WrongUse(f"{table.table} has no rule {asked.share_failing} that tests row by row")
    where = " and ".join(f"({text})" for text in (rule.where, shared.where) if text) or None
    both = shared.model_copy(update={"where": where})
    columns = session.columns(table.table)
    query = grouped_counts(table, both, asked.group, columns, relations, session.dialect)
    found: dict[str, tuple[int, GroupCounts]] = {}
    for name, in_group, tested, failing in session.rows(query):
        label = "(empty)" if name is None or not str(name).strip() else str(name)
        before, counted = found.get(label, (0, GroupCounts(0, 0)))
        found[label] = (
            before + int(in_group),
            GroupCounts(counted.rows + int(tested), counted.failing + int(failing)),
        )
    return found


def _judgement(rule: RegistrationRule, asked: SameAcross, found: Sequence[Compared], asking: Asking) -> Judgement:
    blocks = blocks_now(rule, asking.as_of)
    differing = [one for one in found if one.standing is Standing.DIFFERENT]
    unknown = [one for one in found if one.standing is Standing.CANNOT_TELL]
    if len(unknown) == len(found):
        message = f"cannot tell: no two groups have {asked.min_rows} rows that {asked.share_failing} tests"
        return Judgement(Outcome.NOTHING_TO_CHECK, False, message)
    rest = f"; cannot tell for {_named([f'{one.group} ({one.own.rows} rows)' for one in unknown])}" if unknown else ""
    if not differing:
        count = len(found) - len(unknown)
        message = f"none of {count} groups breaks {asked.share_failing} clearly more often than the others{rest}"
        return Judgement(Outcome.PASSED, False, message)
    told = _named([_told(one) for one in differing])
    message = f"registered differently from the others, by {asked.share_failing}: {told}; allowed is a gap of "
    message += f"{asked.max_gap:.1%}{rest}"
    if rule.severity == "blocking" and not blocks:
        message += f"; blocks from {rule.blocks_from}"
    return Judgement(Outcome.FAILED if blocks else Outcome.WARNED, blocks, message)


def _told(one: Compared) -> str:
    return (
        f"{one.group} {one.own.share:.1%} of {one.own.rows:,} rows, the others {one.others.share:.1%} "
        f"of {one.others.rows:,}, so at least {one.gap_at_least:.1%} more"
    )


def _named(names: Sequence[str]) -> str:
    left = len(names) - _NAMED_AT_MOST
    return ", ".join(names[:_NAMED_AT_MOST]) + (f" and {left} more" if left > 0 else "")


def _kept(
    one: Compared, asked: SameAcross, rule: RegistrationRule, table: CheckedTable, source: str, asking: Asking
) -> GroupShare:
    return GroupShare(
        run_id=asking.run_id,
        source=source,
        table_name=table.table,
        rule=rule.id,
        group_name=one.group,
        rows_tested=one.own.rows,
        failing_count=one.own.failing,
        failing_share=one.own.share,
        share_of_others=one.others.share,
        gap=one.gap,
        gap_at_least=one.gap_at_least,
        gap_allowed=asked.max_gap,
        standing=one.standing,
        checked_at=asking.checked_at,
    )
