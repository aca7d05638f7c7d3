"""The table `fct_restatement`: each closed figure that is another now, why, and what would follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from kpiledger.closing.causes import Causes
from kpiledger.closing.differing import Different, different_now
from kpiledger.closing.standing import Close
from kpiledger.project import Project
from kpiledger.warehouse import Table, lay_tables

_VALUE = "decimal(38,12)"

NAME = "fct_restatement"
MEANING = "Each closed figure that would be another now, and each that was restated. One row per figure."
# Each column with its type and its meaning.
COLUMNS: dict[str, tuple[str, str]] = {
    "figure": ("varchar", "scorecard (an actual held against a target) or value (of fct_closed_value)."),
    "close_period": ("varchar", "The period that was closed."),
    "close_ordinal": ("integer", "Which close of that period, from 1."),
    "holder": ("varchar", "Who is held to the target; null for a value."),
    "kpi": ("varchar", "The KPI."),
    "slice": ("varchar", "The dimension it is cut by, all for the whole."),
    "member": ("varchar", "The member of the slice, all for the whole."),
    "grain": ("varchar", "day, week, month, quarter or year."),
    "span": ("varchar", "The days covered, as in fct_kpi_value."),
    "period_start": ("date", "First day of the figure's period."),
    "period_end": ("date", "Last day of the figure's period."),
    "as_closed": (_VALUE, "The figure when the period was closed; null where there was none."),
    "official": (_VALUE, "The figure that counts: as closed, or as restated."),
    "current": (_VALUE, "The figure as computed now; null where it is computed no more."),
    "difference": (_VALUE, "current less as_closed."),
    "target_as_closed": ("decimal(38,10)", "The target when the period was closed."),
    "target_current": ("decimal(38,10)", "The target as known now."),
    "status_as_closed": ("varchar", "The status when the period was closed."),
    "status_current": ("varchar", "The status that the figure would have now."),
    "cause": ("varchar", "late_data, source_correction, definition_change, target_change, or several."),
    "detail": ("varchar", "Which rows, versions or agreements: what can be told of the cause."),
    "accepted_seq": ("integer", "The entry that accepted what it is now; null while it only would be."),
    "restated_by_seq": ("integer", "The entry that restated it last, also where it is another again."),
    "is_added": ("boolean", "Whether there was no such figure when the period was closed."),
}


@dataclass(frozen=True, slots=True)
class Restatement:
    """A row of the table; the fields are its columns."""

    figure: str
    close_period: str
    close_ordinal: int
    holder: str | None
    kpi: str
    slice: str
    member: str
    grain: str
    span: str
    period_start: date
    period_end: date
    as_closed: Decimal | None
    official: Decimal | None
    current: Decimal | None
    difference: Decimal | None
    target_as_closed: Decimal | None
    target_current: Decimal | None
    status_as_closed: str | None
    status_current: str | None
    cause: str
    detail: str
    accepted_seq: int | None
    restated_by_seq: int | None
    is_added: bool


def lay_restatements(warehouse: Path, project: Project, closes: Sequence[Close], folder: Path) -> int:
    """Compare a warehouse that was built with what was closed, and lay the table; how many rows it has."""
    with duckdb.connect(str(warehouse)) as connection:
        causes = Causes(connection, project, closes, folder)
        rows = [_restatement(one, *causes.of(one)) for one in different_now(connection)]
    table = Table(NAME, {name: kind for name, (kind, _) in COLUMNS.items()}, [astuple(row) for row in rows], MEANING)
    lay_tables(warehouse, "kpi", [table])
    return len(rows)


def _restatement(one: Different, cause: str, detail: str) -> Restatement:
    has_both = one.as_closed is not None and one.current is not None
    return Restatement(
        figure=one.figure,
        close_period=one.close_period,
        close_ordinal=one.close_ordinal,
        holder=one.holder,
        kpi=one.kpi,
        slice=one.slice,
        member=one.member,
        grain=one.grain,
        span=one.span,
        period_start=one.period_start,
        period_end=one.period_end,
        as_closed=one.as_closed,
        official=one.official,
        current=one.current,
        difference=one.current - one.as_closed if has_both else None,  # type: ignore[operator]  # both are there
        target_as_closed=one.target_as_closed,
        target_current=one.target_current,
        status_as_closed=one.status_as_closed,
        status_current=one.status_current,
        cause=cause,
        detail=detail,
        accepted_seq=one.restated_by_seq if one.is_accepted else None,
        restated_by_seq=one.restated_by_seq,
        is_added=one.is_added,
    )
