"""Questions 8, 10 and 11 on the finished demo: what they say of its published numbers."""

from __future__ import annotations

import re
from decimal import Decimal

import duckdb
import pytest

from kpiledger.checking import check_folder
from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.ledger_index.files import IndexFiles
from kpiledger.ledger_index.vouching import Vouched, sound_index
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


# Commits differ from one copy of the demo to the next, and so do the name and the day of the run that published.
_OF_THIS_COPY = re.compile(r"\b[0-9a-f]{40}\b|\brun[_-][0-9a-z_-]+\b|\b[0-9]{8}T[0-9]{6}[0-9a-zZ_.-]*")
ASKED = {
    "q05_improving_demo": (5, {"days": "10"}),
    "q08_baseline_demo": (8, {"kpi": "revenue"}),
    "q11_logic_demo": (11, {"kpi": "gross_margin", "period": "2017-06", "member": "West"}),
    "q27_git_demo": (27, {}),
}


@pytest.mark.parametrize("name", ASKED)
def test_the_answer_on_the_finished_demo_is_as_it_was_read(world, golden, name):
    number, words = ASKED[name]
    golden(EXPECTED / f"{name}.txt", _OF_THIS_COPY.sub("<this copy>", world.text(number, **words)))


def test_the_service_desk_turned_november_green_two_days_before_its_end(world):
    """By hand: 7.22 hours to solve, promised at most 5.9 by the ramp, then 7.5 by an amendment of 28 November."""
    rows = [row for row in world.rows(5) if row["agreement"] == "service_2017" and row["period"] == "2017-11"]
    assert [(row["old_status"], row["new_status"]) for row in rows] == [("red", "green")]


def test_a_run_leaves_an_index_that_was_made_from_every_entry(published_demo):
    settings = load_settings(published_demo, {})
    ledger = Ledger(settings.ledger)
    vouched = sound_index(IndexFiles(settings.build), ledger)
    assert isinstance(vouched, Vouched)
    assert vouched.whole == vouched.size == signed_checkpoint(ledger).size
