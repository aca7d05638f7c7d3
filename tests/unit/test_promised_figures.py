"""Which figure each period has: ramps, multiples, two bounds; and which of them bind."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_builders import NOW, agreed, event, recorded, target

from kpiledger.folding import Approval, agreement_version_rows, fold, target_period_rows
from kpiledger.vocabulary import ApprovalState

BASELINE = {"from": "2016-01", "to": "2016-12", "method": "mean", "value": "19514.20", "source": "erp"}


def rows(*events, approvals=None, **more):
    return target_period_rows(fold(recorded(*events, **more), approvals or {}))


def current(*events, kpi="revenue"):
    return {row.period_start: row for row in rows(*events) if row.kpi == kpi and row.superseded_at is None}


def ramp(start, to, grain="month", **more):
    return target(value={"ramp": {"from": start, "to": to}}, grain=grain, **more)


def test_a_ramp_moves_by_even_steps_from_the_first_period_to_the_last():
    found = current(agreed(ramp("10", "21")))
    assert [found[date(2017, month, 1)].target_value for month in range(1, 13)] == list(range(10, 22))


def test_a_ramp_may_fall_and_keeps_ten_decimals():
    found = current(agreed(ramp("1", "0", grain="quarter")))
    assert [found[date(2017, month, 1)].target_value for month in (1, 4, 7, 10)] == [
        Decimal(1), Decimal("0.6666666667"), Decimal("0.3333333333"), Decimal(0),
    ]  # fmt: skip


def test_a_ramp_of_an_amendment_runs_from_its_own_first_period():
    found = current(agreed(target(value="1")), event("amended", ramp("10", "20"), valid_from="2017-07-01"))
    assert [found[date(2017, month, 1)].target_value for month in (6, 7, 8, 12)] == [1, 10, 12, 20]


def test_a_ramp_that_is_carried_on_does_not_bend():
    later = event("amended", target("margin", value="1"), valid_from="2017-07-01", valid_to="2017-09-30")
    found = current(agreed(ramp("10", "21")), later)
    assert [found[date(2017, month, 1)].target_value for month in (6, 7, 9)] == [15, 16, 18]
    assert date(2017, 10, 1) not in found


def test_a_ramp_is_written_again_where_the_agreement_is_made_longer():
    longer = event("amended", ramp("16", "24"), valid_to="2018-03-31")
    found = current(agreed(ramp("10", "21")), longer)
    starts = (date(2017, 6, 1), date(2017, 7, 1), date(2017, 12, 1), date(2018, 3, 1))
    assert [found[start].target_value for start in starts] == [15, 16, 21, 24]


def test_a_multiple_of_the_baseline_is_of_the_figure_that_was_recorded():
    relative = target(value={"relative": {"to": "baseline", "times": "1.06"}}, baseline=BASELINE)
    found = current(agreed({**relative, "amber": {"share_of_target": "0.5"}}))
    june = found[date(2017, 6, 1)]
    assert (june.target_value, june.amber_value) == (Decimal("20685.0520"), Decimal("10342.5260"))
    assert (june.reference, june.reference_times) == ("baseline", Decimal("1.06"))


def test_what_is_relative_to_last_year_has_a_row_for_each_period_and_no_figure_yet():
    relative = target(
        value={"relative": {"to": "same_period_last_year", "times": "1.06"}}, amber={"share_of_target": "0.95"}
    )
    found = current(agreed(relative))
    assert len(found) == 12
    june = found[date(2017, 6, 1)]
    assert (june.target_value, june.amber_value) == (None, None)
    assert (june.amber_share, june.reference) == (Decimal("0.95"), "same_period_last_year")


def test_a_target_of_zero_is_a_target_and_a_period_left_out_is_none():
    by_period = {"by_period": {"2017-01": "0", "2017-03": "5"}}
    found = current(agreed(target(value=by_period, comparison="at_most")))
    assert {start.month: row.target_value for start, row in found.items()} == {1: 0, 3: 5}


def test_two_bounds_may_each_be_given_by_period():
    bounds = {
        "by_period": {"2017-Q1": "8", "2017-Q2": "9"},
        "upper_by_period": {"2017-Q1": "10", "2017-Q2": "12"},
    }
    shown = target(value=bounds, grain="quarter", comparison="between", amber={"outside_by": "2"})
    found = current(agreed(shown))
    assert [(row.target_value, row.upper_value, row.amber_outside_by) for row in found.values()] == [
        (8, 10, 2),
        (9, 12, 2),
    ]
    assert {row.amber_value for row in found.values()} == {None}


def test_one_upper_bound_holds_for_every_period_of_a_ramp():
    shown = target(value={"ramp": {"from": "1", "to": "12"}, "upper": "20"}, comparison="between")
    assert {row.upper_value for row in current(agreed(shown)).values()} == {20}


@pytest.mark.parametrize("holder", ["sales_west", "head_of_sales_west", "p_1005"])
def test_a_unit_a_role_and_a_person_hold_targets_alike(holder):
    found = rows(agreed(target()), holder=holder)
    assert {row.holder for row in found} == {holder}
    assert len(found) == 12


# --- trials ---------------------------------------------------------------------------------------------------


def test_a_trial_is_marked_and_does_not_bind():
    versions = fold(recorded(agreed(target(), pilot=True)))
    (version,) = agreement_version_rows(versions)
    assert (version.is_pilot, version.is_binding, version.approval_state) == (True, False, "not_required")
    assert {(row.is_pilot, row.is_binding) for row in target_period_rows(versions)} == {(True, False)}


def test_an_amendment_that_does_not_say_leaves_a_trial_a_trial():
    events = (agreed(target(), pilot=True), event("amended", target(value="1")))
    assert {row.is_pilot for row in rows(*events)} == {True}


def test_a_trial_becomes_binding_from_the_day_that_says_so():
    events = recorded(agreed(target(), pilot=True), event("amended", target(value="1"), pilot=False))
    assert [row.is_pilot for row in agreement_version_rows(fold(events))] == [True, False]
    known = [row for row in target_period_rows(fold(events)) if row.superseded_at is None]
    assert {row.period_start.month: row.is_pilot for row in known} == {month: month < 7 for month in range(1, 13)}


def test_an_amendment_of_earlier_days_does_not_take_back_when_a_trial_ended():
    events = (
        agreed(target(), target("margin", value="1"), pilot=True),
        event("amended", target(value="1"), pilot=False, valid_from="2017-07-01"),
        event("amended", target("margin", value="2"), valid_from="2017-04-01"),
    )
    known = current(*events, kpi="margin")
    assert {start.month: row.is_pilot for start, row in known.items()} == {month: month < 7 for month in range(1, 13)}


# --- approvals ------------------------------------------------------------------------------------------------


def hash_of(number):
    return f"{number:064x}"


@pytest.mark.parametrize("state", ApprovalState)
def test_only_what_is_approved_or_needs_no_approval_binds(state):
    approvals = {hash_of(1): Approval(state, 7, NOW)}
    versions = fold(recorded(agreed(target())), approvals)
    (version,) = agreement_version_rows(versions)
    binds = state in (ApprovalState.APPROVED, ApprovalState.NOT_REQUIRED)
    assert (version.is_binding, version.approval_state) == (binds, state.value)
    assert (version.approval_seq, version.approval_recorded_at) == (7, NOW)
    found = target_period_rows(versions)
    assert {(row.is_binding, row.approval_state, row.target_value) for row in found} == {(binds, state.value, 21000)}


def test_what_an_amendment_does_not_name_keeps_the_approval_of_what_named_it():
    approvals = {hash_of(1): Approval(ApprovalState.UNAPPROVED), hash_of(2): Approval(ApprovalState.APPROVED)}
    events = (agreed(target(), target("margin", value="1")), event("amended", target(value="1")))
    found = rows(*events, approvals=approvals)
    december = {row.kpi: row for row in found if row.period_start.month == 12 and row.superseded_at is None}
    assert {row.agreement_version for row in december.values()} == {2}
    assert {kpi: row.approval_state for kpi, row in december.items()} == {"revenue": "approved", "margin": "unapproved"}


# --- any history ----------------------------------------------------------------------------------------------

days = st.integers(0, 11).map(lambda month: date(2017, month + 1, 1).isoformat())
pilots = st.sampled_from([{}, {"pilot": True}, {"pilot": False}])
states = st.sampled_from(list(ApprovalState))


@st.composite
def histories(draw):
    names = ["revenue", "margin"]
    shown = [agreed(*(ramp("0", "11", kpi=name) for name in names), **draw(pilots))]
    for _ in range(draw(st.integers(0, 5))):
        named = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
        step = [ramp("0", str(draw(st.integers(1, 9))), kpi=name) for name in named]
        shown.append(event("amended", *step, valid_from=draw(days), **draw(pilots)))
    return recorded(*shown, every=timedelta(hours=1)), [draw(states) for _ in shown]


def replayed(events, known, month):
    """Brute force: for one month, walk what counts and keep who named a KPI last, and whether it is a trial."""
    named, is_pilot = {}, False
    for item, state in zip(events, known, strict=True):
        start = item.event.valid_from
        waits = item is not events[0] and state not in (ApprovalState.APPROVED, ApprovalState.NOT_REQUIRED)
        if start > month or waits:
            continue
        is_pilot = item.event.pilot if item.event.pilot is not None else is_pilot
        for one in item.event.targets:
            count = 12 - start.month
            step = Decimal(month.month - start.month) / count if count else Decimal(0)
            named[one.kpi] = (one.target.ramp.to * step, state)
    return {kpi: (value, state.value, is_pilot) for kpi, (value, state) in named.items()}


@settings(max_examples=150)
@given(histories())
def test_figure_trial_and_approval_equal_a_replay_of_every_month(history):
    events, known = history
    approvals = {hash_of(number): Approval(state) for number, state in enumerate(known, 1)}
    found = target_period_rows(fold(events, approvals))
    found = [row for row in found if row.superseded_at is None and not row.is_pending]
    for month in (date(2017, number, 1) for number in range(1, 13)):
        held = {row.kpi: row for row in found if row.period_start == month}
        expected = replayed(events, known, month)
        assert held.keys() == expected.keys()
        for kpi, (value, state, is_pilot) in expected.items():
            row = held[kpi]
            assert abs(row.target_value - value) < Decimal("1e-9")
            assert (row.approval_state, row.is_pilot) == (state, is_pilot)
            assert row.is_binding == (not is_pilot and state in ("approved", "not_required"))
