"""What pages say of KPIs that lack a figure, are one part of several, have versions, or are on their way out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from made_project import a_kpi, made_project

from kpiledger.pages.history import history
from kpiledger.pages.queries import ScorecardRow
from kpiledger.pages.rows import kpi_row, team_marks
from kpiledger.pages.series import Series
from kpiledger.pages.series import _grain as shown_by
from kpiledger.pages.tiles import tile
from kpiledger.project import Project
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Grain

PAIR = {"base": "revenue_sum", "converted": "revenue_sum"}
CONVERSION = {"type": "conversion", **PAIR, "entity": "customer_id", "window": "7 days"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return made_project(Path(tmp_path_factory.mktemp("project")))


def a_row(**given: Any) -> ScorecardRow:
    empty: dict[str, Any] = dict.fromkeys(ScorecardRow.__slots__)
    known = {
        "kpi_version": 1, "period_start": date(2017, 10, 1), "period_end": date(2017, 12, 31), "is_complete": True,
        "actual": Decimal(5), "target_value": Decimal(4), "comparison": "at_least", "status": "green",
    }  # fmt: skip
    return ScorecardRow(**(empty | known | given))


def a_series(project: Project, kpi: Kpi, grain: Grain, member: str = "all", **given: Any) -> Series:
    slice_name = "all" if member == "all" else "region"
    return Series("sales_west", kpi, slice_name, member, grain, (a_row(**given),), (), project.calendar.reckoning)


def lines(project: Project, series: Series) -> list[str]:
    built = tile(project, series, None)
    assert built is not None
    return [line.name for line in built.lines]


def formula(**given: Any) -> dict[str, Any]:
    change = {"reason": "first definition", "requested_by": "cfo"}
    return {"version": 1, "valid_from": "2014-01-01", "change": change, "formula": given}


def test_a_line_that_no_period_fills_is_left_out(project: Project) -> None:
    kpi = a_kpi("visits", "Visits", "order")
    last_year: dict[str, Any] = {"same_period_last_year": Decimal(3)}
    assert lines(project, a_series(project, kpi, Grain.WEEK, **last_year)) == ["Same week last year"]
    promised: dict[str, Any] = {"target_year_to_date": Decimal(4), **last_year}
    assert lines(project, a_series(project, kpi, Grain.MONTH, **promised)) == ["Same month last year"]


def test_a_year_does_not_repeat_itself(project: Project) -> None:
    figures: dict[str, Any] = {
        "actual_year_to_date": Decimal(5),
        "same_period_last_year": Decimal(3),
        "rolling_mean": Decimal(5),
    }
    assert lines(project, a_series(project, a_kpi("visits", "Visits", "order"), Grain.YEAR, **figures)) == [
        "Same year last year"
    ]


def test_the_mean_is_named_for_what_it_is(project: Project) -> None:
    visits = a_kpi("visits", "Visits", "order")
    sold = a_kpi("sold", "Sold", "order", versions=[formula(**CONVERSION)])
    mean: dict[str, Any] = {"rolling_mean": Decimal(5)}
    assert lines(project, a_series(project, visits, Grain.MONTH, **mean)) == ["Mean of 12 months"]
    assert lines(project, a_series(project, visits, Grain.QUARTER, **mean)) == ["Mean of 4 quarters"]
    assert lines(project, a_series(project, sold, Grain.MONTH, **mean)) == ["Last 12 months"]


def test_a_part_of_a_kpi_says_which(project: Project) -> None:
    kpi = a_kpi("visits", "Visits", "order")
    whole, west = a_series(project, kpi, Grain.MONTH), a_series(project, kpi, Grain.MONTH, "West")
    shown = tile(project, west, None)
    assert shown is not None
    assert shown.about.startswith("region West · lagging · monthly")
    assert [kpi_row(project, one, ()).part for one in (whole, west)] == ["", "region West"]
    assert [mark.label for mark in team_marks(project, [whole, west])] == ["Sales West", "Sales West, region West"]
    assert [mark.label for mark in team_marks(project, [west])] == ["Sales West"]


def test_a_kpi_on_its_way_out_says_so(project: Project) -> None:
    gone = {"on": "2017-06-30", "reason": "Nobody pays list prices.", "replaced_by": "revenue"}
    series = a_series(project, a_kpi("visits", "Visits", "order", deprecated=gone), Grain.MONTH)
    shown = tile(project, series, None)
    assert shown is not None
    assert "deprecated from 30 Jun 2017" in shown.about
    assert kpi_row(project, series, ()).part == "deprecated"
    notice = history(project, series, has_scorecard=True).notice
    assert notice == "Deprecated from 30 Jun 2017: Nobody pays list prices. Use Revenue."


def test_values_of_several_definitions_name_theirs(project: Project) -> None:
    first = formula(type="simple", measure="revenue_sum") | {"valid_to": "2017-06-30"}
    second = first | {"version": 2, "valid_from": "2017-07-01", "valid_to": None}
    kpis = a_kpi("v", "V", "order"), a_kpi("v", "V", "order", versions=[first, second])
    one, two = (history(project, a_series(project, kpi, Grain.MONTH), has_scorecard=True) for kpi in kpis)
    assert (one.has_definitions, two.has_definitions) == (False, True)
    assert two.values[0].definition == "version 1"


def test_a_kpi_whose_monthly_targets_ended_is_shown_by_the_quarters_that_go_on() -> None:
    months = [a_row(period_start=date(2016, month, 1), period_end=date(2016, month, 28)) for month in (11, 12)]
    quarters = [a_row(period_start=date(2017, month, 1), period_end=date(2017, month + 2, 28)) for month in (7, 10)]
    grains = {Grain.MONTH: months, Grain.QUARTER: quarters}
    kpi = a_kpi("revenue", "Revenue", "order", cadence="month")
    assert shown_by(kpi, grains) is Grain.QUARTER
    assert shown_by(kpi, {Grain.MONTH: months}) is Grain.MONTH
    going_on = [*months, a_row(period_start=date(2017, 10, 1), period_end=date(2017, 10, 31))]
    assert shown_by(kpi, {**grains, Grain.MONTH: going_on}) is Grain.MONTH


def test_without_any_target_the_cadence_is_shown() -> None:
    rows = [a_row(target_value=None)]
    kpi = a_kpi("revenue", "Revenue", "order", cadence="quarter")
    assert shown_by(kpi, {Grain.MONTH: rows, Grain.QUARTER: rows}) is Grain.QUARTER
