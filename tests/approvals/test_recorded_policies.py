"""Which policy does an event stand under: the one recorded before it, whatever files and later policies say?"""

from __future__ import annotations

from company import DAY, NOW, UNTIL, Company
from signers import AUTHORITY, WEST

from kpiledger.checking import check_folder
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.subjects import erase
from kpiledger.recording import pending


def test_a_policy_that_is_dropped_is_a_finding_and_stays_in_force(company: Company) -> None:
    company.record()
    (company.folder / "metrics/approvers/authority.yml").unlink()
    project, _ = check_folder(company.folder)
    assert project is not None
    assert [finding.rule for finding in pending(project, company.ledger)[1]] == ["KPI092"]
    assert company.states()["sales_west_2017/2"] == "unapproved"


def test_an_appointment_that_is_backdated_in_the_files_is_a_warning_at_its_line_until_it_is_recorded(
    company: Company,
) -> None:
    company.write("metrics/approvers/authority.yml", AUTHORITY + UNTIL)
    company.record()
    assert found_now(company) == []
    company.write("metrics/approvers/authority.yml", AUTHORITY + UNTIL.replace("2017-03-31", "2017-02-28"))
    message = "p1001 was cfo from 2017-01-01 to 2017-03-31 and is now said to have been from 2017-01-01 to 2017-02-28"
    entry = next(one.seq for one in company.entries if one.kind is EntryKind.AUTHORITY_RECORDED)
    line = AUTHORITY.splitlines().index("  - role: cfo", 3) + 1
    told = f"{message}, other than the policy of entry {entry} says"
    assert found_now(company) == [("KPI196", "warning", "metrics/approvers/authority.yml", line, told)]
    company.record(NOW + DAY)
    assert found_now(company) == []


def test_an_appointment_that_ends_in_days_to_come_is_no_finding(company: Company) -> None:
    company.write("metrics/approvers/authority.yml", AUTHORITY + UNTIL.replace("2017-03-31", "2999-03-31"))
    company.record()
    company.write("metrics/approvers/authority.yml", AUTHORITY + UNTIL.replace("2017-03-31", "2999-01-31"))
    assert found_now(company) == []


def test_the_days_of_somebody_who_was_erased_may_leave_the_files(company: Company) -> None:
    company.record()
    people = (company.folder / "metrics/organisation.yml").read_text()
    company.write("metrics/organisation.yml", people.replace("  p1001: [cfo]\n", ""))
    company.write("metrics/approvers/authority.yml", AUTHORITY.partition("appointments:")[0])
    assert [rule for rule, *_ in found_now(company)] == ["KPI196"]
    erase(company.ledger, "p1001", "asked for", lambda: NOW + DAY)
    assert [rule for rule, *_ in found_now(company)] == []


def found_now(company: Company) -> list[tuple[str, str, str, int, str]]:
    project, _ = check_folder(company.folder)
    assert project is not None
    found = pending(project, company.ledger)[1]
    return [(one.rule, one.severity.value, one.position.path, one.position.line, one.message) for one in found]


def test_a_weaker_policy_is_recorded_and_changes_nothing_that_was_recorded_before(company: Company) -> None:
    company.record()
    company.write("metrics/approvers/authority.yml", AUTHORITY.replace("2017-01-01\nauth", "2030-01-01\nauth"))
    company.record(NOW + DAY)
    assert company.kinds[-1] == "authority.recorded"
    assert company.states()["sales_west_2017/2"] == "unapproved"


def test_a_decision_dated_back_before_the_policy_still_needs_an_approval(company: Company) -> None:
    west = (company.folder / WEST).read_text()
    amended = west.index("  - event: amended")
    company.write(WEST, west[:amended])
    company.record()
    company.write(WEST, west[:amended] + west[amended:].replace("2017-06-20", "2016-12-31"))
    company.record(NOW + DAY)
    assert company.states() == {"sales_west_2017/1": "not_required", "sales_west_2017/2": "unapproved"}


def test_a_policy_recorded_together_with_a_decision_dated_back_does_not_make_it_count(company: Company) -> None:
    west = (company.folder / WEST).read_text()
    amended = west.index("  - event: amended")
    company.write(WEST, west[:amended])
    company.record()
    company.write(WEST, west[:amended] + west[amended:].replace("2017-06-20", "2016-12-31"))
    organisation = (company.folder / "metrics/organisation.yml").read_text()
    company.write("metrics/organisation.yml", organisation.replace("p1002: [", "p1002: [head_of_sales, "))
    company.record(NOW + DAY)
    assert company.kinds[-2:] == ["authority.recorded", "agreement.amended"]
    assert company.states()["sales_west_2017/2"] == "unapproved"


def test_a_policy_that_is_weakened_together_with_a_decision_does_not_hold_for_it(company: Company) -> None:
    west = (company.folder / WEST).read_text()
    company.write(WEST, west[: west.index("  - event: amended")])
    company.record()
    company.write(WEST, west)
    company.write("metrics/approvers/authority.yml", AUTHORITY.replace("2017-01-01\nauth", "2030-01-01\nauth"))
    company.record(NOW + DAY)
    assert company.states()["sales_west_2017/2"] == "unapproved"


def test_a_policy_that_was_weakened_in_a_run_before_does_not_hold_for_a_later_decision(company: Company) -> None:
    west = (company.folder / WEST).read_text()
    company.write(WEST, west[: west.index("  - event: amended")])
    company.record()
    company.write("metrics/approvers/authority.yml", AUTHORITY.replace("2017-01-01\nauth", "2030-01-01\nauth"))
    company.record(NOW + DAY)
    company.write(WEST, west)
    company.record(NOW + 2 * DAY)
    company.write("metrics/approvers/authority.yml", AUTHORITY)
    company.record(NOW + 3 * DAY)
    assert company.kinds[-3:] == ["authority.recorded", "agreement.amended", "authority.recorded"]
    assert company.states()["sales_west_2017/2"] == "unapproved"
