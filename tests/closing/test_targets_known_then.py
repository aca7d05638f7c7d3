"""A target that follows from data: what was known of it then is what was recorded then, never what data says now."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import datetime

import pytest
from click.testing import CliRunner

from kpiledger.cli import kpi
from tests.closing.closing_world import ClosingWorld

GROWTH = """\
holder: company
events:
  - event: agreed
    agreement: growth
    decided_on: 2017-05-20
    valid_from: 2017-01-01
    valid_to: 2017-12-31
    reason: {kind: annual_agreement, text: West grows}
    proposed_by: head_of_sales
    approved_by: cfo
    targets:
      - kpi: revenue
        slice: {region: West}
        target: {grain: month, comparison: at_least, relative: {to: same_period_last_year, times: "1.5"}}
"""
MARCH_2016 = 5  # the number of West's order line of that month, of 22003
NOT_RECORDED = "it is        1.5 times 2016-03; the figure of it that was known then is not recorded"
TODAY = "it is        33,006 USD, by the published figures"


@pytest.fixture
def growing(world: ClosingWorld) -> ClosingWorld:
    """The company with the target, after a run that published it."""
    (world.root / "metrics/agreements/2017/company.yml").write_text(GROWTH, encoding="utf-8")
    world.run()
    return world


def corrected(world: ClosingWorld) -> datetime:
    """Corrected to 22004 and published anew; the last moment at which nobody knew."""
    before = world.now
    day, customer, region, _, profit = world.lines[MARCH_2016]
    world.lines[MARCH_2016] = (day, customer, region, 22004, profit)
    world.run()
    return before


def told(world: ClosingWorld, moment: datetime, *words: str) -> str:
    asked = ("--holder", "company", "--period", "2017-03", "--known-at", moment.isoformat())
    command = words or ("target", "revenue")
    found = CliRunner().invoke(kpi, ["--project", str(world.root), *command, *asked], catch_exceptions=False)
    return found.stdout


def figures(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.startswith("  it is")]


def test_what_the_publication_of_then_said_is_told_and_so_is_what_data_moved(
    growing: ClosingWorld,
) -> None:
    moment = corrected(growing)
    text = told(growing, moment)
    then = "it is        33,004.5 USD, as run run-2 published it on 2017-06-02"
    assert figures(text) == [then, TODAY]
    assert "  growth (region West): by data 33004.5 -> 33006" in text.splitlines()
    assert figures(told(growing, growing.now)) == ["it is        33,006 USD, as run run-3 published it on 2017-06-02"]


def test_a_figure_that_nothing_kept_is_not_replaced_by_the_one_of_today(growing: ClosingWorld) -> None:
    moment = corrected(growing)
    shutil.rmtree(growing.settings.publications / "run-2")
    text = told(growing, moment)
    assert figures(text) == [NOT_RECORDED, TODAY]
    assert text.index(NOT_RECORDED) < text.index("as known today: the same promise") < text.index(TODAY)


def test_machines_are_told_the_same_as_people(growing: ClosingWorld) -> None:
    moment = corrected(growing)
    question = ("audit", "1", "--kpi", "revenue")
    then, today = list(csv.DictReader(told(growing, moment, *question, "--output", "csv").splitlines()))
    assert (then["by_data"], then["by_data_told"]) == ("33004.5", "as run run-2 published it on 2017-06-02")
    assert (today["by_data"], today["by_data_told"]) == ("33006", "by the published figures")
    shutil.rmtree(growing.settings.publications / "run-2")
    answer = json.loads(told(growing, moment, "target", "revenue", "--output", "json"))
    assert answer["measured_then"] == []
    assert [one["value"] for one in answer["measured"]] == ["33006"]
    then, today = json.loads(told(growing, moment, *question, "--output", "json"))["rows"]
    assert (then["by_data"], then["by_data_told"]) == (None, "the figure known then is not recorded")
    assert today["by_data"] == "33006"


def test_a_close_tells_what_it_froze_of_the_target_or_of_the_year_before(growing: ClosingWorld) -> None:
    growing.close("2016-03")
    by_base = growing.now
    growing.close("2017-03")
    by_target = growing.now
    growing.run()
    corrected(growing)
    for run in ("run-2", "run-3"):
        shutil.rmtree(growing.settings.publications / run)
    base = "by 2016-03 as the close 2016-03/1 froze it on 2017-06-02"
    assert figures(told(growing, by_base))[0] == f"it is        33,004.5 USD, {base}"
    closed = "as the close 2017-03/1 froze it on 2017-06-02"
    assert figures(told(growing, by_target))[0] == f"it is        33,004.5 USD, {closed}"


def test_what_was_changed_since_it_was_frozen_tells_nothing(growing: ClosingWorld) -> None:
    growing.close("2017-03")
    moment = growing.now
    corrected(growing)
    shutil.rmtree(growing.settings.publications / "run-2")
    frozen = growing.settings.closes / "2017-03/1/scorecard.parquet"
    frozen.chmod(0o644)
    frozen.write_bytes(frozen.read_bytes() + b"\0")
    assert figures(told(growing, moment))[0] == NOT_RECORDED
