"""What invitations are made from: agreements in force on the published day, their KPIs, and what waits for review."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from duckdb import DuckDBPyConnection

from kpiledger.periods import Period
from kpiledger.project import Project
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Grain
from kpiledger.warehouse import open_current, rows_of

# The KPIs of each agreement by what holds now, with the newest version and entry of the agreement.
_HELD = """
    select holder, agreement, kpi, grain, min(period_start) as first_start, max(period_start) as last_start,
        max(agreement_version) as version, max(recorded_at) as recorded_at
    from kpi.fct_kpi_target
    where superseded_at is null and not is_pending
    group by holder, agreement, kpi, grain
    order by holder, agreement, kpi, grain
"""
_WAITING = """
    select review_item, holder, says, asks, opened_on, due_on
    from kpi.fct_review_due
    where is_open and what <> 'period'
    order by due_on, review_item
"""


@dataclass(frozen=True, slots=True)
class Held:
    """An agreement in force: whose, its days, its KPIs, its newest version and when that was recorded (UTC)."""

    holder: str
    agreement: str
    first: date
    last: date
    version: int
    recorded_at: datetime
    kpis: tuple[Kpi, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A review item that is open."""

    name: str
    holder: str | None
    says: str
    asks: str
    opened_on: date
    due_on: date


def held_and_waiting(
    project: Project, warehouse: Path, holder: str | None
) -> tuple[tuple[Held, ...], tuple[Waiting, ...]]:
    """The agreements in force as of the published day and the items that wait, of one holder or of all."""
    with open_current(warehouse) as connection:
        as_of = rows_of(connection, "select as_of_on from kpi.as_of")[0]["as_of_on"]
        held = [one for one in _held(project, connection) if one.first <= as_of <= one.last]
        waiting = [Waiting(*row.values()) for row in rows_of(connection, _WAITING)]
    return (
        tuple(one for one in held if holder in (None, one.holder)),
        tuple(one for one in waiting if holder in (None, one.holder)),
    )


def _held(project: Project, connection: DuckDBPyConnection) -> Iterator[Held]:
    rows = rows_of(connection, _HELD)
    reckoning = project.calendar.reckoning
    for key in dict.fromkeys((row["holder"], row["agreement"]) for row in rows):
        own = [row for row in rows if (row["holder"], row["agreement"]) == key]
        yield Held(
            *key,
            first=min(row["first_start"] for row in own),
            last=max(Period(row["last_start"], Grain(row["grain"]), reckoning).end for row in own),
            version=max(row["version"] for row in own),
            recorded_at=max(row["recorded_at"] for row in own),
            kpis=tuple(project.kpis[name] for name in dict.fromkeys(row["kpi"] for row in own) if name in project.kpis),
        )
