from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from kpiledger.pages.changes import TargetChange, target_changes
from kpiledger.pages.queries import AgreementVersionRow, TargetRow

RECORDED = datetime(2018, 1, 2)


def version(agreement: str, number: int, valid_from: date, seq: int, event: str = "agreed") -> AgreementVersionRow:
    return AgreementVersionRow(
        agreement=agreement,
        agreement_version=number,
        holder="west",
        event=event,
        decided_on=valid_from,
        valid_from=valid_from,
        valid_to=None,
        reason_kind="annual_agreement",
        reason_text="Budget",
        evidence=None,
        proposed_by="head",
        approved_by="cfo",
        seq=seq,
        recorded_at=RECORDED,
        commit_id=None,
        entry_hash="ab",
    )


def target(agreement: str, number: int, month: date, value: int, superseded: bool = False) -> TargetRow:
    return TargetRow(
        agreement=agreement,
        agreement_version=number,
        holder="west",
        kpi="revenue",
        slice="region",
        member="West",
        grain="month",
        period_start=month,
        target_value=Decimal(value),
        valid_from=month,
        superseded_at=RECORDED if superseded else None,
    )


def seen(changes: tuple[TargetChange, ...]) -> list[tuple[int, str, object, object, bool]]:
    return [(c.number, c.starts_on.isoformat(), c.before, c.after, c.is_change) for c in changes]


JAN, FEB = date(2017, 1, 1), date(2017, 2, 1)


def test_the_first_promise_is_no_change() -> None:
    found = target_changes([target("a", 1, JAN, 10)], [version("a", 1, JAN, 1)])
    assert seen(found) == [(1, "2017-01-01", None, Decimal(10), False)]


def test_an_amendment_is_held_against_what_was_promised_for_the_same_period() -> None:
    rows = [target("a", 1, JAN, 10), target("a", 1, FEB, 30, superseded=True), target("a", 2, FEB, 35)]
    found = target_changes(rows, [version("a", 1, JAN, 1), version("a", 2, FEB, 2, "amended")])
    assert seen(found)[1] == (2, "2017-02-01", Decimal(30), Decimal(35), True)


def test_a_seasonal_target_is_held_against_the_same_month_a_year_before() -> None:
    last_year = [target("a", 1, date(2016, month, 1), 10 * month) for month in range(1, 13)]
    rows = [*last_year, target("b", 1, JAN, 12), target("b", 1, FEB, 22)]
    found = target_changes(rows, [version("a", 1, date(2016, 1, 1), 1), version("b", 1, JAN, 2)])
    assert seen(found)[1] == (2, "2017-01-01", Decimal(10), Decimal(12), True)
    assert found[1].compared_on == date(2016, 1, 1)


def test_a_level_target_is_held_against_the_month_before() -> None:
    rows = [target("a", 1, date(2016, month, 1), 10) for month in range(1, 13)]
    found = target_changes(
        [*rows, target("b", 1, JAN, 15)], [version("a", 1, date(2016, 1, 1), 1), version("b", 1, JAN, 2)]
    )
    assert found[1].compared_on == date(2016, 12, 1)
    assert seen(found)[1] == (2, "2017-01-01", Decimal(10), Decimal(15), True)


def test_a_version_that_leaves_this_kpi_alone_is_listed_and_not_flagged() -> None:
    rows = [target("a", 1, JAN, 10), target("a", 1, FEB, 10, superseded=True), target("a", 2, FEB, 10)]
    found = target_changes(rows, [version("a", 1, JAN, 1), version("a", 2, FEB, 2, "amended")])
    assert [change.is_change for change in found] == [False, False]


def test_the_end_of_an_agreement_is_listed() -> None:
    found = target_changes(
        [target("a", 1, JAN, 10)],
        [version("a", 1, JAN, 1), version("a", 2, FEB, 2, "retired"), version("other", 1, FEB, 3, "retired")],
    )
    assert seen(found)[1:] == [(2, "2017-02-01", None, None, False)]
