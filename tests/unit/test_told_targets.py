"""How `kpi target` and `kpi history` tell of targets that are more than one figure."""

from dataclasses import replace

import duckdb
import pytest
from ledger_builders import agreed, agreements, clock, event, project, target

from kpiledger.errors import DamagedFile
from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.ledger_index.opening import index_in_memory
from kpiledger.periods import Period
from kpiledger.recording import record
from kpiledger.reports import history, target_told
from kpiledger.reports import target as target_report
from kpiledger.reports.measured import measured_targets

BASELINE = {
    "from": "2016-01", "to": "2016-12", "exclude": [], "method": "mean", "value": "50", "source": "erp"
}  # fmt: skip
LAST_YEAR = target(value={"relative": {"to": "same_period_last_year", "times": "1.06"}})


@pytest.fixture
def ledger(tmp_path):
    def recorded(*events):
        found = Ledger(tmp_path / "ledger")
        record(project(agreements(*events)), tmp_path, found, clock())
        return found

    return recorded


def told(ledger, period="2017-08"):
    index = index_in_memory(ledger, signed_checkpoint(ledger))
    found = target_report.target_answer(ledger, index, project(), "revenue", "sales_west", Period.parse(period))
    return [line.strip() for line in target_told.render_text(found).splitlines()]


def steps(ledger, name="west_2017"):
    index = index_in_memory(ledger, signed_checkpoint(ledger))
    return history.render_text(history.history(ledger, index, name))


def test_a_target_that_follows_from_data_says_what_it_is_a_multiple_of(ledger):
    assert "target       at least 1.06 times the same period last year, region West" in told(ledger(agreed(LAST_YEAR)))


def test_a_multiple_of_the_baseline_says_the_figure_and_the_multiple(ledger):
    shown = target(value={"relative": {"to": "baseline", "times": "1.1"}}, baseline=BASELINE)
    lines = told(ledger(agreed(shown)))
    assert lines[1:3] == ["target       at least 55 USD, region West", "it is        1.1 times the baseline"]


def test_a_multiple_of_last_year_says_its_published_figure_or_that_there_is_none(ledger, tmp_path):
    held, august = ledger(agreed(LAST_YEAR)), Period.parse("2017-08")
    index = index_in_memory(held, signed_checkpoint(held))
    found = target_report.target_answer(held, index, project(), "revenue", "sales_west", august)
    path = tmp_path / "warehouse.duckdb"

    def shown():
        answer = replace(found, measured=measured_targets(path, "revenue", august))
        return [line.strip() for line in target_told.render_text(answer).splitlines()][2]

    unknown = "it is        computed by a run: the value a year earlier, by the definition in force in the period; "
    assert shown() == f"{unknown}none is published"
    with duckdb.connect(str(path)) as warehouse:
        warehouse.execute("create schema kpi")
        warehouse.execute(
            "create table kpi.fct_kpi_target as select 'west_2017' as agreement, 1 as agreement_version, "
            "'revenue' as kpi, 'region' as slice, 'West' as member, 'month' as grain, date '2017-08-01' as "
            "period_start, 'same_period_last_year' as reference, 23320.5::decimal(38, 10) as target_value"
        )
    assert shown() == "it is        23,320.5 USD, by the published figures"
    path.write_bytes(b"no database")
    with pytest.raises(DamagedFile, match="is not a valid DuckDB database file"):
        shown()


def test_two_bounds_are_both_said_and_how_far_amber_reaches(ledger):
    shown = target(value={"value": "8", "upper": "10"}, comparison="between", amber={"outside_by": "2"})
    lines = told(ledger(agreed(shown)))
    assert lines[1:3] == ["target       between 8 and 10 USD, region West", "amber within 2"]


def test_exactly_says_how_far_off_is_still_met(ledger):
    shown = target(value={"value": "0", "within": "0.5"}, comparison="exactly")
    assert told(ledger(agreed(shown)))[1] == "target       exactly 0 within 0.5 USD, region West"


def test_commit_and_stretch_are_said(ledger):
    lines = told(ledger(agreed(target(commit="5", stretch="30000"))))
    assert lines[2:4] == ["commit       5", "stretch      30,000"]


def test_a_trial_is_told_as_one(ledger):
    found = ledger(agreed(target(), pilot=True))
    assert "pilot        a trial that binds nobody" in told(found)
    assert "valid     from 2017-01-01 to 2017-12-31, a trial" in steps(found)


def test_the_history_names_every_figure_of_a_form(ledger):
    first = agreed(target(value={"ramp": {"from": "1", "to": "12"}}, commit="0.5"))
    bounds = {
        "by_period": {"2017-07": "1", "2017-08": "2"},
        "upper_by_period": {"2017-07": "3", "2017-08": "4"},
    }
    then = event("amended", target(value=bounds, comparison="between", amber={"outside_by": "1"}))
    found = steps(ledger(first, then, event("amended", LAST_YEAR, valid_from="2017-08-01")))
    assert "no target -> at least ramp from 1, ramp to 12, commit 0.5" in found
    assert "comparison at least -> between" in found
    assert "upper 2017-07 none -> 3, upper 2017-08 none -> 4" in found
    assert "amber outside by none -> 1" in found
    assert "times the same period last year none -> 1.06" in found
