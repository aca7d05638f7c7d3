"""Which periods fire a trigger? Pure: events and figures in, periods out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from ledger_builders import event, recorded, target
from pydantic import ValidationError
from talking_world import months, trigger, west

from kpiledger.folding.approval import Approval
from kpiledger.periods import COMMON, Period
from kpiledger.specs.trigger import Trigger
from kpiledger.triggers import firings, standing_triggers
from kpiledger.vocabulary import ApprovalState

LAST_YEAR = months(2016, *["100"] * 12)
YEAR_END = date(2017, 12, 31)


def fired(values, *events, as_of=YEAR_END, approvals=None):
    """The keys of all firings of these events on these figures by month."""
    series = {Period.parse(month).start: Decimal(value) for month, value in {**LAST_YEAR, **values}.items()}
    standing = standing_triggers(recorded(*(events or [west()])), approvals or {})
    return [str(one.period) for held in standing for one in firings(held, lambda _: series, as_of, COMMON)]


def test_it_fires_when_the_condition_was_met_for_so_many_periods_in_a_row():
    assert fired(months(2017, "95", "90", "89.99")) == ["2017-03"]
    assert fired(months(2017, "90", "95", "90", "95")) == []


def test_it_fires_once_in_a_row_and_anew_when_that_was_broken():
    values = months(2017, *["80"] * 4, "100", "80", "80")
    assert fired(values) == ["2017-02", "2017-07"]


def test_a_missing_figure_breaks_the_row():
    values = {"2017-01": "80", "2017-03": "80"}
    assert fired(values) == []


def test_a_period_that_has_not_ended_never_fires():
    values = months(2017, "80", "80")
    assert fired(values, as_of=date(2017, 2, 27)) == []
    assert fired(values, as_of=date(2017, 2, 28)) == ["2017-02"]


def test_what_had_ended_before_it_was_agreed_fires_nothing_and_a_row_may_begin_there():
    late = west(decided_on="2017-03-15")
    assert fired(months(2017, "80", "80"), late) == []
    assert fired(months(2017, "80", "80", "80"), late) == ["2017-03"]


@pytest.mark.parametrize(
    ("when", "values", "expected"),
    [
        ({"change": None, "at_most": "50"}, months(2017, "50", "49"), ["2017-02"]),
        ({"change": None, "at_most": None, "at_least": "150"}, months(2017, "150", "151"), ["2017-02"]),
        ({"change": None, "at_most": "60", "at_least": "40"}, months(2017, "39", "40", "60", "61"), ["2017-03"]),
        ({"change": "baseline"}, months(2017, "91", "90", "90"), ["2017-03"]),
        ({"change": "previous_period"}, months(2017, "90", "81", "81"), ["2017-02"]),
    ],
)
def test_it_looks_at_the_figure_or_at_its_change(when, values, expected):
    assert fired(values, west(trigger(when=when))) == expected


def test_nothing_is_a_share_of_nothing():
    assert fired({**months(2016, "0", "0"), **months(2017, "-10", "-10")}) == []


def test_a_later_event_that_names_it_again_takes_its_place_from_its_first_day():
    stricter = event("amended", target(), triggers=[trigger(when={"at_most": "-0.50"})])
    values = months(2017, *["100"] * 6, "80", "80", "40", "40")
    assert fired(values, west()) == ["2017-08"]
    assert fired(values, west(), stricter) == ["2017-10"]


def test_it_ends_with_its_agreement():
    retired = event("retired", valid_from="2017-07-01")
    assert fired(months(2017, *["100"] * 5, "80", "80"), west(), retired) == []
    assert fired({"2017-12": "80", "2018-01": "80"}, west(), as_of=date(2018, 6, 30)) == []


def test_one_that_waits_for_an_approval_holds_on_no_day():
    added = event("amended", target(), valid_from="2017-02-01", triggers=[trigger("added")])
    plain = west() | {"triggers": []}
    waits = {f"{2:064x}": Approval(ApprovalState.UNAPPROVED)}
    values = months(2017, *["80"] * 4)
    assert fired(values, plain, added) == ["2017-03"]
    assert fired(values, plain, added, approvals=waits) == []


def test_one_of_an_agreement_that_nobody_approved_yet_holds_on_no_day():
    waits = {f"{1:064x}": Approval(ApprovalState.UNAPPROVED)}
    assert fired(months(2017, *["80"] * 4), west(), approvals=waits) == []


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ({"outside": "market"}, "write `kpi` or `outside`"),
        ({"at_most": None}, "without a bound never fires"),
        ({"at_least": "1", "at_most": "0"}, "exchange the two"),
        ({"kpi": None, "outside": "market"}, "neither slices nor spans"),
        ({"kpi": None, "outside": "market", "slice": {}, "change": "baseline"}, "has no baseline"),
        ({"grain": "week"}, "no same period last year"),
        ({"slice": {"region": "West", "segment": "Home"}}, "at most one slice"),
    ],
)
def test_a_trigger_that_could_not_fire_is_refused(when, message):
    with pytest.raises(ValidationError, match=message):
        Trigger.model_validate(trigger(when=when))
