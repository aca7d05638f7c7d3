"""Which figure does a target have that follows from data, by the published warehouse?

The ledger holds the multiple alone; the figure is that of the data which was published. `measured_then` looks for the
one that was known before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from kpiledger.errors import BrokenWorld, DamagedFile
from kpiledger.periods import Period
from kpiledger.reports.agreed import AgreedFigure
from kpiledger.warehouse import open_reader

_FIGURES = """
    select agreement, agreement_version, slice, member, target_value
    from kpi.fct_kpi_target
    where kpi = ? and grain = ? and period_start = ? and reference is not null and target_value is not null
    order by all
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """The figure of a relative target, and what tells it."""

    agreement: str
    agreement_version: int
    slice: str
    member: str
    value: Decimal
    told: str = "by the published figures"


def measured_targets(warehouse: Path, kpi: str, period: Period) -> tuple[Measured, ...]:
    """The figures of a KPI's relative targets in a period; none where nothing is published that could tell."""
    if not warehouse.exists():
        return ()
    try:
        with open_reader(warehouse) as connection:
            found = connection.execute(_FIGURES, [kpi, period.grain.value, period.start]).fetchall()
    except DamagedFile:
        raise
    except (BrokenWorld, duckdb.Error):
        # Another version published it, or it is being written: the ledger answers alone.
        return ()
    return tuple(Measured(*row) for row in found)


def measured_of(measured: Iterable[Measured], item: AgreedFigure) -> Measured | None:
    """What was measured for an agreement's version, slice and member."""
    cell = (item.agreement, item.agreement_version, item.slice, item.member)
    return next(
        (one for one in measured if cell == (one.agreement, one.agreement_version, one.slice, one.member)), None
    )
