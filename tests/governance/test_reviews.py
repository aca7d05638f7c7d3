"""Which review items are there, when is each due, and what closes it?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from ledger_builders import agreed, clock, event, kpi, target, version
from talking_world import months, west

from kpiledger.periods import Period
from kpiledger.recording import record
from kpiledger.reviews.deciding import Deciding, note_decision

PLAIN = agreed(target())
VALUES = months(2017, "100")


def items(talking, as_of, what):
    """The review items of a kind after a run, by name: state, due day and what closed it."""
    talking.run(VALUES, as_of)
    rows = talking.rows(f"select * from kpi.fct_review_due where what = '{what}' order by review_item")
    return {row["review_item"]: (row["state"], row["due_on"].isoformat(), row["closed_by_seq"]) for row in rows}


def decide(talking, period, closes=None, on=date(2018, 1, 5), holder="sales_west"):
    said = Deciding(holder, Period.parse(period), "All stays as it is.", "head_of_sales", on, closes=closes)
    moment = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return note_decision(talking.project, talking.ledger, talking.warehouse, said, clock(moment))


def test_an_agreement_of_a_year_is_checked_in_its_middle(world):
    talking = world.agreed(PLAIN)
    name = "mid_year/west_2017/2017-06"
    assert items(talking, date(2017, 5, 30), "mid_year") == {}
    assert items(talking, date(2017, 5, 31), "mid_year") == {name: ("open", "2017-06-30", None)}
    assert items(talking, date(2017, 6, 30), "mid_year") == {name: ("open", "2017-06-30", None)}
    assert items(talking, date(2017, 7, 1), "mid_year") == {name: ("overdue", "2017-06-30", None)}
    assert items(talking, date(2018, 1, 1), "mid_year") == {name: ("lapsed", "2017-06-30", None)}


def test_a_mid_year_review_closes_it_and_a_correction_does_not(world):
    def amended(kind):
        reason = {"kind": kind, "text": "Looked at in June"}
        return event("amended", target(value="1"), decided_on="2017-06-12") | {"reason": reason}

    talking = world.agreed(PLAIN, amended("correction"))
    assert items(talking, date(2017, 7, 5), "mid_year")["mid_year/west_2017/2017-06"][0] == "overdue"
    again = talking.agreed(PLAIN, amended("correction"), amended("mid_year_review"))
    assert items(again, date(2017, 7, 5), "mid_year")["mid_year/west_2017/2017-06"] == ("closed", "2017-06-30", 4)


def test_a_short_agreement_is_renewed_rather_than_checked(world):
    talking = world.agreed(agreed(target(), valid_to="2017-07-31"))
    assert items(talking, date(2017, 12, 31), "mid_year") == {}


def test_an_agreement_of_two_years_is_checked_twice(world):
    talking = world.agreed(agreed(target(), valid_to="2018-12-31"))
    assert list(items(talking, date(2018, 7, 1), "mid_year")) == [
        "mid_year/west_2017/2017-06",
        "mid_year/west_2017/2018-06",
    ]


def test_a_conversation_is_due_after_each_quarter_and_lapses_with_the_next(world):
    talking = world.agreed(PLAIN)
    assert items(talking, date(2017, 3, 30), "period") == {}
    first, second = "period/sales_west/2017-Q1", "period/sales_west/2017-Q2"
    assert items(talking, date(2017, 3, 31), "period") == {first: ("open", "2017-04-21", None)}
    assert items(talking, date(2017, 4, 22), "period") == {first: ("overdue", "2017-04-21", None)}
    assert items(talking, date(2017, 6, 30), "period") == {
        first: ("lapsed", "2017-04-21", None),
        second: ("open", "2017-07-21", None),
    }


def test_a_decision_on_the_quarter_closes_its_conversation(world):
    talking = world.agreed(PLAIN)
    items(talking, date(2017, 12, 31), "period")
    entry = decide(talking, "2017-Q4")
    assert items(talking, date(2018, 1, 6), "period")["period/sales_west/2017-Q4"] == (
        "closed",
        "2018-01-21",
        entry.seq,
    )


def test_a_kpi_that_nobody_changed_for_two_years_comes_up_and_again_two_years_after_a_look(world):
    talking = world.agreed(PLAIN)
    name = "unchanged/revenue/2016-01"
    assert items(talking, date(2015, 12, 31), "unchanged") == {}
    assert items(talking, date(2016, 1, 31), "unchanged") == {name: ("open", "2016-01-31", None)}
    assert items(talking, date(2017, 12, 31), "unchanged") == {name: ("overdue", "2016-01-31", None)}
    entry = decide(talking, "2017-Q4", closes=name)
    assert items(talking, date(2020, 1, 4), "unchanged") == {name: ("closed", "2016-01-31", entry.seq)}
    assert items(talking, date(2020, 1, 5), "unchanged")["unchanged/revenue/2020-01"][0] == "open"


def test_a_new_version_is_a_look_at_the_kpi(world):
    talking = world.agreed(PLAIN)
    versions = [version(valid_to="2016-12-31"), version(2, "2017-01-01")]
    specs = replace(talking.project, kpis={"revenue": kpi(versions=versions)})
    record(specs, world.root, talking.ledger, clock())
    changed = replace(talking, project=specs)
    assert items(changed, date(2018, 12, 31), "unchanged") == {
        "unchanged/revenue/2016-01": ("closed", "2016-01-31", 3),
    }
    assert "unchanged/revenue/2019-01" in items(changed, date(2019, 1, 1), "unchanged")


def test_a_review_that_the_file_tells_of_is_a_look_at_the_kpi(world):
    talking = world.agreed(PLAIN)
    reviewed = {"on": "2016-01-20", "by": "cfo", "says": "Still right"}
    looked = replace(talking, project=replace(talking.project, kpis={"revenue": kpi(reviewed=reviewed)}))
    assert items(looked, date(2018, 1, 19), "unchanged") == {
        "unchanged/revenue/2016-01": ("closed", "2016-01-31", None),
    }
    assert list(items(looked, date(2018, 1, 20), "unchanged"))[1] == "unchanged/revenue/2018-01"


def test_a_retired_agreement_is_talked_about_no_more(world):
    talking = world.agreed(west(), event("retired", valid_from="2017-04-01"))
    assert list(items(talking, date(2017, 12, 31), "period")) == ["period/sales_west/2017-Q1"]
    assert items(talking, date(2017, 12, 31), "mid_year") == {}
