"""The table that tells readers of the warehouse which extracts it was made from: `kpi.dim_extract`."""

from __future__ import annotations

import json
from collections.abc import Sequence

from kpiledger.extracts.manifest import Manifest
from kpiledger.warehouse import Table

MEANING = "The extracts that this warehouse was made from. One row per source and table."
# Each column with its type and its meaning.
COLUMNS: dict[str, tuple[str, str]] = {
    "source": ("varchar", "The source system."),
    "table_name": ("varchar", "The table in the source system."),
    "extract_id": ("varchar", "The extract; its file and its manifest are named by it."),
    "taken_at": ("timestamp", "When it was taken (UTC)."),
    "row_count": ("bigint", "How many rows it has."),
    "control_totals": ("varchar", "The sum of each column that is declared as a control total, as JSON."),
    "period_from": ("varchar", "The lowest value of the table's period column."),
    "period_to": ("varchar", "The highest value of the table's period column."),
    "high_water_mark": (
        "varchar",
        "The highest value of the column that grows with each change: rows above are newer.",
    ),
    "sha256": ("varchar", "SHA-256 of the extract's file, as the ledger has it."),
    "accepted": ("varchar", "Why the extract was accepted although it differs from the one before; null for most."),
}


def extract_table(manifests: Sequence[Manifest]) -> Table:
    """One row for each extract of a run."""
    rows = [
        (
            one.source,
            one.table,
            one.extract_id,
            one.taken_at.removesuffix("+00:00"),
            one.row_count,
            json.dumps(one.control_totals, sort_keys=True),
            one.period_from,
            one.period_to,
            one.high_water_mark,
            one.sha256,
            one.accepted,
        )
        for one in manifests
    ]
    return Table("dim_extract", {name: kind for name, (kind, _) in COLUMNS.items()}, rows, MEANING)
