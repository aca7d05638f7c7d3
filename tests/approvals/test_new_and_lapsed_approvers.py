"""Who was only just let in is shown, and whoever may no longer approve cannot write a day on which they might."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from company import Company
from signers import AUTHORITY, BASE, WEST, Keys, small_company

from kpiledger.approvals import judged
from kpiledger.approvals.doubts import doubts_of
from kpiledger.audit.answer import Asked
from kpiledger.audit.asking import ask, question_of
from kpiledger.audit.questions import QUESTIONS
from kpiledger.checking import check_folder
from kpiledger.ledger_index.opening import open_index
from kpiledger.pages.entries import entry_page
from kpiledger.pages.ledger import entries_with_pages, ledger_shown
from kpiledger.settings import load_settings
from kpiledger.verifying import verify

FIRST = datetime(2017, 8, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
SIGNERS = "metrics/approvers/allowed_signers"
ORGANISATION = "metrics/organisation.yml"
POLICY = "metrics/approvers/authority.yml"
UNTIL_2017 = ',valid-before="20171231Z"'
LAPSED = datetime(2018, 1, 1, 9, tzinfo=UTC)
DOUBTS = {"key is new", "authority is new", "recorded after a lapse", "approval refused"}


AMENDMENT = "  - event: amended"


def started(folder: Path, line: str) -> Company:
    """A company whose policy and keys are recorded, and whose amendment is not written yet."""
    company = Company(small_company(folder / "project", line))
    west = (company.folder / WEST).read_text()
    company.write(WEST, west[: west.index(AMENDMENT)])
    company.record(FIRST)
    return company


def amend(company: Company, keys: Keys, at: datetime) -> None:
    """Write the amendment of June 2017, have it signed, and record both at a moment."""
    company.write(WEST, (BASE / WEST).read_text())
    company.approve(keys.make("ed25519"))
    company.record(at)


def doubts(company: Company, **words: str) -> list[tuple[str, str]]:
    """What question 6 says of the approvals themselves."""
    settings = load_settings(company.folder, {})
    project, _ = check_folder(company.folder)
    assert project is not None
    index = lambda: open_index(settings, company.ledger)  # noqa: E731
    found = ask(question_of(QUESTIONS, 6), Asked(settings, company.ledger, index, lambda: project, words))
    return [(str(row[0]), str(row[1])) for row in found.rows if row[0] in DOUBTS]


def test_a_key_recorded_together_with_what_it_approves_is_shown(tmp_path: Path, keys: Keys) -> None:
    company = started(tmp_path, keys.line("both", "p1003"))
    company.write(SIGNERS, keys.line("both", "p1003") + keys.line("ed25519", "p1001"))
    amend(company, keys, FIRST + 30 * DAY)
    ((what, detail),) = doubts(company)
    assert what == "key is new"
    assert detail.startswith("recorded in entry ")
    assert "the same day as the approval in entry " in detail


def test_a_key_that_came_by_the_commit_of_the_approval_says_so(tmp_path: Path, keys: Keys) -> None:
    company = started(tmp_path, keys.line("ed25519", "p1001"))
    amend(company, keys, FIRST + DAY)
    (one,) = judged(company.ledger, company.entries)
    assert one.key_entry is not None
    for own, other, is_said in (("a" * 40, "a" * 40, True), ("a" * 40, "b" * 40, False), (None, None, False)):
        told = one._replace(commit=own, key_entry=replace(one.key_entry, commit=other))
        assert next(doubts_of(told, 14))[1].endswith(", and came by the same commit") == is_said


def test_a_key_recorded_shortly_before_is_shown_for_as_long_as_is_asked(tmp_path: Path, keys: Keys) -> None:
    company = started(tmp_path, keys.line("ed25519", "p1001"))
    amend(company, keys, FIRST + 10 * DAY)
    assert [what for what, _ in doubts(company)] == ["key is new", "authority is new"]
    assert "10 days before the approval in entry" in doubts(company)[0][1]
    assert doubts(company, days="9") == []
    (company.folder / "kpiledger.yml").write_text("build: build\nnew_approver_days: 9\n")
    assert doubts(company) == []


def test_a_key_and_a_right_of_long_ago_are_no_doubt(tmp_path: Path, keys: Keys) -> None:
    company = started(tmp_path, keys.line("ed25519", "p1001"))
    amend(company, keys, FIRST + 30 * DAY)
    assert doubts(company) == []


def test_days_of_a_key_that_were_widened_are_a_new_key(tmp_path: Path, keys: Keys) -> None:
    company = started(tmp_path, keys.line("ed25519", "p1001", ',valid-before="20170501Z"'))
    company.write(SIGNERS, keys.line("ed25519", "p1001"))
    amend(company, keys, FIRST + 30 * DAY)
    assert [what for what, _ in doubts(company)] == ["key is new"]


def test_a_role_recorded_with_the_approval_is_shown(tmp_path: Path, keys: Keys) -> None:
    folder = small_company(tmp_path / "project", keys.line("ed25519", "p1001"))
    people, policy = folder / ORGANISATION, AUTHORITY[: AUTHORITY.index("appointments")]
    (folder / POLICY).write_text(policy)
    people.write_text(people.read_text().replace("p1001: [cfo]", "p1001: [head_of_sales]"))
    company = Company(folder)
    company.write(WEST, (BASE / WEST).read_text().partition(AMENDMENT)[0])
    company.record(FIRST)
    people.write_text(people.read_text().replace("p1001: [head_of_sales]", "p1001: [cfo]"))
    amend(company, keys, FIRST + 30 * DAY)
    ((what, detail),) = doubts(company)
    assert (what, "the same day as the approval" in detail) == ("authority is new", True)


def test_a_key_that_has_lapsed_cannot_sign_a_decision_dated_back(tmp_path: Path, keys: Keys) -> None:
    company = started(tmp_path, keys.line("ed25519", "p1001", UNTIL_2017))
    amend(company, keys, LAPSED + 31 * DAY)
    why = "the key counted until 2017-12-31, and the approval was recorded on 2018-02-01, more than 31 days later"
    assert [(one.state.value, one.why) for one in judged(company.ledger, company.entries)] == [("refused", why)]
    assert company.states()["sales_west_2017/2"] == "refused"
    assert doubts(company) == [("approval refused", why)]
    assert verify(company.ledger).holds  # what came too late is no fault of the ledger


def test_a_signature_that_is_merged_late_counts_and_is_shown(tmp_path: Path, keys: Keys) -> None:
    company = started(tmp_path, keys.line("ed25519", "p1001", UNTIL_2017))
    amend(company, keys, LAPSED + 30 * DAY)
    assert company.states()["sales_west_2017/2"] == "approved"
    said = "the key counted until 2017-12-31; the approval was recorded on 2018-01-31"
    assert doubts(company) == [("recorded after a lapse", said)]


@pytest.mark.parametrize(("late", "state"), [(30, "approved"), (31, "refused")])
def test_a_role_that_was_left_is_judged_as_a_key(tmp_path: Path, keys: Keys, late: int, state: str) -> None:
    company = started(tmp_path, keys.line("ed25519", "p1001"))
    company.write(POLICY, f"{AUTHORITY}    valid_to: 2017-12-31\n")
    company.record(FIRST + DAY)
    amend(company, keys, LAPSED + late * DAY)
    assert company.states()["sales_west_2017/2"] == state
    assert any("the signer no longer held the role `cfo`" in detail for _, detail in doubts(company))


def test_days_shortened_after_the_fact_do_not_let_a_key_sign_again(tmp_path: Path, keys: Keys) -> None:
    company = started(tmp_path, keys.line("ed25519", "p1001"))
    company.write(SIGNERS, keys.line("ed25519", "p1001", UNTIL_2017))
    company.record(LAPSED + 10 * DAY)
    amend(company, keys, LAPSED + 40 * DAY)
    assert company.states()["sales_west_2017/2"] == "refused"


def test_a_history_that_is_brought_in_counts_and_is_shown(tmp_path: Path, keys: Keys) -> None:
    company = Company(small_company(tmp_path / "project", keys.line("ed25519", "p1001", UNTIL_2017)))
    company.approve(keys.make("ed25519"))
    company.record(LAPSED + 400 * DAY)
    assert company.states()["sales_west_2017/2"] == "approved"
    assert [what for what, _ in doubts(company)] == ["key is new", "authority is new", "recorded after a lapse"]


def test_pages_lead_from_an_event_to_its_approval_and_say_what_is_doubtful(tmp_path: Path, keys: Keys) -> None:
    company = started(tmp_path, keys.line("ed25519", "p1001", UNTIL_2017))
    amend(company, keys, LAPSED + 30 * DAY)
    shown = ledger_shown(company.ledger)
    assert shown is not None
    event, approval = company.entries[-2:]
    pages = [entry_page(shown, one, ()) for one in (event, approval)]
    assert [[one.seq for one in page.approvals] for page in pages] == [[approval.seq], [event.seq]]
    said = "recorded after a lapse: the key counted until 2017-12-31; the approval was recorded on 2018-01-31"
    assert {(one.text, one.doubts) for page in pages for one in page.approvals} == {("Approved", (said,))}
    assert {event.seq, approval.seq} <= {one.seq for one in entries_with_pages(shown, ())}


def test_pages_say_that_an_approver_is_new_for_as_long_as_the_settings_do(tmp_path: Path, keys: Keys) -> None:
    company = started(tmp_path, keys.line("ed25519", "p1001"))
    amend(company, keys, FIRST + 30 * DAY)
    event = company.entries[-2]
    told = []
    for days in (10, 60):
        shown = ledger_shown(company.ledger, days)
        assert shown is not None
        told.append([doubt.split(":")[0] for one in entry_page(shown, event, ()).approvals for doubt in one.doubts])
    assert told == [[], ["key is new", "authority is new"]]
