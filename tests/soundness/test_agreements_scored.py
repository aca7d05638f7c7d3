"""What binds and what counts: targets relative to last year, trials, approvals, years to date, weighted scores."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kpiledger.folding import Approval
from kpiledger.vocabulary import ApprovalState
from tests.soundness.judging import Judged, event, target

MONTHS = [date(2017, month, 1) for month in range(1, 13)]
JANUARY, FEBRUARY = MONTHS[:2]
BASELINE = {"from": "2016-01", "to": "2016-12", "method": "mean", "value": "50", "source": "erp"}
LAST_YEAR = {"relative": {"to": "same_period_last_year", "times": "1.06"}}


def values(months: dict[date, str | None], kpi: str = "sales") -> dict[tuple[str, date], str | None]:
    return {(kpi, month): value for month, value in months.items()}


def promised(found: Judged) -> list[dict[str, Any]]:
    return found.rows("fct_scorecard", "agreement is not null")


# --- relative to last year ------------------------------------------------------------------------------------


def test_a_multiple_of_last_year_is_of_the_same_month_a_year_earlier() -> None:
    given = values({date(2016, 1, 1): "100", date(2016, 2, 1): "7.77", JANUARY: "106", FEBRUARY: "8"})
    found = Judged([event("agreed", target(**LAST_YEAR, amber={"share_of_target": "0.5"}))], given)
    rows = promised(found)[:2]
    assert [(row["target_value"], row["amber_value"], row["status"]) for row in rows] == [
        (Decimal("106"), Decimal("53"), "green"),
        (Decimal("8.2362"), Decimal("4.1181"), "amber"),
    ]


@pytest.mark.parametrize("last_year", [None, "missing"])
def test_without_a_number_a_year_earlier_there_is_no_target_and_never_zero(last_year: str | None) -> None:
    given = values({JANUARY: "0"} | ({date(2016, 1, 1): None} if last_year is None else {}))
    row = promised(Judged([event("agreed", target(**LAST_YEAR, weight="1"))], given))[0]
    assert (row["target_value"], row["status"], row["score"], row["variance"]) == (None, "no_target", None, None)


def test_nothing_a_year_earlier_is_a_target_of_zero_where_zero_was_measured() -> None:
    given = values({date(2016, 1, 1): "0", JANUARY: "0"})
    row = promised(Judged([event("agreed", target(**LAST_YEAR))], given))[0]
    assert (row["target_value"], row["status"]) == (0, "green")


def test_a_year_earlier_is_as_the_definition_of_the_period_computes_it() -> None:
    """The second definition counts twice as much; it is computed for 2016 too, where the first one holds."""
    found = Judged(
        [event("agreed", target(**LAST_YEAR))],
        values({date(2016, 1, 1): "100"}),
        versions=[("sales", 1, date(2015, 1, 1), date(2016, 12, 31)), ("sales", 2, date(2017, 1, 1), None)],
        older_values={("sales", 2, date(2016, 1, 1)): "200", ("sales", 2, JANUARY): "210"},
    )
    row = promised(found)[0]
    assert (row["kpi_version"], row["target_value"], row["status"]) == (2, 212, "red")


def test_an_unfinished_month_a_year_earlier_makes_no_target_yet() -> None:
    given = values({date(2017, month, 1): "5" for month in range(1, 13)})
    shown = event("agreed", target(**LAST_YEAR), valid_from="2018-01-01", valid_to="2018-12-31")
    found = Judged([shown], given, as_of=date(2017, 2, 10)).rows("fct_kpi_target")
    assert [row["target_value"] for row in found[:3]] == [Decimal("5.3"), None, None]


def test_a_multiple_of_the_baseline_is_known_without_data() -> None:
    shown = target(relative={"to": "baseline", "times": "1.1"}, baseline=BASELINE)
    row = promised(Judged([event("agreed", shown)], values({JANUARY: "56"})))[0]
    assert (row["target_value"], row["baseline_value"], row["status"]) == (55, 50, "green")


# --- the year to date -----------------------------------------------------------------------------------------


def to_date(shown: dict[str, Any], given: dict[date, str | None], **more: Any) -> list[Decimal | None]:
    return [row["target_year_to_date"] for row in promised(Judged([event("agreed", shown)], values(given), **more))]


def test_ramps_and_multiples_add_up_over_the_year() -> None:
    year = dict.fromkeys(MONTHS, "1")
    ramp = to_date(target(ramp={"from": "1", "to": "12"}), year)
    assert ramp == [Decimal(sum(range(1, month + 1))) for month in range(1, 13)]
    last_year = {date(2016, month, 1): str(month) for month in range(1, 13)}
    relative = to_date(target(relative={"to": "same_period_last_year", "times": "2"}), year | last_year)
    assert relative == [2 * total for total in ramp if total is not None]
    exactly = to_date(target(comparison="exactly", value="3", within="0"), year)
    assert exactly == [3 * month for month in range(1, 13)]


def test_a_missing_target_ends_the_year_to_date() -> None:
    last_year = {date(2016, month, 1): "1" for month in range(1, 13) if month != 3}
    found = to_date(target(**LAST_YEAR), last_year | dict.fromkeys(MONTHS, "1"))
    assert [total is None for total in found] == [False, False, *[True] * 10]


@pytest.mark.parametrize("is_additive", [True, False])
def test_two_bounds_have_no_year_to_date(is_additive: bool) -> None:
    shown = target(comparison="between", value="1", upper="2")
    assert set(to_date(shown, dict.fromkeys(MONTHS, "1"), is_additive=is_additive)) == {None}


# --- what binds -----------------------------------------------------------------------------------------------


def one_and_three(**more: Any) -> dict[str, Any]:
    """Two targets: one met, of weight 0.25, and one missed, of weight 0.75."""
    return event(
        "agreed",
        target("sales", value="10", weight="0.25"),
        target("margin", value="10", weight="0.75"),
        valid_to="2017-01-31",
        **more,
    )


GIVEN = {("sales", JANUARY): "10", ("margin", JANUARY): "9"}


def test_the_score_of_an_agreement_weighs_the_scores_of_its_targets() -> None:
    found = Judged([one_and_three()], GIVEN).only("fct_agreement_score")
    assert (found["agreement"], found["agreement_version"], found["holder"]) == ("budget", 1, "company")
    assert [found[name] for name in ("score", "weight_scored", "weight_agreed", "kpi_count")] == [
        Decimal("0.25"), 1, 1, 2,
    ]  # fmt: skip


def test_a_target_without_a_number_is_left_out_and_the_weights_say_so() -> None:
    found = Judged([one_and_three()], GIVEN | {("margin", JANUARY): None}).only("fct_agreement_score")
    assert [found[name] for name in ("score", "weight_scored", "weight_agreed", "kpi_count")] == [
        1, Decimal("0.25"), 1, 1,
    ]  # fmt: skip


def test_an_agreement_of_which_nothing_can_be_scored_has_no_score() -> None:
    nothing = Judged([one_and_three()], dict.fromkeys(GIVEN)).only("fct_agreement_score")
    assert [nothing[name] for name in ("score", "weight_scored", "weight_agreed", "kpi_count")] == [None, 0, 1, 0]
    unfinished = Judged([one_and_three()], GIVEN, as_of=date(2017, 1, 20)).only("fct_agreement_score")
    assert [unfinished[name] for name in ("is_complete", "score", "weight_scored")] == [False, None, 0]


def test_a_target_without_weight_informs_and_does_not_count() -> None:
    shown = event(
        "agreed", target("sales", value="10", weight="0.4"), target("margin", value="10"), valid_to="2017-01-31"
    )
    found = Judged([shown], GIVEN)
    assert {row["kpi"]: row["score"] for row in promised(found)} == {"sales": 1, "margin": 0}
    score = found.only("fct_agreement_score")
    assert [score[name] for name in ("score", "weight_scored", "weight_agreed", "kpi_count")] == [
        1, Decimal("0.4"), Decimal("0.4"), 1,
    ]  # fmt: skip


def test_a_trial_is_judged_and_marked_and_left_out_of_every_score() -> None:
    found = Judged([one_and_three(pilot=True)], GIVEN)
    assert {
        row["kpi"]: (row["status"], row["is_pilot"], row["is_binding"], row["score"]) for row in promised(found)
    } == {"sales": ("green", True, False, None), "margin": ("red", True, False, None)}
    score = found.only("fct_agreement_score")
    assert [score[name] for name in ("score", "weight_scored", "weight_agreed", "kpi_count")] == [None, 0, 0, 0]


@pytest.mark.parametrize("state", ApprovalState)
def test_what_waits_for_its_approval_is_shown_and_is_no_target(state: ApprovalState) -> None:
    found = Judged([one_and_three()], GIVEN, approvals={f"{1:064x}": Approval(state)})
    counts = state in (ApprovalState.APPROVED, ApprovalState.NOT_REQUIRED)
    rows = {row["kpi"]: row for row in promised(found)}
    assert {row["target_value"] for row in rows.values()} == {10}
    assert {row["approval_state"] for row in rows.values()} == {state.value}
    assert {kpi: row["status"] for kpi, row in rows.items()} == (
        {"sales": "green", "margin": "red"} if counts else dict.fromkeys(rows, "no_target")
    )
    assert {row["is_binding"] for row in rows.values()} == {counts}
    assert {row["target_year_to_date"] for row in rows.values()} == {10 if counts else None}
    score = found.only("fct_agreement_score")
    assert (score["score"], score["weight_agreed"]) == ((Decimal("0.25"), 1) if counts else (None, 0))


@pytest.mark.parametrize("kind", ["amended", "retired"])
def test_an_unsigned_change_of_an_approved_target_changes_no_status(kind: str) -> None:
    softer = [target("margin", value="1", weight="0.75")] if kind == "amended" else []
    change = event(kind, *softer, valid_from="2017-01-01")
    approvals = {f"{1:064x}": Approval(ApprovalState.APPROVED), f"{2:064x}": Approval(ApprovalState.UNAPPROVED)}
    found = Judged([one_and_three(), change], GIVEN, approvals=approvals)
    assert {row["kpi"]: (row["status"], row["target_value"], row["is_binding"]) for row in promised(found)} == {
        "sales": ("green", 10, True),
        "margin": ("red", 10, True),
    }
    waiting = [row for row in found.rows("fct_kpi_target") if row["is_pending"]]
    assert {(row["kpi"], row["target_value"], row["is_binding"]) for row in waiting} == (
        {("sales", 10, False), ("margin", 1, False)} if kind == "amended" else set()
    )


def test_each_row_names_the_entry_of_the_event_that_named_its_target_and_why() -> None:
    amended = event(
        "amended",
        target("sales", value="20", weight="0.25"),
        valid_from="2017-07-01",
        reason={"kind": "rebaseline", "text": "the reference was wrong"},
    )
    first = event("agreed", target("sales", value="10", weight="0.25"), target("margin", value="1"))
    found = Judged([first, amended], values(dict.fromkeys(MONTHS, "15")) | {("margin", JANUARY): "2"})
    told = {
        (row["period_start"].month, row["kpi"]): (row["entry_seq"], row["entry_hash"], row["reason_kind"])
        for row in promised(found)
    }
    assert told[6, "sales"] == (1, f"{1:064x}", "annual_agreement")
    assert told[7, "sales"] == (2, f"{2:064x}", "rebaseline")
    # The amendment does not name the margin: it carries on from the first event.
    assert told[7, "margin"] == (1, f"{1:064x}", "annual_agreement")
    assert [row["score"] for row in found.rows("fct_agreement_score")] == [1] * 6 + [0] * 6


def test_two_agreements_of_a_holder_are_scored_apart() -> None:
    events = [
        event("agreed", target("sales", value="10", weight="0.5"), valid_to="2017-01-31"),
        event("agreed", target("margin", value="10", weight="0.5"), valid_to="2017-01-31", agreement="other"),
    ]
    found = Judged(events, GIVEN).rows("fct_agreement_score")
    assert {row["agreement"]: (row["score"], row["weight_agreed"]) for row in found} == {
        "budget": (1, Decimal("0.5")),
        "other": (0, Decimal("0.5")),
    }
