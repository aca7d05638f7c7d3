"""Whatever differences are planted among many rows of PostgreSQL, exactly those keys are named, by kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quality_builders import project_of

from kpiledger.quality import QualityReport, check_sources
from kpiledger.quality.report import DifferenceKind
from kpiledger.vocabulary import Outcome
from tests.planted_sales import RECONCILE, build_sales, chosen, plant, sales_expectations
from tests.postgres import Server, needs_postgres, postgres_server

pytestmark = needs_postgres
TOTALS = {"cut_off": "changed_at", "totals": {**RECONCILE["totals"], "checksum": ["buyer", "sold_on", "changed_at"]}}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres_server() as running:
        yield running


def held(server: Server, warehouse: Path, reconcile: dict[str, Any] | None = None) -> QualityReport:
    project = project_of(warehouse.parent, {"till": sales_expectations(reconcile)})
    url = server.engine.url.render_as_string(hide_password=False)
    return check_sources(project, warehouse, date(2024, 6, 30), "run", datetime(2024, 7, 1), {"TILL_URL": url})


def keys(report: QualityReport) -> dict[DifferenceKind, list[int]]:
    rows = report.reconciliations
    return {
        kind: sorted({int(row.record_key or 0) for row in rows if row.difference_kind is kind})
        for kind in DifferenceKind
    }


def test_a_hundred_differences_among_50_000_rows_are_named_exactly(server: Server, tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    build_sales(server.engine, warehouse, 50_000)
    clean = held(server, warehouse)
    assert (clean.results[0].outcome, clean.results[0].rows_tested) == (Outcome.PASSED, 50_000)
    planted = chosen(50_000, 100, seed=7)
    plant(server.engine, warehouse, planted)
    report = held(server, warehouse)
    assert keys(report) == planted
    wrong = {key for kind, found in planted.items() if kind is not DifferenceKind.LATE for key in found}
    assert {int(key) for key in report.keys_of(report.results[0])} == wrong
    assert report.results[0].failing_count == len(wrong)


def test_the_sources_own_totals_are_enough_where_they_agree_and_never_hide_what_differs(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kpiledger.quality import reconciliation

    warehouse, read = tmp_path / "warehouse.duckdb", []
    build_sales(server.engine, warehouse, 5_000)
    put = reconciliation.put_source
    monkeypatch.setattr(reconciliation, "put_source", lambda *given: (read.append(1), put(*given)))
    short = held(server, warehouse, TOTALS)
    assert (short.results[0].outcome, short.results[0].rows_tested, read) == (Outcome.PASSED, 5_000, [])
    monkeypatch.setattr(reconciliation, "agreeing", lambda *given: None)
    assert short.reconciliations == held(server, warehouse, TOTALS).reconciliations
    monkeypatch.undo()
    nothing: dict[DifferenceKind, list[int]] = {kind: [] for kind in DifferenceKind}
    plant(server.engine, warehouse, {**nothing, DifferenceKind.CHANGED: [11, 12], DifferenceKind.LATE: [13]})
    report = held(server, warehouse, TOTALS)
    assert keys(report) == {**nothing, DifferenceKind.CHANGED: [11, 12], DifferenceKind.LATE: [13]}


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(0, 60), seed=st.integers(0, 10_000))
def test_any_planting_is_found_whole(
    server: Server, tmp_path_factory: pytest.TempPathFactory, count: int, seed: int
) -> None:
    warehouse = tmp_path_factory.mktemp("planted") / "warehouse.duckdb"
    build_sales(server.engine, warehouse, 3_000)
    planted = chosen(3_000, count, seed)
    plant(server.engine, warehouse, planted)
    assert keys(held(server, warehouse)) == planted
