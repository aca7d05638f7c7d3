"""When is a KPI due?"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from dagster._utils.schedules import cron_string_iterator

from kpiledger.vocabulary import Grain
from orchestration.cadences import crons

_FROM = datetime(2017, 2, 10, tzinfo=ZoneInfo("Europe/Copenhagen"))


@pytest.mark.parametrize(
    ("grain", "due"),
    [
        (Grain.DAY, ["2017-02-10 06:00", "2017-02-11 06:00"]),
        (Grain.WEEK, ["2017-02-13 06:00", "2017-02-20 06:00"]),  # both are Mondays
        (Grain.MONTH, ["2017-03-01 06:00", "2017-04-01 06:00"]),
        (Grain.QUARTER, ["2017-04-01 06:00", "2017-07-01 06:00"]),
        (Grain.YEAR, ["2018-01-01 06:00", "2019-01-01 06:00"]),
    ],
)
def test_a_period_is_due_on_the_morning_after_its_last_day(grain: Grain, due: list[str]) -> None:
    (cron,) = crons([grain]).values()
    ticks = cron_string_iterator(_FROM.timestamp(), cron, "Europe/Copenhagen")
    assert [next(ticks).strftime("%Y-%m-%d %H:%M") for _ in due] == due


def test_each_cadence_has_one_schedule_however_many_kpis_share_it() -> None:
    assert list(crons([Grain.YEAR, Grain.MONTH, Grain.MONTH])) == [Grain.MONTH, Grain.YEAR]
    assert crons([]) == {}
