"""The table `fct_conflict`: every conflict between KPIs that is known, and what both sides share or could."""

from __future__ import annotations

from pathlib import Path

import duckdb

from kpiledger.conflicts.conflict import Conflict, Conflicts
from kpiledger.conflicts.finding import find_conflicts
from kpiledger.conflicts.held import held_now
from kpiledger.conflicts.series import monthly_series
from kpiledger.project import Project
from kpiledger.warehouse import Table, lay_tables, open_current

NAME = "fct_conflict"
MEANING = (
    "Each two KPIs that work against each other, once for each reason to think so. "
    "One row per pair of KPIs, basis, and measure or holders."
)
# Each column with its type and its meaning.
COLUMNS: dict[str, tuple[str, str]] = {
    "kpi": ("varchar", "One of the two KPIs; the one that moves first where one does."),
    "other_kpi": ("varchar", "The other; the same one where two holders are promised different figures for it."),
    "basis": (
        "varchar",
        "declared (in a KPI's file), structure (of the formulas), targets (two for one number), "
        "weights (of agreements), or figures (seen over time, which is no cause).",
    ),
    "says": ("varchar", "The conflict in words."),
    "department": ("varchar", "The department of kpi, or of holders for targets and weights; null for the company."),
    "other_department": ("varchar", "The same of other_kpi."),
    "chain_stage": ("varchar", "The stage of the customer chain that kpi speaks of."),
    "other_chain_stage": ("varchar", "The same of other_kpi."),
    "measure": ("varchar", "The measure that one pulls up and the other down, for structure."),
    "holders": ("varchar", "Units and roles held to kpi, with their weights; never single people."),
    "other_holders": ("varchar", "The same for other_kpi."),
    "held_together_by": ("varchar", "Those held to both, who can balance them, with both weights."),
    "shared_kpis": ("varchar", "KPIs that both departments are held to."),
    "suggested_kpi": ("varchar", "Where nothing is shared, the KPI that both could be held to."),
    "suggestion": ("varchar", "Why that one, or that a new one is needed."),
    "correlation": ("decimal(9,6)", "Of the favourable surprises of both, negative; for figures."),
    "lag_months": ("integer", "How many months other_kpi follows kpi."),
    "month_count": ("integer", "How many months both had a figure for."),
    "p_value": ("double", "How likely so strong a correlation is by chance, at the best of all lags."),
    "q_value": ("double", "The share of false ones to expect if this one and all surer ones are named."),
}


def conflicts_in(project: Project, warehouse: Path) -> Conflicts:
    """Every conflict, with the promises and figures of a warehouse; from the specs alone where it is not there yet."""
    if not warehouse.exists():
        return find_conflicts(project)
    with open_current(warehouse) as connection:
        return _found(project, connection)


def lay_conflicts(project: Project, warehouse: Path) -> Conflicts:
    """Look for conflicts in a warehouse that was built, and lay the table."""
    with duckdb.connect(str(warehouse)) as connection:
        found = _found(project, connection)
    rows = [_row(one) for one in found.found]
    table = Table(NAME, {name: kind for name, (kind, _) in COLUMNS.items()}, rows, MEANING)
    lay_tables(warehouse, "kpi", [table])
    return found


def _found(project: Project, connection: duckdb.DuckDBPyConnection) -> Conflicts:
    return find_conflicts(project, held_now(connection, project), monthly_series(connection))


def _row(one: Conflict) -> list[object]:
    return [_cell(getattr(one, name)) for name in COLUMNS]


def _cell(value: object) -> object:
    return (", ".join(value) or None) if isinstance(value, tuple) else value
