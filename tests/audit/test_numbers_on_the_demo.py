"""Questions 8, 10 and 11 on the finished demo: what they say of its published numbers."""

from __future__ import annotations

import re
from decimal import Decimal

import duckdb
import pytest

from kpiledger.checking import check_folder
from kpiledger.ledger.store import Ledger
from kpiledger.settings import load_settings
from tests.audit.conftest import EXPECTED, AuditWorld

pytestmark = pytest.mark.demo


@pytest.fixture(scope="module")
def world(published_demo):
    settings = load_settings(published_demo, {})
    specs, _ = check_folder(published_demo)
    return AuditWorld(settings, Ledger(settings.ledger, anchors=settings.anchors), specs)


def test_baselines_of_the_demo_recompute_as_plain_sql_says(world):
    rows = [row for row in world.rows(8, kpi="revenue") if row["slice"] == "region" and row["excluded"] is None]
    assert rows
    with duckdb.connect(str(world.settings.warehouse), read_only=True) as connection:
        for row in rows:
            (mean,) = connection.execute(
                "select avg(value) from kpi.fct_kpi_value where kpi = 'revenue' and grain = 'month' "
                "and span = 'period' and slice = 'region' and member = ? "
                "and strftime(period_start, '%Y-%m') between ? and ?",
                [row["member"], row["from"], row["to"]],
            ).fetchone()
            assert abs(Decimal(mean) - row["today"]) <= Decimal("0.01")


def test_the_definition_of_revenue_on_the_demo(world, golden):
    text = world.text(10, kpi="revenue", period="2017-06")
    text = re.sub(r"recorded in entry \d+ on [0-9-]{10}, commit \w+", "recorded", text)
    golden(EXPECTED / "q10_demo.txt", text)


def test_every_link_of_a_number_of_the_demo_holds(world):
    for words in ({"kpi": "revenue", "period": "2017-06", "member": "West"}, {"kpi": "gross_margin", "period": "2017"}):
        found = world.ask(11, **words)
        assert found.holds, [row for row in found.rows if not row[3]]
