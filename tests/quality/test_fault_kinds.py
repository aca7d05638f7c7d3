"""Kinds of fault: each is planted alone, the right rules name exactly the right keys, and all others stay quiet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
from fault_company import build, company
from quality_builders import project_of

from kpiledger.quality import QualityReport, check_sources
from kpiledger.vocabulary import Outcome

AS_OF, AT = date(2024, 6, 30), datetime(2024, 7, 1)
NOT_RUN, NOTHING, WARNED = Outcome.COULD_NOT_RUN, Outcome.NOTHING_TO_CHECK, Outcome.WARNED


@dataclass(frozen=True)
class Fault:
    """What is done to a source, the rules that must name it with their keys, and how other checks may end."""

    source: str
    sql: str
    found: dict[str, tuple[str, ...]]
    ends: dict[str, Outcome]


def crm(sql: str, ends: dict[str, Outcome] | None = None, **found: tuple[str, ...]) -> Fault:
    return Fault("crm", sql, {name.replace("_", "-"): keys for name, keys in found.items()}, ends or {})


def erp(sql: str, ends: dict[str, Outcome] | None = None, **found: tuple[str, ...]) -> Fault:
    return Fault("erp", sql, {name.replace("_", "-"): keys for name, keys in found.items()}, ends or {})


def meeting(change: str, where: str = "meeting_id = 7") -> str:
    return f"update meeting set {change} where {where};"


def customer(change: str) -> str:
    return f"update customer set {change} where customer_id = 'C03';"


def line(change: str) -> str:
    return f"update order_line set {change} where order_id = 'O2';"


FAULTS = {
    "duplicate key": crm(meeting("meeting_id = 8"), ME_01=("8",)),
    "key missing": crm(meeting("meeting_id = null"), ME_02=("(empty)",)),
    "column of several missing": crm(meeting("team = null"), ME_02=("7",)),
    "text missing": crm(customer("email = null"), CU_04=("C03",)),
    "text empty": crm(customer("email = ''"), CU_04=("C03",)),
    "text of blanks": crm(customer("email = '   '"), CU_04=("C03",)),
    "text of odd blanks": crm(customer("email = char(160) || char(9) || char(8203) || char(10)"), CU_04=("C03",)),
    "unknown code": crm(customer("segment = 'Home Office'"), CU_03=("C03",)),
    "code with a trailing blank": crm(customer("segment = 'Consumer '"), CU_03=("C03",)),
    "code in other letters": crm(customer("segment = 'CONSUMER'"), CU_03=("C03",)),
    "code with a letter that looks alike": crm(customer("segment = 'C' || char(1086) || 'nsumer'"), CU_03=("C03",)),
    "condition met, column empty": crm(meeting("reason_code = ' '", "meeting_id = 5"), ME_04=("5",)),
    "orphan": crm(meeting("customer_id = 'C99'"), ME_05=("7",)),
    "orphan by a blank": crm(meeting("customer_id = customer_id || ' '"), ME_05=("7",)),
    "foreign key missing": crm(meeting("customer_id = null"), ME_05=("7",)),
    "orphan in another source": crm(meeting("product_id = 'P9'"), ME_06=("7",)),
    "row deleted that others name": crm(
        "delete from customer where customer_id = 'C02';", ME_05=("1", "21", "41", "61", "81", "101")
    ),
    "registered late": crm(meeting("registered_at = datetime(held_at, '+48 hours', '+1 second')"), ME_07=("7",)),
    "registered before it happened": crm(meeting("registered_at = datetime(held_at, '-1 second')"), ME_08=("7",)),
    "never registered": crm(meeting("registered_at = null"), ME_07=("7",)),
    "text that is no time": crm(meeting("registered_at = 'soon'"), ME_07=("7",)),
    "day that does not exist": crm(meeting("registered_at = '2024-06-31x'"), ME_07=("7",)),
    "figure out of bounds": crm(meeting("minutes = 480.5"), ME_09=("7",)),
    "figure out of bounds by a hair": erp(line("discount = 0.8000001"), OL_04=("O2 / 1",)),
    "negative figure": erp(line("quantity = -5"), OL_03=("O2 / 1",)),
    "nothing sold": erp(line("quantity = 0"), OL_03=("O2 / 1",)),
    "text that is no figure": erp(line("quantity = 'many'"), OL_03=("O2 / 1",)),
    "figure with a comma": erp(line("amount = '1.234,50'"), OL_05=("O2 / 1",)),
    "not a number": erp(line("amount = 'NaN'"), OL_05=("O2 / 1",)),
    "infinite figure": erp(line("amount = 9e999"), OL_05=("O2 / 1",)),
    "pattern broken": crm(customer("customer_no = '00-003'"), CU_02=("C03",)),
    "pattern broken by a line end": crm(customer("customer_no = customer_no || char(10)"), CU_02=("C03",)),
    "leading zero lost": erp(line("postal_code = '1'"), OL_06=("O2 / 1",)),
    "future date": crm(
        meeting("held_at = '2042-05-01 10:00:00', registered_at = '2042-05-01 11:00:00'"), ME_10=("7",)
    ),
    "date before the company": crm(
        meeting("held_at = '1924-05-01 10:00:00', registered_at = '1924-05-01 11:00:00'"), ME_11=("7",)
    ),
    "duplicate over two columns": erp("update order_line set line_no = 1 where line_no = 2;", OL_01=("O1 / 1",)),
    "entered twice under two numbers": crm(
        "insert into meeting select 121, customer_id, team, status, reason_code, held_at, registered_at, minutes, "
        "product_id from meeting where meeting_id = 7;",
        ME_12=("7", "121"),
    ),
    "uneven teams": crm(
        meeting("registered_at = datetime(held_at, '+36 hours')", "team = 'North' and meeting_id < 40"), ME_14=()
    ),
    "parent missing": erp("delete from orders where order_id = 'O2';", OL_02=("O2 / 1",), OL_07=("O2 / 1",)),
    "rule by the parent's column": erp("update orders set region = 'West';", OL_08=("O2 / 1",)),
    "stale table": erp("delete from orders where order_id = 'O3'; update order_line set order_id = 'O2', line_no = 2 "
                       "where order_id = 'O3'; update orders set order_date = '2024-06-22';", {"freshness": WARNED}),
    "empty table": crm("delete from complaint;", {"CO-01": NOTHING, "CO-02": NOTHING}),
    "column missing": crm(
        "alter table complaint drop column answer;", {"CO-01": NOT_RUN, "CO-02": NOT_RUN}
    ),
    "column renamed": crm(
        "alter table customer rename column email to mail;", {"CU-04": NOT_RUN}
    ),
    "condition on a column that is gone": crm(
        "alter table complaint rename column topic to subject;", {"CO-02": NOT_RUN}
    ),
    "table missing": crm("drop table complaint;", {"CO-01": NOT_RUN, "CO-02": NOT_RUN}),
    "table that others look into is missing": erp(
        "drop table product;", {"ME-06": NOT_RUN}
    ),
    "query that fails": crm(
        "alter table meeting rename column held_at to took_place_at;",
        dict.fromkeys(("ME-07", "ME-08", "ME-10", "ME-11", "ME-12", "ME-13", "ME-14"), NOT_RUN),
    ),
}  # fmt: skip


def checked(folder: Path, environ: dict[str, str]) -> QualityReport:
    return check_sources(project_of(folder, company()), folder / "none.duckdb", AS_OF, "run-1", AT, environ)


def test_on_clean_data_no_rule_cries_wolf(tmp_path: Path) -> None:
    report = checked(tmp_path, build(tmp_path))
    assert {result.rule: result.message for result in report.results if result.outcome is not Outcome.PASSED} == {}
    assert len(report.results) == 29


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_by_the_right_rules_and_no_other_cries(fault: Fault, tmp_path: Path) -> None:
    report = checked(tmp_path, build(tmp_path, fault.source, fault.sql))
    loud = {result.rule: result for result in report.results if result.outcome is not Outcome.PASSED}
    assert {rule: result.outcome for rule, result in loud.items()} == {
        **dict.fromkeys(fault.found, Outcome.FAILED),
        **fault.ends,
    }
    for rule, keys in fault.found.items():
        assert sorted(report.keys_of(loud[rule])) == sorted(keys)
        assert loud[rule].is_blocking


def test_a_source_that_is_not_there_leaves_everything_of_it_unverified(tmp_path: Path) -> None:
    environ = build(tmp_path)
    (tmp_path / "erp.sqlite").unlink()
    report = checked(tmp_path, environ)
    silent = {result.rule for result in report.results if result.outcome is Outcome.COULD_NOT_RUN}
    assert silent == {"ME-06", *(f"OL-0{number}" for number in range(1, 9))}
    assert all(result.is_blocking for result in report.results if result.rule in silent)
