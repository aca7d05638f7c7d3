"""Which versions of a KPI's definition does the ledger hold, and which one holds in a period?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from duckdb import DuckDBPyConnection

from kpiledger.errors import WrongUse
from kpiledger.nearest import suggestion
from kpiledger.periods import Period

_VERSIONS = """
    select
        definition.kpi, definition.version, definition.valid_from, definition.definition_hash, definition.seq,
        entry.recorded_at, entry.commit_id, entry.entry_hash, definition.reason
    from definition
    join entry on entry.seq = definition.seq
    where definition.kpi = ?
    order by definition.version
"""


@dataclass(frozen=True, slots=True)
class Defined:
    """A recorded version of a KPI's definition, and its entry."""

    kpi: str
    version: int
    valid_from: date
    definition_hash: str
    seq: int
    recorded_at: datetime
    commit: str | None
    entry_hash: str
    reason: str


def versions_of(index: DuckDBPyConnection, kpi: str) -> list[Defined]:
    """The recorded versions of a KPI; WrongUse where the ledger has none."""
    found = [Defined(*row) for row in index.execute(_VERSIONS, [kpi]).fetchall()]
    if not found:
        known = [name for (name,) in index.execute("select distinct kpi from definition order by kpi").fetchall()]
        raise WrongUse(f"no definition of `{kpi}` is recorded", suggestion(kpi, known, "recorded KPIs"))
    return found


def in_force(versions: Sequence[Defined], period: Period) -> Defined:
    """The version that holds on the period's first day; WrongUse where none did yet."""
    held = [one for one in versions if one.valid_from <= period.start]
    if not held:
        first = versions[0]
        raise WrongUse(
            f"no version of `{first.kpi}` holds in {period}",
            f"the first one, version {first.version}, holds from {first.valid_from} on",
        )
    return held[-1]


def later(versions: Iterable[Defined], than: Defined) -> list[Defined]:
    """The versions that followed one."""
    return [one for one in versions if one.version > than.version]
