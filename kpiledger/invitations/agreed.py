"""What invitations are made from: agreements in force on the published day, their KPIs, and what waits for review.

With each agreement stands the widest that was ever recorded of it: whoever was invited then and is not due any more has
to be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger.periods import Period
from kpiledger.project import Project
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Grain
from kpiledger.warehouse import open_current, rows_of

# The KPIs of each agreement, by what holds now and by what was ever promised; with the newest version and its entry,
# that of a retirement as well, which promises nothing.
_PROMISED = """
    select target.holder, target.agreement, target.kpi, target.grain, target.superseded_at is null as is_now,
        min(target.period_start) as first_start, max(target.period_start) as last_start,
        max(newest.version) as version, max(newest.recorded_at) as recorded_at
    from kpi.fct_kpi_target as target
    join (
        select agreement, max(agreement_version) as version, max(recorded_at) as recorded_at
        from kpi.dim_agreement_version where not is_pending group by agreement
    ) as newest on target.agreement = newest.agreement
    where not target.is_pending
    group by all
    order by target.holder, target.agreement, target.kpi, target.grain
"""
# What is answered before its day stood in calendars until then.
_WAITING = """
    select review_item, holder, says, asks, opened_on, due_on, is_open, coalesce(newest.version, 1) as version
    from kpi.fct_review_due
    left join (
        select agreement, max(agreement_version) as version
        from kpi.dim_agreement_version where not is_pending group by agreement
    ) as newest using (agreement)
    where what <> 'period' and (is_open or (due_on >= ? and opened_on <= ?))
    order by due_on, review_item
"""


@dataclass(frozen=True, slots=True)
class Held:
    """An agreement: whose, its days, its KPIs, its newest version and when that was recorded (UTC).

    `spans` says of a KPI from which day to which it is promised, where that is not all of them.
    """

    holder: str
    agreement: str
    first: date
    last: date
    version: int
    recorded_at: datetime
    kpis: tuple[Kpi, ...]
    spans: Mapping[str, tuple[date, date]] = field(default_factory=dict)

    def span_of(self, kpis: Sequence[Kpi]) -> tuple[date, date]:
        """From which day to which some of its KPIs are promised."""
        found = [self.spans.get(kpi.kpi, (self.first, self.last)) for kpi in kpis]
        return min(first for first, _ in found), max(last for _, last in found)


@dataclass(frozen=True, slots=True)
class Agreed:
    """An agreement as it holds now, None where nothing of it does, and the widest that was ever recorded of it."""

    now: Held | None
    widest: Held


@dataclass(frozen=True, slots=True)
class Waiting:
    """A review item that is open, or that was answered before its day; `version` is the newest of its agreement."""

    name: str
    holder: str | None
    says: str
    asks: str
    opened_on: date
    due_on: date
    is_open: bool = True
    version: int = 1


def agreed_and_waiting(
    project: Project, warehouse: Path, holder: str | None
) -> tuple[tuple[Agreed, ...], tuple[Waiting, ...]]:
    """The agreements that were to be in force on the published day and the items that wait, of one holder or of all."""
    with open_current(warehouse) as connection:
        as_of = rows_of(connection, "select as_of_on from kpi.as_of")[0]["as_of_on"]
        agreed = [one for one in _agreed(project, connection) if one.widest.first <= as_of <= one.widest.last]
        waiting = [Waiting(*row.values()) for row in rows_of(connection, _WAITING, [as_of, as_of])]
    return (
        tuple(one for one in agreed if holder in (None, one.widest.holder)),
        tuple(one for one in waiting if holder in (None, one.holder)),
    )


def _agreed(project: Project, connection: DuckDBPyConnection) -> Iterator[Agreed]:
    rows = rows_of(connection, _PROMISED)
    for key in dict.fromkeys((row["holder"], row["agreement"]) for row in rows):
        ever = [row for row in rows if (row["holder"], row["agreement"]) == key]
        now = [row for row in ever if row["is_now"]]
        yield Agreed(_held(project, now) if now else None, _held(project, ever))


def _held(project: Project, rows: Sequence[Mapping[str, Any]]) -> Held:
    """What the rows of one agreement promise together."""
    reckoning = project.calendar.reckoning
    spans: dict[str, tuple[date, date]] = {}
    for row in rows:
        first, last = row["first_start"], Period(row["last_start"], Grain(row["grain"]), reckoning).end
        known = spans.get(row["kpi"], (first, last))
        spans[row["kpi"]] = min(first, known[0]), max(last, known[1])
    return Held(
        rows[0]["holder"],
        rows[0]["agreement"],
        first=min(first for first, _ in spans.values()),
        last=max(last for _, last in spans.values()),
        version=rows[0]["version"],
        recorded_at=rows[0]["recorded_at"],
        kpis=tuple(project.kpis[name] for name in spans if name in project.kpis),
        spans=spans,
    )
