"""Folding: which target holds on which day, as known when."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_builders import NOW, agreed, event, recorded, target

from kpiledger.errors import LedgerDamaged
from kpiledger.folding import agreement_version_rows, as_known, fold, target_period_rows
from kpiledger.periods import Reckoning

MONTH = timedelta(days=30)


def current(versions, kpi="revenue", grain="month"):
    """Period start -> target, of the rows known today."""
    rows = [row for row in target_period_rows(versions) if row.superseded_at is None]
    found = {(row.period_start, row.member): row.target_value for row in rows if (row.kpi, row.grain) == (kpi, grain)}
    assert len(found) == sum((row.kpi, row.grain) == (kpi, grain) for row in rows)
    return found


def intervals(versions):
    return [(v.number, v.valid_from.isoformat(), v.valid_to.isoformat(), v.superseded_at) for v in versions]


def test_an_agreement_is_one_version_with_a_row_for_each_month():
    versions = fold(recorded(agreed(target(value="21000.00"))))
    assert intervals(versions) == [(1, "2017-01-01", "2017-12-31", None)]
    assert current(versions) == {(date(2017, month, 1), "West"): Decimal(21000) for month in range(1, 13)}


def test_an_amendment_replaces_what_it_names_and_carries_the_rest_over():
    versions = fold(
        recorded(
            agreed(target(value="100"), target("margin", value="0.12")),
            event("amended", target(value="80"), valid_from="2017-07-01"),
        )
    )
    assert intervals(versions) == [(1, "2017-01-01", "2017-06-30", None), (2, "2017-07-01", "2017-12-31", None)]
    assert [current(versions)[date(2017, month, 1), "West"] for month in (6, 7)] == [100, 80]
    assert set(current(versions, "margin").values()) == {Decimal("0.12")}
    margins = [row for row in target_period_rows(versions) if row.kpi == "margin" and not row.superseded_at]
    assert [row.agreement_version for row in margins] == [1] * 6 + [2] * 6


def test_another_member_of_the_slice_is_another_promise():
    versions = fold(recorded(agreed(target(value="100")), event("amended", target(value="50", region="East"))))
    assert current(versions)[date(2017, 8, 1), "West"] == 100
    assert current(versions)[date(2017, 8, 1), "East"] == 50


def test_a_retirement_ends_everything_the_day_before():
    versions = fold(recorded(agreed(target()), event("retired", valid_from="2017-10-01")))
    assert intervals(versions)[0] == (1, "2017-01-01", "2017-09-30", None)
    assert max(current(versions)) == (date(2017, 9, 1), "West")
    assert [row.event for row in agreement_version_rows(versions)] == ["agreed", "retired"]


def test_a_displaced_row_keeps_its_time_and_gets_the_time_of_what_displaced_it():
    events = recorded(agreed(target(value="100")), event("amended", target(value="80")))
    rows = target_period_rows(fold(events))
    august = [row for row in rows if row.period_start == date(2017, 8, 1)]
    assert [(row.target_value, row.recorded_at, row.superseded_at) for row in august] == [
        (100, NOW, NOW + MONTH),
        (80, NOW + MONTH, None),
    ]
    assert [(row.valid_from, row.valid_to) for row in august] == [
        (date(2017, 1, 1), date(2017, 12, 31)),
        (date(2017, 7, 1), date(2017, 12, 31)),
    ]


def test_a_retroactive_amendment_leaves_later_amendments_of_other_kpis_alone():
    versions = fold(
        recorded(
            agreed(target(value="100"), target("margin", value="0.1")),
            event("amended", target(value="80"), valid_from="2017-07-01"),
            event("amended", target("margin", value="0.2"), valid_from="2017-04-01"),
        )
    )
    assert [current(versions)[date(2017, month, 1), "West"] for month in (3, 4, 6, 7, 12)] == [100, 100, 100, 80, 80]
    assert [current(versions, "margin")[date(2017, m, 1), "West"] for m in (3, 4, 12)] == [
        Decimal("0.1"),
        Decimal("0.2"),
        Decimal("0.2"),
    ]
    assert intervals(versions) == [
        (1, "2017-01-01", "2017-03-31", None),
        (2, "2017-07-01", "2017-12-31", NOW + 2 * MONTH),
        (3, "2017-04-01", "2017-12-31", None),
    ]


def test_a_period_has_the_target_in_force_on_its_first_day():
    versions = fold(
        recorded(
            agreed(target(value="100"), valid_from="2017-01-15"),
            event("amended", target(value="80"), valid_from="2017-07-02"),
        )
    )
    found = current(versions)
    assert date(2017, 1, 1) not in {start for start, _ in found}
    assert [found[date(2017, month, 1), "West"] for month in (2, 7, 8)] == [100, 100, 80]


def test_a_target_by_period_holds_for_the_periods_named():
    ramp = {"by_period": {"2017-Q1": "10", "2017-Q3": "30.5"}}
    versions = fold(recorded(agreed(target(value=ramp, grain="quarter"))))
    assert current(versions, grain="quarter") == {
        (date(2017, 1, 1), "West"): 10,
        (date(2017, 7, 1), "West"): Decimal("30.5"),
    }


def test_the_calendar_says_when_the_periods_of_a_target_begin():
    fiscal = {"by_period": {"FY2017-Q3": "10", "FY2018-Q1": "30.5"}}
    versions = fold(recorded(agreed(target(value=fiscal, grain="quarter"), target("margin", value="1", grain="week"))))
    rows = target_period_rows(versions, Reckoning(first_month=7, first_weekday=6))
    quarters = {(row.period_start, row.period_end): row.target_value for row in rows if row.kpi == "revenue"}
    assert quarters == {
        (date(2017, 1, 1), date(2017, 3, 31)): 10,
        (date(2017, 7, 1), date(2017, 9, 30)): Decimal("30.5"),
    }
    weeks = [row.period_start for row in rows if row.kpi == "margin"]
    assert (weeks[0], weeks[-1], len(weeks)) == (date(2017, 1, 1), date(2017, 12, 31), 53)


def test_amber_is_a_share_of_the_target_or_a_figure():
    share, absolute = {"share_of_target": "0.95"}, {"absolute": "19000"}
    rows = target_period_rows(
        fold(recorded(agreed(target(value="21000.00", amber=share), target("margin", value="1", amber=absolute))))
    )
    assert {(row.kpi, row.amber_value) for row in rows} == {("revenue", Decimal(19950)), ("margin", Decimal(19000))}


def test_an_amendment_that_names_an_end_moves_the_agreements_end():
    versions = fold(recorded(agreed(target()), event("amended", target(value="1"), valid_to="2017-09-30")))
    assert intervals(versions)[1] == (2, "2017-07-01", "2017-09-30", None)
    assert max(current(versions)) == (date(2017, 9, 1), "West")


def test_events_that_no_agreement_begins_with_name_their_entry():
    with pytest.raises(LedgerDamaged, match=r"entry 1 \(west_2017/1\): the event `amended` is the first"):
        fold(recorded(event("amended", target())))
    with pytest.raises(LedgerDamaged, match=r"entry 2 \(west_2017/2\): the event `agreed` agrees a second time"):
        fold(recorded(agreed(target()), agreed(target())))


# A small calendar makes collisions frequent: months of one year, two KPIs, values that tell events apart.
days = st.integers(0, 380).map(lambda offset: date(2017, 1, 1) + timedelta(days=offset))
kpis = st.lists(st.sampled_from(["revenue", "margin"]), min_size=1, max_size=2, unique=True)


@st.composite
def histories(draw):
    count = draw(st.integers(0, 6))
    names = draw(kpis)
    shown = [agreed(*(target(name, value="0") for name in names))]
    for number in range(1, count + 1):
        start = draw(days).isoformat()
        if draw(st.integers(0, 4)) == 0:
            shown.append(event("retired", valid_from=start))
        else:
            named = [target(name, value=str(number)) for name in draw(kpis)]
            end = {"valid_to": draw(days).isoformat()} if draw(st.integers(0, 3)) == 0 else {}
            shown.append(event("amended", *named, valid_from=start, **end))
    gap = draw(st.sampled_from([timedelta(0), timedelta(hours=1)]))
    return recorded(*shown, every=gap)


def replayed(events, day):
    """Brute force: walk the events in order and keep what is promised for one day."""
    promised, end = {}, None
    for item in sorted(events, key=lambda item: item.seq):
        kind = item.event.event.value
        end = item.event.valid_to or end
        if end < day:  # days that an agreement gives up are given up
            promised = {}
            continue
        if item.event.valid_from <= day:
            if kind == "retired":
                promised = {}
            for agreed_target in item.event.targets:
                promised[agreed_target.kpi] = agreed_target.target.value
    return promised


MONTHS = [date(2017, month, 1) for month in range(1, 13)] + [date(2018, 1, 1)]


def known_rows(rows, at):
    return [r for r in rows if r.recorded_at <= at and (r.superseded_at is None or r.superseded_at > at)]


@settings(max_examples=150)
@given(histories())
def test_the_fold_equals_a_replay_of_every_month_as_known_at_every_moment(events):
    rows = target_period_rows(fold(events))
    for at in {item.recorded_at for item in events}:
        expected = {
            (month, name): value for month in MONTHS for name, value in replayed(as_known(events, at), month).items()
        }
        current_then = [row for row in target_period_rows(fold(as_known(events, at))) if not row.superseded_at]
        for answer in (known_rows(rows, at), current_then):
            assert {(row.period_start, row.kpi): row.target_value for row in answer} == expected
            assert len(answer) == len(expected)


@settings(max_examples=150)
@given(histories())
def test_folded_versions_never_overlap(events):
    held = sorted((v.valid_from, v.valid_to) for v in fold(events) if v.superseded_at is None)
    assert all(first <= last for first, last in held)
    assert all(before[1] < after[0] for before, after in pairwise(held))


@settings(max_examples=100)
@given(histories())
def test_recording_a_later_event_never_changes_an_earlier_as_known_answer(events):
    def answer(known: object, at: datetime) -> object:
        return target_period_rows(fold(as_known(known, at)))

    for count in range(1, len(events)):
        at = events[count - 1].recorded_at
        if events[count].recorded_at > at:
            assert answer(events[:count], at) == answer(events, at)
