"""How does each key result stand, by what a run computed and what was said since?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from kpiledger.objectives.check_ins import RecordedCheckIn
from kpiledger.warehouse import open_current, rows_of

Name = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A key result in its last finished period, with the last check-in; the columns of `kpi.fct_objective`."""

    year: int
    key_result: str
    grain: str | None = None
    period_start: date | None = None
    start_value: Decimal | None = None
    comparison: str | None = None
    target_value: Decimal | None = None
    upper_value: Decimal | None = None
    actual: Decimal | None = None
    progress: Decimal | None = None
    progress_expected: Decimal | None = None
    status: str | None = None
    met_count: int = 0
    judged_count: int = 0
    is_pilot: bool = False
    confidence: Decimal | None = None
    checked_in_on: date | None = None
    checked_in_by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class RollUp:
    """Whether the targets below one add up to it in its last finished period; the columns of `kpi.fct_roll_up`."""

    holder: str
    kpi: str
    slice: str
    member: str
    grain: str
    period_start: date
    below_count: int
    target_value: Decimal | None
    target_below: Decimal | None
    actual: Decimal | None
    actual_below: Decimal | None
    adding: str


@dataclass(frozen=True, slots=True)
class Computed:
    """What a run computed for objectives; nothing where none ran yet."""

    as_of_on: date | None = None
    standings: Mapping[Name, Standing] = field(default_factory=dict)
    roll_ups: tuple[RollUp, ...] = ()


_TABLES = "select table_name from information_schema.tables where table_schema = 'kpi'"
_LATEST = f"select {', '.join(one.name for one in fields(Standing))} from kpi.fct_objective where is_latest"
_ROLL_UPS = f"""
with complete as (
    select *, row_number() over (partition by holder, kpi, slice, member, grain order by period_start desc) as place
    from kpi.fct_roll_up
    where is_complete
)
select {", ".join(one.name for one in fields(RollUp))} from complete
where place = 1
order by holder, kpi, slice, member, grain
"""


def computed(warehouse: Path) -> Computed:
    """What stands in a warehouse; nothing where there is none, or one of before objectives were computed."""
    if not warehouse.exists():
        return Computed()
    with open_current(warehouse) as connection:
        there = {row["table_name"] for row in rows_of(connection, _TABLES)}
        if not {"as_of", "fct_objective", "fct_roll_up"} <= there:
            return Computed()
        ((as_of_on,),) = connection.execute("select as_of_on from kpi.as_of").fetchall()
        found = [Standing(**row) for row in rows_of(connection, _LATEST)]
        roll_ups = tuple(RollUp(**row) for row in rows_of(connection, _ROLL_UPS))
    return Computed(as_of_on, {(one.year, one.key_result): one for one in found}, roll_ups)


def with_check_ins(
    standings: Mapping[Name, Standing], said: Iterable[RecordedCheckIn], as_of_on: date
) -> dict[Name, Standing]:
    """The standings with the last check-in on each by a day, also where it was recorded after the run."""
    found = dict(standings)
    for one in said:
        if one.said.on > as_of_on:
            continue
        name = (one.said.year, one.said.key_result)
        before = found.get(name) or Standing(*name)
        found[name] = replace(
            before,
            confidence=one.said.confidence,
            checked_in_on=one.said.on,
            checked_in_by=one.said.by,
            note=one.said.note,
        )
    return found
