"""What the page of a run shows of the warehouse: its checks, issues, extracts and spot checks, read by themselves.

A run that the checks stopped has these tables too, and no reader's page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from kpiledger.errors import BrokenWorld
from kpiledger.pages.queries import CheckGroupRow, CheckRow, ReconciliationRow
from kpiledger.pages.reading import opened, rows_as

# The source, table and id of a rule.
Rule = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class ExtractRow:
    """One row of dim_extract: an extract that the run was made from; `control_totals` is JSON."""

    source: str
    table_name: str
    extract_id: str
    taken_at: datetime
    row_count: int
    control_totals: str
    period_from: str | None
    period_to: str | None
    sha256: str
    accepted: str | None = None


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One row of fct_registration_issue: a record that breaks a rule, or did."""

    source: str
    table_name: str
    rule: str
    record_key: str
    team: str | None
    period_start: date | None
    first_seen: datetime
    last_seen: datetime
    fixed_at: datetime | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class SpotCheckRow:
    """One row of fct_spot_check: a part of a sample that was held against its source."""

    spot_check: str
    source: str
    table_name: str
    stratum: str
    direction: str
    population: int | None
    sample_size: int
    allowed_errors: int
    errors_found: int | None
    error_share_below: Decimal
    confidence: Decimal
    upper_bound_rows: int | None
    outcome: str
    method: str | None
    judged_by: str | None
    judged_at: datetime | None


@dataclass(frozen=True, slots=True)
class QualityReadings:
    """All that the page of a run shows, in a stable order."""

    as_of_on: date | None
    checks: tuple[CheckRow, ...]
    groups: tuple[CheckGroupRow, ...]
    reconciliations: tuple[ReconciliationRow, ...]
    extracts: tuple[ExtractRow, ...] = ()
    issues: Mapping[Rule, tuple[IssueRow, ...]] = field(default_factory=dict)
    spot_checks: tuple[SpotCheckRow, ...] = ()

    @property
    def checked_at(self) -> datetime | None:
        """When the run checked."""
        return max((row.checked_at for row in self.checks), default=None)


def read_quality(warehouse: Path) -> QualityReadings:
    """Read the tables of the checks; BrokenWorld where the file or one of them is missing."""
    try:
        with opened(warehouse) as connection:
            return _read(connection)
    except duckdb.Error as problem:
        raise BrokenWorld(
            f"the warehouse {warehouse} cannot be read for the page of checks: {problem}", "`kpi run` builds it anew"
        ) from problem


def _by_rule(rows: Iterable[IssueRow]) -> dict[Rule, tuple[IssueRow, ...]]:
    found: dict[Rule, list[IssueRow]] = {}
    for row in rows:
        found.setdefault((row.source, row.table_name, row.rule), []).append(row)
    return {rule: tuple(own) for rule, own in found.items()}


def _read(connection: Any) -> QualityReadings:
    found = connection.execute("select as_of_on from kpi.as_of").fetchone()
    return QualityReadings(
        as_of_on=found[0] if found else None,
        checks=rows_as(connection, CheckRow, "kpi.fct_check_result", "source, table_name, rule"),
        groups=rows_as(connection, CheckGroupRow, "kpi.fct_check_group", "source, table_name, rule, group_name"),
        reconciliations=rows_as(
            connection,
            ReconciliationRow,
            "kpi.fct_reconciliation",
            "source, table_name, level, measure, bucket, record_key",
        ),
        extracts=rows_as(connection, ExtractRow, "kpi.dim_extract", "source, table_name"),
        issues=_by_rule(
            rows_as(
                connection,
                IssueRow,
                "kpi.fct_registration_issue",
                "source, table_name, rule, first_seen, record_key",
            )
        ),
        spot_checks=rows_as(connection, SpotCheckRow, "kpi.fct_spot_check", "spot_check, stratum, direction"),
    )
