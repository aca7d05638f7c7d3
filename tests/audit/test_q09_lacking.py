"""Question 9: what promises lack, and who is held to too much at once."""

from __future__ import annotations

import pytest
from kpi_world import kpi_world
from ledger_builders import agreed, agreements, event, kpi, project, target

from kpiledger.ledger.store import Ledger
from kpiledger.recording import record
from kpiledger.settings import load_settings
from tests.audit.conftest import EXPECTED, AuditWorld, at


def test_what_is_lacking_is_named_with_its_promise(tmp_path, golden):
    golden(EXPECTED / "q09_lacking.txt", kpi_world(tmp_path / "project").text(9))


def test_each_lack_is_told_by_hand(tmp_path):
    rows = kpi_world(tmp_path / "project").rows(9)
    assert [(row["lacks"], row["kpi"], row["agreement"], row["detail"]) for row in rows] == [
        ("owner", "revenue", None, "nobody holds the role finance_controller; 2 promises"),
        ("counter-KPI", "revenue", None, "the KPI names none; 2 promises"),
        ("influence", "revenue", "west_2017", "0.6"),
    ]


def test_one_agreement_is_looked_at_alone(tmp_path):
    rows = kpi_world(tmp_path / "project").rows(9, agreement="own_2017")
    assert [row["detail"] for row in rows] == [
        "nobody holds the role finance_controller; 1 promise",
        "the KPI names none; 1 promise",
    ]


@pytest.fixture
def crowded(tmp_path):
    """West is held to 4 KPIs all year, to 2 more from July to September, and to one of the 4 in two slices."""
    (tmp_path / "kpiledger.yml").write_text("ledger: ledger\n", encoding="utf-8")
    names = ["one", "two", "three", "four", "five", "six"]
    kpis = [kpi(name, counter_kpis=["one"], owner="head_of_sales") for name in names]
    year = agreed(*(target(name) for name in names[:4]), target("one", region="East"))
    summer = agreed(
        *(target(name) for name in names[4:]), agreement="summer", valid_from="2017-07-01", valid_to="2017-09-30"
    )
    specs = project(agreements(year, summer), kpis=kpis, root=tmp_path)
    settings = load_settings(tmp_path, {})
    world = AuditWorld(settings, Ledger(settings.ledger), specs)
    record(specs, tmp_path, world.ledger, at("2016-12-20T09:00:00"))
    return world


def test_more_than_five_kpis_at_once_are_too_many(crowded):
    (row,) = crowded.rows(9)
    assert (row["lacks"], row["holder"], row["detail"]) == (
        "focus", "sales_west", "6 KPIs at once, first on 2017-07-01",
    )  # fmt: skip


def test_an_agreement_that_moved_its_end_is_held_until_then(crowded):
    ended = event("retired", agreement="summer", valid_from="2017-07-01")
    file = crowded.project.agreements[0]
    events = [one.model_dump(mode="json", by_alias=True, exclude_none=True) for one in file.events]
    specs = project(agreements(*events, ended), kpis=list(crowded.project.kpis.values()), root=crowded.project.root)
    record(specs, crowded.settings.root, crowded.ledger, at("2017-01-20T09:00:00"))
    assert crowded.rows(9) == []
