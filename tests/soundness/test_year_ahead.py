"""The year's target, the pace that is left, and whether a signal is good: as the scorecard joins them, by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.soundness.judging import Judged, event, target
from tests.soundness.scorecard_of import model_sql

AUGUST = date(2017, 8, 1)
VALUES = {("sales", date(2017, month, 1)): "10" for month in range(1, 9)}
# Eight months of 10 are 80 of a year; a ratio's both sides stand over the denominator that is to come.
SUM = "null, null, null, 'too_short', 4, 80, null, 28, 26, 31"
RATIO = "0.3, 0.25, 0.35, 'projected', 4, 0.6, 2, null, null, null"


def august(
    events: Sequence[Mapping[str, Any]], ahead: str = SUM, signal: str = "noise", **more: Any
) -> Mapping[str, Any]:
    """The row of August 2017 with what statistics say of it."""
    judged = Judged(events, VALUES, as_of=date(2017, 8, 31), **more)
    key = f"'sales', 'all', 'all', 'month', date '{AUGUST}'"
    judged.connection.execute(f"insert into kpi_projection values ({key}, {ahead})")
    judged.connection.execute(f"insert into kpi_signal values ('company', {key}, '{signal}', 10, 5, 15, '2017-01-01')")
    query = f"create table seen as {model_sql('scorecard_now')}"
    judged.connection.execute(query)
    return judged.only("seen", f"period_start = date '{AUGUST}' and grain = 'month'")


def test_the_target_of_the_year_holds_the_months_to_come_and_what_an_amendment_changed() -> None:
    amended = event("amended", target(value="21"), valid_from="2017-07-01")
    row = august([event("agreed", target(value="15")), amended])
    # six months of 15 and six of 21; 216 less 80, over four months
    assert (row["target_full_year"], row["pace_needed"]) == (216, 34)
    assert [row[f"quarter_projection{end}"] for end in ("", "_low", "_high")] == [28, 26, 31]


def test_a_year_that_is_promised_in_part_has_no_target_and_no_pace() -> None:
    row = august([event("agreed", target(value="15"), valid_to="2017-11-30")])
    assert (row["target_full_year"], row["pace_needed"]) == (None, None)


def test_a_ratio_needs_what_its_rest_has_to_be_together() -> None:
    row = august([event("agreed", target(value="0.35"))], RATIO, is_additive=False)
    # 0.35 of 3 denominators, less the 0.6 that are there, in one denominator to come
    assert (row["target_full_year"], row["pace_needed"]) == (Decimal("0.35"), Decimal("0.45"))
    assert (row["projection"], row["projection_state"]) == (Decimal("0.3"), "projected")


def test_nothing_is_left_to_need_at_the_end_of_the_year() -> None:
    assert august([event("agreed", target(value="15"))], SUM.replace(", 4,", ", 0,"))["pace_needed"] is None


@pytest.mark.parametrize(
    ("direction", "signal", "effect"),
    [
        ("increase", "above", "improvement"), ("increase", "shift_down", "worsening"),
        ("decrease", "below", "improvement"), ("decrease", "shift_up", "worsening"),
        ("increase", "noise", None), ("maintain", "above", None),
    ],
)  # fmt: skip
def test_a_signal_is_good_or_bad_by_the_direction_of_the_kpi(direction: str, signal: str, effect: str | None) -> None:
    judged = Judged([event("agreed", target(value="15"))], VALUES, as_of=date(2017, 8, 31))
    judged.connection.execute("update dim_kpi set direction = ?", [direction])
    values = f"'company', 'sales', 'all', 'all', 'month', date '{AUGUST}', '{signal}', 10, 5, 15, '2017-01-01'"
    judged.connection.execute(f"insert into kpi_signal values ({values})")
    judged.connection.execute(f"create table seen as {model_sql('scorecard_now')}")
    row = judged.only("seen", f"period_start = date '{AUGUST}' and grain = 'month'")
    assert (row["signal"], row["signal_effect"], row["upper_limit"]) == (signal, effect, 15)
