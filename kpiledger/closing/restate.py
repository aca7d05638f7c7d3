"""Restating a closed period: what is computed now is accepted in the place of what was closed, and both stay seen.

A member without rows is restated as having no value. A KPI that is no longer defined is not restated: there is nothing
to put in the place of its figures, so they stand as they were closed.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from kpiledger.closing.columns import SCORECARD_KEY, VALUES, VALUES_KEY, frozen_keys
from kpiledger.closing.doing import Pair, Place, alone, published, reasons_against, refuse
from kpiledger.closing.evidence import hashes_in, keep_holders, keep_inputs, scorecard_columns, settle, write_rows
from kpiledger.closing.places import SCORECARD_FILE, VALUES_FILE, folder_of
from kpiledger.closing.published import as_of_in, holders_in
from kpiledger.closing.refusing import ToClose, last_publication, refusals_of_news, refusals_of_tables
from kpiledger.closing.signed import with_signature
from kpiledger.closing.standing import Close, last_of_each
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.periods import Period

_OPEN = """
    select * from kpi.fct_restatement
    where close_period = $period and close_ordinal = $ordinal and accepted_seq is null
"""
_SCORECARD = f"""
    select {scorecard_columns("scorecard_now")}
    from open_restatement join kpi.scorecard_now on {frozen_keys(SCORECARD_KEY, "open_restatement", "scorecard_now")}
    left join holder_kept on holder_kept.holder = scorecard_now.holder
    where figure = 'scorecard' order by {", ".join(SCORECARD_KEY)}
"""
# A member without rows has no value any more, and that is what is accepted.
_NO_VALUE = ", ".join(
    f"open_restatement.{column}" if column in (*VALUES_KEY, "period_end") else f"cast(null as {kind}) as {column}"
    for column, kind in VALUES.items()
)
_VALUES = f"""
    with value_now as (
        select fct_kpi_value.* from kpi.fct_kpi_value join kpi.dim_kpi_version
            on dim_kpi_version.kpi = fct_kpi_value.kpi and dim_kpi_version.version = fct_kpi_value.version
            and dim_kpi_version.valid_from <= fct_kpi_value.period_start
            and coalesce(dim_kpi_version.valid_to, fct_kpi_value.period_start) >= fct_kpi_value.period_start
    ),
    accepted as (
        select {", ".join(f"value_now.{column}" for column in VALUES)}
        from open_restatement join value_now on {frozen_keys(VALUES_KEY, "open_restatement", "value_now")}
        where figure = 'value'
        union all
        select {_NO_VALUE}
        from open_restatement
        semi join kpi.dim_kpi_version on dim_kpi_version.kpi = open_restatement.kpi
        anti join value_now on {frozen_keys(VALUES_KEY, "open_restatement", "value_now")}
        where figure = 'value'
    )
    select * from accepted order by {", ".join(VALUES_KEY)}
"""


@dataclass(frozen=True, slots=True)
class Restated:
    """What a restatement did: its entry, how many figures, and how many by cause."""

    entry: Entry
    rows: Mapping[str, int]
    causes: Mapping[str, int]


def restate_period(place: Place, period: Period, reason: str, pair: Pair) -> Restated:
    """Accept every figure of a closed period that is another now, as the published run computed it."""
    what = f"restating {period}"
    with alone(place, what), published(place, what) as warehouse:
        asked = place.asked(period)
        close = last_of_each(asked.closes).get(str(period))
        deed = place.deed(pair)
        refuse(what, [*reasons_against(place, asked, deed), *_reasons(place, asked, close, warehouse)])
        assert close is not None
        words = {"period": close.period, "ordinal": close.ordinal}
        warehouse.execute(f"create or replace temp table open_restatement as {_OPEN}", words)
        people = sorted(holders_in(warehouse) & set(place.project.organisation.people))
        keep_holders(warehouse, {one: f"commitment:{place.person(one)['commitment']}" for one in people})
        number = len(close.restatements) + 1
        aside = place.settings.closes / f".{period}"
        rows = _write(warehouse, place.publication, aside)
        if not sum(rows.values()):
            shutil.rmtree(aside)
        refuse(what, [] if sum(rows.values()) else ["nothing of it is another now than what counts already"])
        causes = _causes(warehouse)
        name = f"restated-{number}"
        files = {f"{name}/{path}": digest for path, digest in hashes_in(aside).items()}
        content = {
            "period": close.period,
            "ordinal": str(close.ordinal),
            "restatement": str(number),
            "close_hash": close.entry.entry_hash,
            "run_id": place.publication.name,
            "reason": reason,
            "restated_by": place.person(deed.done_by),
            "approved_by": place.person(deed.approved_by),
            "rows": {table: str(count) for table, count in rows.items()},
            "files": files,
            "causes": {cause: str(count) for cause, count in sorted(causes.items())},
            "as_of_on": as_of_in(warehouse),
        }
        signed = with_signature(content, deed.key)
        settle(aside, folder_of(place.settings.closes, close) / name)
        return Restated(place.record(EntryKind.PERIOD_RESTATED, close.entry.key, signed), rows, causes)


def _reasons(place: Place, asked: ToClose, close: Close | None, warehouse: DuckDBPyConnection) -> Iterator[str]:
    if close is None or not close.is_standing:
        yield f"{asked.period} is not closed by itself"
    altered = list(refusals_of_tables(asked, place.settings.warehouse))
    yield from altered
    yield from refusals_of_news(asked, warehouse)
    last = last_publication(asked.entries)
    if not altered and close is not None and last is not None and close.entry.seq > last.seq:
        yield "nothing was published since it was closed, so nothing can be another: run `kpi run`"


def _write(warehouse: DuckDBPyConnection, publication: Path, aside: Path) -> dict[str, int]:
    """The rows that are accepted, and what they were computed from: so they come out again as those of a close do."""
    shutil.rmtree(aside, ignore_errors=True)
    rows = {
        "scorecard": write_rows(warehouse, _SCORECARD, aside / SCORECARD_FILE),
        "values": write_rows(warehouse, _VALUES, aside / VALUES_FILE),
    }
    keep_inputs(publication, aside)
    return rows


def _causes(warehouse: DuckDBPyConnection) -> Counter[str]:
    """How many figures have each cause; one with two causes counts for both."""
    rows: Sequence[tuple[str]] = warehouse.execute(
        "select cause from open_restatement semi join kpi.dim_kpi_version on dim_kpi_version.kpi = open_restatement.kpi"
    ).fetchall()
    return Counter(cause for (text,) in rows for cause in text.split(", "))
