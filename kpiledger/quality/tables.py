"""Keeps a run's quality report in the warehouse: four tables in schema `kpi`, typed and described."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

import duckdb

from kpiledger.quality.episodes import FOLLOWED, follow
from kpiledger.quality.report import QualityReport

_CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name, its type, and what it means."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of schema `kpi` and what one row of it is."""

    name: str
    meaning: str
    columns: tuple[Column, ...]


_RUN = Column("run_id", "varchar", "The run that checked.")
_SOURCE = Column("source", "varchar", "The source system, or warehouse for a check of a fact.")
_TABLE = Column("table_name", "varchar", "The table in the source system, or the fact.")
_MODEL = Column("model", "varchar", "The staging model made of that table, or the mart that the fact reads.")
_CHECKED_AT = Column("checked_at", "timestamp", "When it was checked (UTC).")

FCT_CHECK_RESULT = Table(
    "fct_check_result",
    "How each check of a source's table or of a fact ended. One row per source, table and rule.",
    (
        _RUN,
        _SOURCE,
        _TABLE,
        _MODEL,
        Column("rule", "varchar", "The rule's id, reconciliation, freshness, or the check of a fact."),
        Column("says", "varchar", "The rule as a sentence."),
        Column("check_kind", "varchar", "The kind of check, as it is written in expectations."),
        Column("severity", "varchar", "blocking, warning or info."),
        Column("outcome", "varchar", "passed, warned, failed, could_not_run, nothing_to_check or waived."),
        Column("rows_in_table", "bigint", "Rows in the source's table; null when it could not be read."),
        Column("rows_tested", "bigint", "Rows that the rule speaks of, or records compared."),
        Column("failing_count", "bigint", "Tested rows that break the rule, or records that differ."),
        Column("failing_share", "decimal(18, 10)", "failing_count over rows_tested, 0 to 1."),
        Column("allowed_share", "decimal(18, 10)", "The share that may break the rule; null allows none."),
        Column("is_blocking", "boolean", "Whether it stops publishing."),
        Column("message", "varchar", "What was found, in words."),
        _CHECKED_AT,
        Column("waived_until", "date", "The last as-of date that a waiver of the broken check holds for; else null."),
        Column("waiver_reason", "varchar", "Why the broken check is accepted for a while."),
        Column("waiver_approved_by", "varchar", "Who accepted it."),
    ),
)
FCT_CHECK_GROUP = Table(
    "fct_check_group",
    "How often each group breaks a rule, beside the others. One row per source, table, rule and group.",
    (
        _RUN,
        _SOURCE,
        _TABLE,
        Column("rule", "varchar", "The rule that compares the groups."),
        Column("group_name", "varchar", "The group, as a team or region."),
        Column("rows_tested", "bigint", "The group's rows that the compared rule tests."),
        Column("failing_count", "bigint", "Those among them that break it."),
        Column("failing_share", "decimal(18, 10)", "failing_count over rows_tested, 0 to 1."),
        Column("share_of_others", "decimal(18, 10)", "The same share of all other groups together."),
        Column("gap", "decimal(18, 10)", "The group's share less that of the others."),
        Column("gap_at_least", "decimal(18, 10)", "How large the gap is at least, with the confidence asked for."),
        Column("gap_allowed", "decimal(18, 10)", "The gap that is allowed."),
        Column("standing", "varchar", "even, different, or cannot_tell for too few rows."),
        _CHECKED_AT,
    ),
)
FCT_REGISTRATION_ISSUE = Table(
    "fct_registration_issue",
    "Every record that breaks a registration rule, or did: the to-do list. One row per source, table, rule, record "
    "and time that it broke the rule.",
    (
        Column("run_id", "varchar", "The run that last found it."),
        _SOURCE,
        _TABLE,
        Column("rule", "varchar", "The rule that the record breaks."),
        Column("record_key", "varchar", "The record's key in the source."),
        Column("team", "varchar", "The team, region or group that the record belongs to."),
        Column("period_start", "date", "First day of the month that the record belongs to."),
        Column("first_seen", "timestamp", "When it was first found, this time (UTC)."),
        Column("last_seen", "timestamp", "When it was last found (UTC)."),
        Column("fixed_at", "timestamp", "When it was asked for and found no more (UTC); null while it is open."),
        Column("is_open", "boolean", "Whether it still breaks the rule; false without fixed_at: the rule is gone."),
    ),
)
FCT_RECONCILIATION = Table(
    "fct_reconciliation",
    "The warehouse held against the source. One row per total of a bucket, and one per record that differs.",
    (
        _RUN,
        _SOURCE,
        _TABLE,
        _MODEL,
        Column("level", "varchar", "total (a bucket's figure) or row (a record)."),
        Column("bucket", "varchar", "The values that the total is over, as month=2016-08, region=West."),
        Column("measure", "varchar", "count, sum or checksum of columns, or the column that differs."),
        Column("source_value", "varchar", "The source's value, as text."),
        Column("warehouse_value", "varchar", "The warehouse's value, as text."),
        Column("difference", "decimal(38, 10)", "The warehouse minus the source; for times in seconds."),
        Column("tolerance", "decimal(38, 10)", "How far the two may lie apart."),
        Column("outcome", "varchar", "passed, failed, nothing_to_check, or warned for rows that came late."),
        Column("record_key", "varchar", "The key of the record that differs."),
        Column("difference_kind", "varchar", "missing, extra, changed, duplicate_key, unreadable or late."),
        _CHECKED_AT,
        Column("explanation", "varchar", "What is known of the difference, in words; null where the two are equal."),
    ),
)


def write_quality_tables(warehouse: Path, report: QualityReport, register: Path | None = None) -> None:
    """Replace the four tables by what a report says, all together or not at all.

    `register` is the file that follows the issues; without it every issue of the report is first seen in it.
    """
    with duckdb.connect(str(warehouse)) as link:
        link.execute("begin transaction")
        link.execute("create schema if not exists kpi")
        write_table(link, FCT_CHECK_RESULT, report.results)
        write_table(link, FCT_CHECK_GROUP, report.groups)
        _write_issues(link, report, register)
        write_table(link, FCT_RECONCILIATION, report.reconciliations)
        link.execute("commit")


def know_none(link: duckdb.DuckDBPyConnection) -> None:
    """An empty table `known` of episodes, each with its place in the register."""
    columns = ", ".join(f"{column.name} {column.kind}" for column in FCT_REGISTRATION_ISSUE.columns)
    link.execute(f"create or replace temp table known ({columns}, position bigint)")


def write_table(link: duckdb.DuckDBPyConnection, table: Table, rows: Sequence[Any]) -> None:
    """Replace one table of schema `kpi`; a row has a field for each column, of its name."""
    _declare(link, table)
    values = list(map(attrgetter(*(column.name for column in table.columns)), rows))
    for start in range(0, len(values), _CHUNK):
        part = values[start : start + _CHUNK]
        columns = [[_stored(row[place]) for row in part] for place in range(len(table.columns))]
        unnested = ", ".join(f"cast(unnest(?::varchar[]) as {column.kind})" for column in table.columns)
        link.execute(f"insert into kpi.{table.name} select {unnested}", columns)


def _write_issues(link: duckdb.DuckDBPyConnection, report: QualityReport, register: Path | None) -> None:
    """The issues as the register has them; they never pass through Python."""
    _declare(link, FCT_REGISTRATION_ISSUE)
    columns = ", ".join(column.name for column in FCT_REGISTRATION_ISSUE.columns)
    if register is None:
        know_none(link)
        follow(link, report)
        rows = f"{FOLLOWED} order by is_new, position"
    else:
        rows = f"read_parquet({_literal(str(register))}, file_row_number = true) order by file_row_number"
    link.execute(f"insert into kpi.{FCT_REGISTRATION_ISSUE.name} select {columns} from {rows}")


def _declare(link: duckdb.DuckDBPyConnection, table: Table) -> None:
    """An empty table with its meanings, in the place of the one that is there."""
    declared = ", ".join(f"{column.name} {column.kind}" for column in table.columns)
    link.execute(f"create or replace table kpi.{table.name} ({declared})")
    link.execute(f"comment on table kpi.{table.name} is {_literal(table.meaning)}")
    for column in table.columns:
        link.execute(f"comment on column kpi.{table.name}.{column.name} is {_literal(column.meaning)}")


def _stored(value: Any) -> str | None:
    """Every value goes over as text and is read as its column's type: one way for all of them."""
    return None if value is None else str(value)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
