"""Published tables for a generated ledger: figures of its KPIs, and what its agreements promise for each period.

Tables have the columns that the models' contracts declare. Agreements and targets are laid by the project's own fold,
so they equal the ledger; the months of a year have the mean that most recorded baselines say.

    python -m benchmarks.many_figures warehouse.duckdb ledger_index.duckdb /tmp/ledger
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from benchmarks.many_entries import ROOT, YEARS
from kpiledger.approvals import approvals_of
from kpiledger.folding import agreement_version_rows, fold, target_period_rows
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.store import Ledger
from kpiledger.ledger_index.approving import judging_entries
from kpiledger.ledger_index.entries import event_entries
from kpiledger.periods import COMMON, Reckoning
from kpiledger.projection import AGREEMENT_VERSION, TARGET_PERIOD, laid_rows
from kpiledger.reviews.tables import FCT_DECISION, FCT_TRIGGER_FIRED
from kpiledger.warehouse import Table, lay_table, lay_tables

_CONTRACTS = (ROOT / "models" / "scorecard" / "_scorecard.yml", ROOT / "models" / "kpis" / "_kpis.yml")
_AGREEMENTS_AT_ONCE = 2_000  # all at once would need ten times the memory
_VERSIONS = """
    insert into kpi.dim_kpi_version by name
    select kpi, version, valid_from,
        lead(valid_from) over (partition by kpi order by version) - 1 as valid_to,
        valid_from as computed_from, definition ->> '$.formula' as formula, definition_hash, reason as change_reason,
        requested_by, seq, recorded_at, entry_hash, false as is_ratio, true as is_additive, false as is_level
    from kept.definition join kept.entry using (seq) order by kpi, version
"""
# A figure of each month for each cut that a target is for, and of the whole of the project's own KPIs. `yearly_mean`
# says the same of a year.
_FIGURES = f"""
    insert into kpi.fct_kpi_value by name
    with cut as (
        select distinct kpi, slice, member from kept.target
        union select distinct kpi, 'all', 'all' from kept.definition
    ),
    leveled as (
        select *, coalesce(try_cast(regexp_extract(kpi, '^figure_(\\d+)$', 1) as bigint), 1) as number,
            1000 * (number + 1) as level
        from cut
    ),
    month as (select unnest(range(date '{YEARS[0] - 1}-01-01', date '{YEARS[-1] + 1}-01-01', interval 1 month)) as day)
    select kpi, definition.version, slice, member, 'month' as grain, 'period' as span,
        cast(day as date) as period_start, last_day(day) as period_end, true as is_complete,
        level + (number * 7919 + year(day) * 104729) % level + (2 * month(day) - 13) * (level // 100) as value
    from leveled join kept.definition using (kpi) cross join month
    order by kpi, definition.version, slice, member, day
"""


def lay_warehouse(warehouse: Path, index: Path, ledger: Ledger, reckoning: Reckoning) -> None:
    """Lay all that questions to a published warehouse read."""
    lay_tables(warehouse, "kpi", [Table(name, _contract(name), []) for name in ("dim_kpi_version", "fct_kpi_value")])
    lay_tables(warehouse, "kpi", [FCT_DECISION.table([]), FCT_TRIGGER_FIRED.table([])])
    promised = {"dim_agreement_version": AGREEMENT_VERSION, "fct_kpi_target": TARGET_PERIOD}
    lay_tables(warehouse, "kpi", [Table(name, _contract(name), []) for name in promised])
    with duckdb.connect(str(warehouse)) as connection, duckdb.connect() as kept:
        connection.execute(f"attach '{index}' as kept (read_only)")
        connection.execute(_VERSIONS)
        connection.execute(_FIGURES)
        kept.execute(f"attach '{index}' as kept (read_only)")
        kept.execute("use kept")
        for tables in _folded(kept, ledger, reckoning):
            for table in tables:
                _append(connection, table)


def _append(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Add rows to those that were laid before."""
    lay_table(connection, table.name, table, is_passing=True)
    columns = ", ".join(_contract(table.name))
    connection.execute(f"insert into kpi.{table.name} by name select {columns} from temp.{table.name}")


def _folded(index: duckdb.DuckDBPyConnection, ledger: Ledger, reckoning: Reckoning) -> Iterator[tuple[Table, Table]]:
    """The two tables of agreements, some agreements at a time."""
    found = index.execute("select agreement, list(seq) from event group by agreement order by agreement").fetchall()
    for first in range(0, len(found), _AGREEMENTS_AT_ONCE):
        chosen = found[first : first + _AGREEMENTS_AT_ONCE]
        judging = judging_entries(index, ledger, (seq for _, seqs in chosen for seq in seqs))
        events = recorded_events(ledger, event_entries(index, ledger, (name for name, _ in chosen)))
        versions = fold(events, approvals_of(ledger, judging))
        yield (
            Table("dim_agreement_version", AGREEMENT_VERSION, laid_rows(agreement_version_rows(versions))),
            Table("fct_kpi_target", TARGET_PERIOD, laid_rows(target_period_rows(versions, reckoning))),
        )


def _contract(table: str) -> Mapping[str, str]:
    """The columns that a model's contract declares."""
    return {column["name"]: column["data_type"] for column in _models()[table]["columns"]}


@cache
def _models() -> Mapping[str, Any]:
    files = (yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) for path in _CONTRACTS)
    return {model["name"]: model for file in files for model in file["models"]}


if __name__ == "__main__":
    lay_warehouse(Path(sys.argv[1]), Path(sys.argv[2]), Ledger(Path(sys.argv[3])), COMMON)
