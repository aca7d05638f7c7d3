"""Did the published run compare every row of the table by machine, and how did that end?"""

from __future__ import annotations

from pathlib import Path

import duckdb

from kpiledger.project import Project
from kpiledger.spot_checks.standing import SpotCheckStanding
from kpiledger.warehouse import open_current

_RECONCILIATION = """
    select run_id, outcome, rows_tested from kpi.fct_check_result
    where source = ? and table_name = ? and rule = 'reconciliation'
"""


def reconciled_by_row(project: Project, warehouse: Path, check: SpotCheckStanding) -> list[tuple[str, str, int | None]]:
    """Run, outcome and rows of the table's reconciliation, where it compares row by row; else nothing."""
    expectations = project.expectations.get(check.content["source"])
    tables = expectations.tables if expectations else ()
    by_row = any(one.table == check.content["table"] and one.reconcile and one.reconcile.rows for one in tables)
    if not by_row or not warehouse.exists():
        return []
    with open_current(warehouse) as link:
        try:
            rows = link.execute(_RECONCILIATION, [check.content["source"], check.content["table"]]).fetchall()
        except duckdb.CatalogException:  # a publication without checks
            return []
    return [(run_id, outcome, tested) for run_id, outcome, tested in rows]
