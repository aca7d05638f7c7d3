"""The stand-alone query that a reader sees gives exactly what the compiled models gave."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from kpiledger.checking import check_folder
from kpiledger.compiling import standalone_query
from kpiledger.project import Project

ROOT = Path(__file__).parents[2]
MAX_LINES = 55
COLUMNS = "grain, span, period_start, period_end, is_complete, slice, member, numerator, denominator, value, row_count"


def _project() -> Project:
    project, _ = check_folder(ROOT)
    assert project is not None
    return project


PROJECT = _project()
VERSIONS = [(kpi, version) for _, kpi in sorted(PROJECT.kpis.items()) for version in kpi.versions]
NAMES = [f"{kpi.kpi}-{version.version}" for kpi, version in VERSIONS]


@pytest.mark.demo
@pytest.mark.parametrize(("kpi", "version"), VERSIONS, ids=NAMES)
def test_query_and_table_have_the_same_rows(kpi, version, published_demo: Path) -> None:
    query = standalone_query(PROJECT, kpi, version)
    spans = ", ".join(f"'{span}'" for span in kpi.spans)
    stored = (
        f"select {COLUMNS} from kpi.fct_kpi_value "
        f"where kpi = '{kpi.kpi}' and version = {version.version} and span in ({spans})"
    )
    with duckdb.connect(str(published_demo / "build/warehouse.duckdb"), read_only=True) as connection:
        connection.execute(f"create temp table shown as {query}")
        shown, kept = connection.execute(
            f"select (select count(*) from shown), (select count(*) from ({stored}))"
        ).fetchall()[0]
        assert shown == kept > 0
        for one, other in ((f"select {COLUMNS} from shown", stored), (stored, f"select {COLUMNS} from shown")):
            assert connection.execute(f"({one}) except ({other})").fetchall() == []


@pytest.mark.parametrize(("kpi", "version"), VERSIONS, ids=NAMES)
def test_the_shown_query_fits_on_a_page(kpi, version) -> None:
    assert len(standalone_query(PROJECT, kpi, version).splitlines()) <= MAX_LINES
