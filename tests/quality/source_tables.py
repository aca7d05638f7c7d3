"""One table made in any source by its own statements, held against a warehouse's rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa
from quality_builders import project_of

from kpiledger.quality import CheckResult, QualityReport, check_sources
from kpiledger.specs.expectation import Expectations

AS_OF, AT = date(2024, 6, 30), datetime(2024, 7, 1)


def written(url: str, statements: Sequence[str]) -> None:
    """Run statements in a source."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def held_against(
    folder: Path, url: str, columns: str, rows: Sequence[tuple[Any, ...]], reconcile: dict[str, Any], **more: Any
) -> QualityReport:
    """The table `item`, by its key `id`, against the staging model `stg_item` with these columns and rows."""
    warehouse = folder / "warehouse.duckdb"
    warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(warehouse)) as link:
        link.execute("set timezone = 'UTC'")
        link.execute("create schema staging")
        link.execute(f"create table staging.stg_item ({columns})")
        for row in rows:
            link.execute(f"insert into staging.stg_item values ({', '.join('?' for _ in row)})", row)
    item = {"table": "item", "model": "stg_item", "key": ["id"], "reconcile": reconcile, **more}
    said = {"source": "shop", "connection": "SHOP_URL", "owner": "sales_operations", "tables": [item]}
    project = project_of(folder, {"shop": Expectations.model_validate(said)})
    return check_sources(project, warehouse, AS_OF, "run-1", AT, {"SHOP_URL": url})


def result_of(report: QualityReport) -> CheckResult:
    """The result of the reconciliation."""
    (result,) = [result for result in report.results if result.rule == "reconciliation"]
    return result


def found(report: QualityReport) -> set[tuple[str, str, str]]:
    """Key, column and kind of every difference."""
    return {
        (row.record_key or "", row.measure, str(row.difference_kind))
        for row in report.reconciliations
        if row.difference_kind
    }
