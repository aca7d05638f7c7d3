"""From the agreement's file to the scorecard: a target counts once somebody signed it who may, and not before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from signers import Keys

from kpiledger.claim import release
from kpiledger.cli import kpi
from kpiledger.run import begin, build_models, record_agreements
from kpiledger.sources import build_demo_sources
from kpiledger.warehouse import open_reader, rows_of
from tests.demo import copy_project

WEST = "metrics/agreements/2017/sales_west.yml"
AMENDED = """\
  - event: amended
    agreement: sales_west_2017
    decided_on: 2017-11-20
    valid_from: 2017-12-01
    reason: {kind: external_shock, text: A competitor left the market}
    proposed_by: head_of_sales
    approved_by: cfo
    targets:
      - kpi: revenue
        slice: {region: West}
        weight: 0.30
        target: {grain: month, value: "31000.00", comparison: at_least}
"""
NOW = datetime(2018, 1, 5, 9, tzinfo=UTC)


def scorecard(folder: Path, at: datetime) -> dict[date, dict[str, Any]]:
    """The last two months of the team's revenue after a run that recorded at a moment; nothing is published."""
    run = begin(folder, f"run_{at:%Y%m%d}", None, at, extracting=True)
    record_agreements(run, lambda: at)
    build_models(run)
    release(run.settings.build)
    query = """
        select period_start, status, target_value, approval_state, is_binding, score
        from kpi.fct_scorecard
        where holder = 'sales_west' and kpi = 'revenue' and member = 'West' and grain = 'month'
            and period_start >= date '2017-11-01'
    """
    with open_reader(run.warehouse) as connection:
        return {row["period_start"]: row for row in rows_of(connection, query)}


def asked_for(folder: Path) -> list[tuple[Any, ...]]:
    """What waits for its approval in December, by the tables that the last run built."""
    query = """
        select target_value, approval_state, is_binding from kpi.fct_kpi_target
        where is_pending and holder = 'sales_west' and kpi = 'revenue' and period_start = date '2017-12-01'
    """
    with open_reader(folder / "build/next/warehouse.duckdb") as connection:
        return [tuple(row.values()) for row in rows_of(connection, query)]


@pytest.mark.demo
def test_an_unsigned_amendment_is_shown_and_counts_once_it_is_signed(tmp_path: Path, keys: Keys) -> None:
    folder = copy_project(tmp_path / "demo")
    build_demo_sources(folder / "seeds", folder / "build" / "sources", faults=False)
    with (folder / WEST).open("a") as west, (folder / "metrics/approvers/allowed_signers").open("a") as signers:
        west.write(AMENDED)
        signers.write(keys.line("ed25519", "p_1002"))

    before = scorecard(folder, NOW)
    november, december = before[date(2017, 11, 1)], before[date(2017, 12, 1)]
    assert (november["status"], november["approval_state"], november["is_binding"]) == ("red", "approved", True)
    # What was approved holds until somebody signs another.
    assert (december["target_value"], december["approval_state"], december["is_binding"]) == (38200, "approved", True)
    assert asked_for(folder) == [(31000, "unapproved", False)]

    words = ["--project", str(folder), "approve", WEST, "--key", str(keys.make("ed25519"))]
    approved = CliRunner().invoke(kpi, words)
    assert approved.exit_code == 0, approved.output

    after = scorecard(folder, NOW + timedelta(days=1))
    assert after[date(2017, 11, 1)] == november
    december = after[date(2017, 12, 1)]
    assert (december["target_value"], december["approval_state"], december["is_binding"]) == (31000, "approved", True)
    assert asked_for(folder) == []
    assert december["status"] in ("green", "amber", "red")
    assert december["score"] is not None
