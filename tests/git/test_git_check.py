"""Does git still say what was recorded? Real repositories, and what people do to them."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from repositories import REVENUE, WEST, Repository, repository, said, states

from kpiledger.git_check import GitState, check_git
from kpiledger.git_check.report import DAMAGE
from kpiledger.ledger.entry import Draft, Entry, write_entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import read_entries
from kpiledger.ledger.subjects import erase

LATER_EVENT = """
  - event: amended
    agreement: sales_west_2017
    decided_on: 2017-08-20
    valid_from: 2017-09-01
    reason: {kind: external_shock, text: It came back}
    proposed_by: finance_controller
    approved_by: cfo
    targets:
      - kpi: revenue
        slice: {region: West}
        target: {grain: month, value: "22000.00", comparison: at_least}
"""
NOW_TOO = datetime(2018, 2, 1, tzinfo=UTC)
SIGNATURE = "-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQ==\n-----END SSH SIGNATURE-----\n"
FIRST, AMENDED = "sales_west_2017/1", "sales_west_2017/2"
DEFINITION = "revenue/1"
SAME = {"gross_margin/1", "gross_margin/2", "orders_shipped/1", DEFINITION, FIRST, AMENDED}


@pytest.fixture
def recorded(tmp_path: Path) -> Repository:
    """A project whose definitions and agreements are recorded from its first commit."""
    made = repository(tmp_path)
    made.record()
    return made


def test_every_entry_of_an_untouched_history_is_the_same(recorded: Repository) -> None:
    report = recorded.check()
    assert states(report) == dict.fromkeys(SAME, "same")
    assert (report.head, report.not_looked_at, report.problems, report.notes) == (recorded.head, None, (), ())


def test_later_commits_leave_the_recorded_ones_as_they_are(recorded: Repository) -> None:
    recorded.add(WEST, LATER_EVENT)
    recorded.commit()
    recorded.record()
    assert states(recorded.check()) == dict.fromkeys({*SAME, "sales_west_2017/3"}, "same")


def test_an_amended_commit_that_rewrites_a_target_is_named_with_both_values(recorded: Repository) -> None:
    old = recorded.head
    recorded.swap(WEST, '"21000.00"', '"18000.00"')
    new = recorded.commit("the project begins", "--amend")
    report = recorded.check()
    assert states(report)[FIRST] == "rewritten"
    assert said(report, FIRST) == (
        f"commit {old[:10]} is on no branch any more; the history was rewritten, and commit {new[:10]} says otherwise; "
        "targets[0].target.value: recorded 21000, found 18000"
    )
    assert [one.key for one in report.problems] == [FIRST]
    assert states(report, [AMENDED, DEFINITION]) == {AMENDED: "moved", DEFINITION: "moved"}


def test_a_force_push_is_found_in_a_fresh_clone(recorded: Repository, tmp_path: Path) -> None:
    old = recorded.head
    recorded.git("init", "-q", "--bare", "-b", "main", str(tmp_path / "remote"))
    recorded.git("push", "-q", str(tmp_path / "remote"), "main")
    recorded.swap(WEST, '"23000.00"', '"19000.00"')
    new = recorded.commit("the project begins", "--amend")
    recorded.git("push", "-q", "--force", str(tmp_path / "remote"), "main")
    recorded.git("clone", "-q", f"file://{tmp_path / 'remote'}", str(tmp_path / "clone"))
    report = recorded.check(tmp_path / "clone")
    assert said(report, AMENDED) == (
        f"commit {old[:10]} is not in the repository any more; the history was rewritten, "
        f"and commit {new[:10]} says otherwise; targets[0].target.value: recorded 23000, found 19000"
    )


def test_a_rebased_commit_of_the_same_content_is_a_note_that_names_the_new_one(recorded: Repository) -> None:
    old = recorded.head
    new = recorded.commit("another message", "--amend", "--allow-empty")
    report = recorded.check()
    assert states(report) == dict.fromkeys(SAME, "moved")
    assert {one.found_in for one in report.findings} == {new}
    assert said(report, FIRST) == (
        f"commit {old[:10]} is on no branch any more; commit {new[:10]} of the present history holds what was recorded"
    )
    assert report.problems == ()
    assert report.notes == (
        "the recorded commit is not in the present history, another one holds the same: "
        "entries 1 (gross_margin/1), 2 (gross_margin/2), 3 (orders_shipped/1), 4 (revenue/1), 5 (sales_west_2017/1) "
        "and 1 more",
    )


def test_a_squashed_branch_that_is_still_there_is_named(recorded: Repository) -> None:
    recorded.git("checkout", "-q", "-b", "summer")
    recorded.add(WEST, LATER_EVENT)
    recorded.commit()
    recorded.record()
    recorded.git("checkout", "-q", "main")
    recorded.git("merge", "-q", "--squash", "summer")
    new = recorded.commit("summer in one commit")
    report = recorded.check()
    assert states(report) == {**dict.fromkeys(SAME, "same"), "sales_west_2017/3": "moved"}
    assert "is only on summer" in said(report, "sales_west_2017/3")
    assert new[:10] in said(report, "sales_west_2017/3")


def test_a_commit_that_is_gone_for_good_leaves_nothing_that_holds_its_event(recorded: Repository) -> None:
    recorded.git("checkout", "-q", "-b", "summer")
    recorded.add(WEST, LATER_EVENT)
    gone = recorded.commit()
    recorded.record()
    recorded.git("checkout", "-q", "main")
    recorded.git("branch", "-q", "-D", "summer")
    recorded.git("reflog", "expire", "--expire=now", "--all")
    recorded.git("gc", "-q", "--prune=now")
    report = recorded.check()
    assert states(report) == {**dict.fromkeys(SAME, "same"), "sales_west_2017/3": "rewritten"}
    assert said(report, "sales_west_2017/3") == (
        f"commit {gone[:10]} is not in the repository any more; "
        "the history was rewritten, and no commit of it holds this"
    )


def test_an_event_that_was_edited_and_put_back_is_a_note_that_names_the_commit(recorded: Repository) -> None:
    recorded.swap(WEST, '"21000.00"', '"18000.00"')
    edited = recorded.commit("lower it")
    recorded.swap(WEST, '"18000.00"', '"21000.00"')
    recorded.commit("put it back")
    report = recorded.check()
    assert states(report) == {**dict.fromkeys(SAME, "same"), FIRST: "edited"}
    assert said(report, FIRST) == (
        f"commit {edited[:10]} said otherwise, and it was put back since; "
        "targets[0].target.value: recorded 21000, found 18000"
    )
    assert report.problems == ()
    assert report.notes == ("a later commit said otherwise: entry 5 (sales_west_2017/1)",)


def test_an_event_that_was_taken_out_and_put_back_is_a_note(recorded: Repository) -> None:
    whole = (recorded.project / WEST).read_text(encoding="utf-8")
    (recorded.project / WEST).write_text(whole[: whole.index("  - event: amended")], encoding="utf-8")
    without = recorded.commit("take it out")
    (recorded.project / WEST).write_text(whole, encoding="utf-8")
    recorded.commit("put it back")
    assert said(recorded.check(), AMENDED) == f"commit {without[:10]} did not hold it, and it was put back since"


def test_an_event_that_stays_edited_says_so(recorded: Repository) -> None:
    recorded.swap(WEST, '"21000.00"', '"18000.00"')
    edited = recorded.commit("lower it")
    assert said(recorded.check(), FIRST).startswith(f"commit {edited[:10]} said otherwise, and it was not put back")


def test_a_branch_that_never_had_the_event_did_not_edit_it(recorded: Repository) -> None:
    recorded.git("checkout", "-q", "-b", "autumn")
    recorded.add(WEST, LATER_EVENT.replace("2017-09-01", "2017-10-01"))
    recorded.commit("autumn")
    recorded.git("checkout", "-q", "main")
    recorded.add(WEST, LATER_EVENT)
    recorded.commit("summer")
    recorded.record()
    recorded.git("merge", "-q", "-s", "ours", "-m", "both", "autumn")
    assert states(recorded.check()) == dict.fromkeys({*SAME, "sales_west_2017/3"}, "same")


def test_a_changed_definition_in_a_rewritten_commit_is_named(recorded: Repository) -> None:
    recorded.swap(REVENUE, "direction: increase", "direction: decrease")
    recorded.commit("the project begins", "--amend")
    report = recorded.check()
    assert [one.key for one in report.problems] == [DEFINITION]
    assert "definition.direction: recorded increase, found decrease" in said(report, DEFINITION)


def test_an_entry_with_the_commit_of_another_content_is_found(recorded: Repository) -> None:
    recorded.add(WEST, LATER_EVENT)
    recorded.commit()
    recorded.record()
    first, *_, last = read_entries(recorded.ledger)
    forged = last._replace(commit=first.commit)
    (found,) = check_git(recorded.project, recorded.ledger, [forged]).findings
    assert (found.state.value, found.message) == ("different", f"commit {str(first.commit)[:10]} does not hold it")
    forged = first._replace(content={**first.content, "valid_from": "2015-01-01"})
    (found,) = check_git(recorded.project, recorded.ledger, [forged]).findings
    assert (found.state.value, found.message) == (
        "different",
        f"commit {str(first.commit)[:10]} does not hold what was recorded; "
        "valid_from: recorded 2015-01-01, found 2014-01-01",
    )


def test_a_commit_that_is_no_id_is_never_asked_of_git(recorded: Repository) -> None:
    entry = read_entries(recorded.ledger)[-1]._replace(commit="HEAD")
    (found,) = check_git(recorded.project, recorded.ledger, [entry]).findings
    assert (found.state.value, found.message) == ("different", "'HEAD' is no commit id")


def test_what_was_recorded_without_a_commit_is_listed(recorded: Repository) -> None:
    recorded.add(WEST, LATER_EVENT)
    recorded.record()
    report = recorded.check()
    assert states(report, ["sales_west_2017/3"]) == {"sales_west_2017/3": "uncommitted"}
    assert report.notes == ("recorded from files that no commit held: entry 7 (sales_west_2017/3)",)
    assert report.problems == ()


def test_the_guide_explains_every_state_and_says_which_are_damage() -> None:
    guide = (Path(__file__).parents[2] / "docs/guide/git.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| ([a-z ]+) \| .* \| (yes|no) \|$", guide, re.MULTILINE))
    assert told == {state.value: "yes" if state in DAMAGE else "no" for state in GitState}


def test_a_project_outside_of_git_is_not_looked_at(recorded: Repository, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    report = recorded.check(outside)
    assert report.findings == ()
    assert str(report.not_looked_at).startswith("not a git repository")


def test_without_git_nothing_is_looked_at(recorded: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert recorded.check().not_looked_at == "git cannot be started: No such file or directory"


def test_what_a_shallow_clone_lacks_is_not_looked_at(recorded: Repository, tmp_path: Path) -> None:
    recorded.add(WEST, LATER_EVENT)
    recorded.commit()
    recorded.record()
    recorded.git("clone", "-q", "--depth=1", f"file://{recorded.top}", str(tmp_path / "clone"))
    report = recorded.check(tmp_path / "clone")
    assert states(report) == {**dict.fromkeys(SAME, "not looked at"), "sales_west_2017/3": "same"}
    assert report.problems == ()
    assert "is not in this shallow clone; `git fetch --unshallow` brings it" in said(report, FIRST)


def test_a_project_in_a_folder_of_the_repository_is_looked_at_there(tmp_path: Path) -> None:
    made = repository(tmp_path, "teams/sales")
    made.record()
    assert states(made.check()) == dict.fromkeys(SAME, "same")
    made.swap(WEST, '"21000.00"', '"18000.00"')
    made.commit("the project begins", "--amend")
    assert states(made.check())[FIRST] == "rewritten"


def test_a_renamed_file_is_found_where_it_was(recorded: Repository) -> None:
    (recorded.project / "metrics/agreements/2016").mkdir()
    recorded.git("mv", "metrics/agreements/2017/sales_west.yml", "metrics/agreements/2016/sales_west.yml")
    recorded.commit()
    assert states(recorded.check()) == dict.fromkeys(SAME, "same")


def test_events_of_one_agreement_in_two_files_are_found_in_commits_that_lack_the_other(recorded: Repository) -> None:
    later = recorded.project / "metrics/agreements/2018/sales_west.yml"
    later.parent.mkdir()
    later.write_text(f"holder: sales_west\nevents:{LATER_EVENT}", encoding="utf-8")
    recorded.commit()
    recorded.record()
    assert states(recorded.check(), ["sales_west_2017/3"]) == {"sales_west_2017/3": "same"}


def test_an_earlier_format_is_said_and_not_taken_for_damage(tmp_path: Path) -> None:
    made = repository(tmp_path)
    made.swap(WEST, "        influence: 0.8", "        sway: 0.8")
    early = made.commit("in the format of then")
    made.git("checkout", "-q", "HEAD~1", "--", WEST)
    made.commit()
    made.record()
    entries = [one._replace(commit=early) for one in read_entries(made.ledger) if one.key == AMENDED]
    report = check_git(made.project, made.ledger, entries)
    assert states(report) == {AMENDED: "unreadable"}
    assert said(report, AMENDED).startswith(f"commit {early[:10]}: 2017/sales_west.yml: ")
    assert report.problems == ()
    assert report.notes == (
        "the file at the recorded commit has a format that this version cannot read: entry 6 (sales_west_2017/2)",
    )


def test_a_person_who_was_erased_is_no_difference(tmp_path: Path) -> None:
    made = repository(tmp_path)
    made.swap(WEST, "proposed_by: finance_controller", "proposed_by: p1007")
    made.commit()
    made.record()
    assert states(made.check(), [AMENDED]) == {AMENDED: "same"}
    erase(made.ledger, "p1007", "asked for", lambda: NOW_TOO)
    assert states(made.check(), [AMENDED]) == {AMENDED: "same"}


def test_a_replaced_object_does_not_hide_a_rewritten_target(recorded: Repository) -> None:
    old = recorded.git("rev-parse", f"HEAD:{WEST}")
    recorded.swap(WEST, '"21000.00"', '"18000.00"')
    new = recorded.git("hash-object", "-w", WEST)
    recorded.git("replace", new, old)
    recorded.commit("the project begins", "--amend")
    assert states(recorded.check())[FIRST] == "rewritten"


def test_an_approval_is_the_same_where_its_commit_holds_the_signature(recorded: Repository) -> None:
    place = recorded.project / "metrics/approvals/sales_west_2017/1.p1007.sig"
    place.parent.mkdir(parents=True)
    place.write_text(SIGNATURE, encoding="utf-8")
    first = recorded.commit()
    place.write_text(SIGNATURE.replace("U1NIU0lH", "AAAAAAAA"), encoding="utf-8")
    later = recorded.commit()
    found = check_git(recorded.project, recorded.ledger, [approval(first), approval(later, 8)]).findings
    assert [one.state.value for one in found] == ["same", "different"]
    assert found[1].message == f"commit {later[:10]} does not hold it"


def test_a_rebased_approval_is_found_in_its_new_commit(recorded: Repository) -> None:
    place = recorded.project / "metrics/approvals/sales_west_2017/1.p1007.sig"
    place.parent.mkdir(parents=True)
    place.write_text(SIGNATURE, encoding="utf-8")
    old = recorded.commit()
    new = recorded.commit("another message", "--amend")
    (found,) = check_git(recorded.project, recorded.ledger, [approval(old)]).findings
    assert (found.state.value, found.found_in) == ("moved", new)


def approval(commit: str, seq: int = 7) -> Entry:
    """An approval that was recorded from a commit."""
    content = {
        "event": FIRST,
        "event_seq": "5",
        "event_hash": "0" * 64,
        "content_hash": "0" * 64,
        "role": "cfo",
        "signer": {"commitment": "1" * 64},
        "fingerprint": "SHA256:abc",
        "signature": SIGNATURE,
    }
    return write_entry(Draft(EntryKind.APPROVAL_RECORDED, f"{FIRST}/1", content, commit), seq, NOW_TOO)


def test_an_object_that_is_not_what_its_name_says_is_named(recorded: Repository) -> None:
    blob = recorded.git("rev-parse", f"HEAD:{WEST}")
    other = recorded.git("hash-object", "-w", REVENUE)
    objects = recorded.top / ".git" / "objects"
    target = objects / blob[:2] / blob[2:]
    target.chmod(stat.S_IRUSR | stat.S_IWUSR)
    shutil.copyfile(objects / other[:2] / other[2:], target)
    report = recorded.check()
    assert states(report, [FIRST, AMENDED]) == {FIRST: "different", AMENDED: "different"}
    assert f"the object {blob} " in said(report, FIRST)
    assert "`git fsck` says more" in said(report, FIRST)


def test_many_entries_of_many_commits_ask_git_few_questions(
    recorded: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        recorded.add(WEST, LATER_EVENT.replace("2017-09-01", f"2017-09-{number + 2:02}"))
        recorded.commit()
        recorded.record()
    asked: list[str] = []
    real = subprocess.Popen.__init__

    def noted(self: object, command: list[str], *words: object, **options: object) -> None:
        asked.append(command[4])
        real(self, command, *words, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess.Popen, "__init__", noted)
    assert len(recorded.check().findings) == 14
    assert asked[:4] == ["rev-parse", "rev-parse", "rev-list", "diff-tree"]
    # Once for the commits, once for each level of their trees, once for the files, once for each of what is left.
    assert asked[4:] == ["cat-file"] * 7
