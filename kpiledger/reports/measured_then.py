"""Which figure did a target that follows from data have, as it was known at a moment?

The data of then is gone. What was recorded or kept of it can tell: a close that froze the target, the publication that
readers saw then, a close that froze the year before. Where none of them does, there is no figure: that of today was
not known then. What does not have the hash that the ledger has of it is not believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from kpiledger.closing.deeds import KINDS
from kpiledger.closing.places import SCORECARD_FILE, VALUES_FILE, folder_of
from kpiledger.closing.standing import Close, closes_in, standing_of
from kpiledger.errors import BrokenWorld
from kpiledger.file_hash import file_hash
from kpiledger.folding.figures import kept
from kpiledger.ledger.store import Ledger
from kpiledger.ledger_index.entries import entries_at
from kpiledger.periods import Period
from kpiledger.publishing import table_hash
from kpiledger.reports.agreed import AgreedFigure, reference_period
from kpiledger.reports.measured import Measured, measured_of, measured_targets
from kpiledger.settings import Settings
from kpiledger.warehouse import literal, open_reader

_TABLE = "fct_kpi_target"
_DEEDS = """
    select seq from entry where kind in (select unnest(?::varchar[])) and recorded_at <= ? order by seq
"""
_PUBLISHED = f"""
    select publication.run_id, entry.recorded_at, publication.hashes ->> '$.{_TABLE}'
    from publication join entry using (seq)
    where entry.recorded_at <= ? order by seq desc limit 1
"""
_VERSION = """
    select definition.version from definition join entry using (seq)
    where definition.kpi = ? and definition.valid_from <= ? and entry.recorded_at <= ?
    order by definition.valid_from desc, definition.version desc limit 1
"""
_CLOSED_TARGET = """
    select target_value from read_parquet({path})
    where agreement = ? and agreement_version = ? and kpi = ? and slice = ? and member = ? and grain = ?
        and period_start = ? and target_value is not null
"""
_CLOSED_VALUE = """
    select value from read_parquet({path})
    where kpi = ? and version = ? and slice = ? and member = ? and grain = ? and period_start = ?
        and span = 'period' and is_complete and value is not null
"""


@dataclass(frozen=True, slots=True)
class _Then:
    """What is left of a moment: the closes whose figures were official, and the index of the ledger."""

    settings: Settings
    index: DuckDBPyConnection
    closes: tuple[Close, ...]
    moment: datetime
    kpi: str
    period: Period


def measured_then(
    settings: Settings,
    ledger: Ledger,
    index: DuckDBPyConnection,
    kpi: str,
    period: Period,
    known_at: datetime,
    figures: tuple[AgreedFigure, ...],
) -> tuple[Measured, ...]:
    """The figures of those targets that follow from data, as far as anything tells what was known then."""
    asked = [item for item in figures if item.value is None]
    if not asked:
        return ()
    moment = known_at.astimezone(UTC).replace(tzinfo=None)
    seqs = index.execute(_DEEDS, [[kind.value for kind in KINDS], moment]).fetchall()
    closes = standing_of(closes_in(entries_at(index, ledger, (seq for (seq,) in seqs))))
    then = _Then(settings, index, closes, moment, kpi, period)
    published, told = _published(then)
    found = []
    for item in asked:
        seen = measured_of(published, item)
        one = _closed_target(then, item) or ((seen.value, told) if seen else _closed_base(then, item))
        if one is not None:
            found.append(Measured(item.agreement, item.agreement_version, item.slice, item.member, *one))
    return tuple(found)


def _published(then: _Then) -> tuple[tuple[Measured, ...], str]:
    """The targets that readers saw then, where that publication is kept, or one with the very same targets."""
    found = then.index.execute(_PUBLISHED, [then.moment]).fetchone()
    if found is None or found[2] is None:
        return (), ""
    run_id, recorded_at, digest = found
    for path in (then.settings.publications / run_id / "warehouse.duckdb", then.settings.warehouse):
        if _hash(path) == digest:
            told = f"as run {run_id} published it on {recorded_at:%Y-%m-%d}"
            return measured_targets(path, then.kpi, then.period), told
    return (), ""


def _hash(path: Path) -> str | None:
    if not path.exists():
        return None
    try:
        with open_reader(path) as connection:
            return table_hash(connection, _TABLE)
    except (BrokenWorld, duckdb.Error):
        # Another version made it: what it held then cannot be told.
        return None


def _closed_target(then: _Then, item: AgreedFigure) -> tuple[Decimal, str] | None:
    words = [
        item.agreement, item.agreement_version, then.kpi, item.slice, item.member, then.period.grain.value,
        then.period.start,
    ]  # fmt: skip
    return _frozen(then, then.period, SCORECARD_FILE, _CLOSED_TARGET, words)


def _closed_base(then: _Then, item: AgreedFigure) -> tuple[Decimal, str] | None:
    """By the year before as it was closed; like for like, so by the definition that holds in the target's period."""
    version = then.index.execute(_VERSION, [then.kpi, then.period.start, then.moment]).fetchone()
    if version is None or item.reference_times is None:
        return None
    base = reference_period(then.period)
    words = [then.kpi, version[0], item.slice, item.member, base.grain.value, base.start]
    found = _frozen(then, base, VALUES_FILE, _CLOSED_VALUE, words)
    value = kept(found[0] * item.reference_times) if found else None
    return (value, f"by {base} {found[1]}") if found and value is not None else None


def _frozen(then: _Then, period: Period, name: str, query: str, words: list[object]) -> tuple[Decimal, str] | None:
    """What the closes of a period froze, as restated since where it was."""
    found = None
    with duckdb.connect() as connection:
        for path, told in _files(then, period, name):
            row = connection.execute(query.format(path=literal(path)), words).fetchone()
            found = (row[0], told) if row else found
    return found


def _files(then: _Then, period: Period, name: str) -> Iterator[tuple[Path, str]]:
    for close in then.closes:
        if not close.holds(period.start, period.end):
            continue
        folder, told = folder_of(then.settings.closes, close), f"as the close {close.period}/{close.ordinal}"
        parts = [(close.entry, name, "")]
        parts += [
            (entry, f"restated-{entry.content['restatement']}/{name}", ", as restated,") for entry in close.restatements
        ]
        for entry, part, how in parts:
            path = folder / part
            if path.exists() and file_hash(path) == entry.content["files"].get(part):
                yield path, f"{told}{how} froze it on {entry.recorded_at:%Y-%m-%d}"
