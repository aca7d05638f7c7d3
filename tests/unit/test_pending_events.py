"""What must be approved and is not displaces nothing; once its approval is recorded it does, from that moment."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_builders import NOW, agreed, event, recorded, target

from kpiledger.folding import Approval, agreement_version_rows, as_known, fold, target_period_rows
from kpiledger.folding.moves import moves
from kpiledger.vocabulary import ApprovalState

WAITS = Approval(ApprovalState.UNAPPROVED)
LATER = NOW + timedelta(days=400)


def hash_of(number):
    return f"{number:064x}"


def figures(events, approvals):
    """What holds in each month, as known today."""
    rows = target_period_rows(fold(events, approvals))
    held = [row for row in rows if row.superseded_at is None and not row.is_pending]
    assert len({row.period_start for row in held}) == len(held)
    return {row.period_start.month: (row.target_value, row.is_binding) for row in held}


def test_an_amendment_that_waits_leaves_the_target_that_was_approved():
    events = recorded(agreed(target(value="10")), event("amended", target(value="5")))
    for state in (ApprovalState.UNAPPROVED, ApprovalState.VOID, ApprovalState.REFUSED):
        assert figures(events, {hash_of(2): Approval(state)}) == dict.fromkeys(range(1, 13), (10, True))


def test_a_retirement_that_waits_ends_nothing():
    events = recorded(agreed(target(value="10")), event("retired"))
    assert figures(events, {hash_of(2): WAITS}) == dict.fromkeys(range(1, 13), (10, True))
    assert list(figures(events, {})) == list(range(1, 7))


def test_what_waits_is_shown_with_what_it_asks_for():
    events = recorded(agreed(target(value="10")), event("amended", target(value="5")))
    versions = fold(events, {hash_of(2): WAITS})
    first, second = agreement_version_rows(versions)
    assert (first.is_pending, first.valid_to, first.superseded_at) == (False, date(2017, 12, 31), None)
    assert (second.is_pending, second.valid_from, second.is_binding) == (True, date(2017, 7, 1), False)
    rows = [row for row in target_period_rows(versions) if row.is_pending]
    assert {(row.period_start.month, row.target_value, row.is_binding) for row in rows} == {
        (month, 5, False) for month in range(7, 13)
    }


def test_an_approval_lets_an_amendment_displace_from_when_it_was_recorded():
    events = recorded(agreed(target(value="10")), event("amended", target(value="5")))
    approvals = {hash_of(2): Approval(ApprovalState.APPROVED, 9, LATER)}
    assert figures(events, approvals) == {month: (10 if month < 7 else 5, True) for month in range(1, 13)}
    old = [row for row in target_period_rows(fold(events, approvals)) if row.agreement_version == 1]
    assert {row.superseded_at for row in old if row.period_start.month >= 7} == {LATER}


def test_the_first_event_stands_before_anything_is_approved_and_binds_nobody():
    events = recorded(agreed(target(value="10")))
    assert figures(events, {hash_of(1): WAITS}) == dict.fromkeys(range(1, 13), (10, False))


def test_what_an_approved_amendment_carries_on_is_not_what_a_waiting_one_asked_for():
    events = recorded(
        agreed(target(value="10"), target("margin", value="1")),
        event("amended", target(value="5"), valid_from="2017-04-01"),
        event("amended", target("margin", value="2"), valid_from="2017-07-01"),
    )
    rows = target_period_rows(fold(events, {hash_of(2): WAITS}))
    held = {
        (row.kpi, row.period_start.month): row.target_value
        for row in rows
        if row.superseded_at is None and not row.is_pending
    }
    assert {held["revenue", month] for month in range(1, 13)} == {10}
    assert [held["margin", month] for month in (6, 7)] == [1, 2]


@st.composite
def approved_histories(draw):
    """An agreement, amendments and retirements of any first month, each approved at some later moment or never."""
    shown = [agreed(target(value="0"))]
    for number in range(1, draw(st.integers(1, 5)) + 1):
        start = date(2017, draw(st.integers(1, 12)), 1).isoformat()
        kind = draw(st.sampled_from(["amended", "amended", "amended", "retired"]))
        named = [target(value=str(number))] if kind == "amended" else []
        shown.append(event(kind, *named, valid_from=start))
    events = recorded(*shown)
    waits = {item.entry_hash: draw(st.integers(-1, 6)) for item in events[1:]}
    moments = {key: NOW + timedelta(days=30 * steps + 10) for key, steps in waits.items() if steps >= 0}
    return events, moments


def replayed(events, moments, at, month):
    """Brute force: walk what was recorded and approved at a moment."""
    value = None
    for item in events:
        is_known = item.recorded_at <= at and (
            item is events[0] or (item.entry_hash in moments and max(moments[item.entry_hash], item.recorded_at) <= at)
        )
        if is_known and item.event.valid_from <= month:
            value = item.event.targets[0].target.value if item.event.targets else None
    return value


@settings(max_examples=200)
@given(approved_histories())
def test_the_fold_equals_a_replay_of_what_was_approved_at_every_moment(history):
    events, moments = history
    for at in sorted({*moments.values(), *(item.recorded_at for item in events)}):
        known = as_known(events, at)
        approvals = {
            item.entry_hash: Approval(ApprovalState.APPROVED, 9, max(moments[item.entry_hash], item.recorded_at))
            if item.entry_hash in moments and max(moments[item.entry_hash], item.recorded_at) <= at
            else WAITS
            for item in known[1:]
        }
        found = {month: value for month, (value, _) in figures(known, approvals).items()}
        expected = {month: replayed(events, moments, at, date(2017, month, 1)) for month in range(1, 13)}
        assert found == {month: value for month, value in expected.items() if value is not None}


def test_what_waits_is_never_the_old_figure_of_a_later_change():
    events = recorded(
        agreed(target(value="10")), event("amended", target(value="1")), event("amended", target(value="5"))
    )
    found = [
        (
            move.source.seq,
            move.first,
            move.last,
            move.old and move.old.target.target.value,
            move.new.target.target.value,
        )
        for move in moves(events, {hash_of(2): WAITS})
    ]
    july, december = date(2017, 7, 1), date(2017, 12, 31)
    assert found == [(1, date(2017, 1, 1), december, None, 10), (2, july, december, 10, 1), (3, july, december, 10, 5)]


def test_the_same_promised_again_moves_nothing_and_a_retirement_moves_all():
    events = recorded(agreed(target(value="10")), event("amended", target(value="10")), event("retired"))
    found = [(move.source.seq, move.first, move.new is None) for move in moves(events)]
    assert found == [(1, date(2017, 1, 1), False), (3, date(2017, 7, 1), True)]
