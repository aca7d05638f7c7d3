"""What is kept of git between two calls makes the answer quick, and never another one."""

from __future__ import annotations

import random
import re
import shutil
import stat
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from repositories import WEST, Repository, repository, said, states

from kpiledger.errors import WrongUse
from kpiledger.git_check import GitReport, GitState, ask_of_git, learn_from_git
from kpiledger.git_check.keeping import NAME
from kpiledger.ledger.keys import PRIVATE_FILE
from kpiledger.ledger.subjects import erase
from kpiledger.ledger_index.opening import open_index
from kpiledger.settings import load_settings

FIRST, AMENDED = "sales_west_2017/1", "sales_west_2017/2"
EVENT = """
  - event: amended
    agreement: {agreement}
    decided_on: 2017-08-20
    valid_from: 2017-09-{day:02}
    reason: {{kind: external_shock, text: Change {day}}}
    proposed_by: finance_controller
    approved_by: cfo
    targets:
      - kpi: revenue
        slice: {{region: West}}
        target: {{grain: month, value: "22000.00", comparison: at_least}}
"""


@pytest.fixture
def recorded(tmp_path: Path) -> Repository:
    """A recorded project, asked about once, so that something is kept."""
    made = repository(tmp_path)
    (made.project / "kpiledger.yml").write_text(
        f"ledger: {made.ledger.directory}\nbuild: {tmp_path / 'build'}\n", encoding="utf-8"
    )
    with (made.top / ".git/info/exclude").open("a", encoding="utf-8") as file:
        file.write("kpiledger.yml\n")
    made.record()
    assert not ask(made).kept
    return made


def ask(made: Repository, *names: str, tells_same: bool = True) -> GitReport:
    """The answer that may use what is kept."""
    settings = load_settings(made.project, {})
    with open_index(settings, made.ledger) as index:
        return ask_of_git(made.project, made.ledger, index, settings.build, names, tells_same=tells_same)


def kept_file(made: Repository) -> Path:
    """Where it is kept."""
    return load_settings(made.project, {}).build / NAME


def test_a_second_answer_says_what_was_kept_and_is_the_first(recorded: Repository) -> None:
    again = ask(recorded)
    assert again.findings == recorded.check().findings
    assert again.kept == (
        "what 1 commits wrote and 1 files say was kept from an earlier call and signed by the ledger's key; the "
        "present history, branches and damaged objects were looked for now. `kpi verify` uses nothing kept",
    )


def test_what_a_run_learns_serves_the_first_question(recorded: Repository) -> None:
    kept_file(recorded).unlink()
    settings = load_settings(recorded.project, {})
    with open_index(settings, recorded.ledger) as index:
        learn_from_git(recorded.project, recorded.ledger, index, settings.build)
    first = ask(recorded)
    assert first.findings == recorded.check().findings
    assert first.kept[0].startswith("what 1 commits wrote and 1 files say was kept from an earlier call")


def test_a_run_learns_what_is_new(recorded: Repository) -> None:
    settings = load_settings(recorded.project, {})
    for day in (7, 8):
        event = EVENT.format(agreement="sales_west_2017", day=day)
        recorded.add(WEST, event)
        recorded.commit()
        recorded.record()
        with open_index(settings, recorded.ledger) as index:
            learn_from_git(recorded.project, recorded.ledger, index, settings.build)
    assert ask(recorded).kept[0].startswith("what 3 commits wrote and 3 files say was kept")
    assert ask(recorded).findings == recorded.check().findings


def test_a_run_without_git_or_key_learns_nothing(recorded: Repository) -> None:
    settings = load_settings(recorded.project, {})
    kept_file(recorded).unlink()
    with open_index(settings, recorded.ledger) as index:
        learn_from_git(settings.build, recorded.ledger, index, settings.build)
        (recorded.ledger.keys / PRIVATE_FILE).unlink()
        learn_from_git(recorded.project, recorded.ledger, index, settings.build)
    assert not kept_file(recorded).exists()


def test_a_question_about_one_agreement_keeps_what_serves_the_next(recorded: Repository) -> None:
    kept_file(recorded).unlink()
    assert states(ask(recorded, "sales_west_2017")) == dict.fromkeys([FIRST, AMENDED], "same")
    assert ask(recorded).findings == recorded.check().findings


@pytest.mark.parametrize("place", ["touch", "said", "entry_digest"])
def test_a_changed_file_of_knowledge_is_not_believed(recorded: Repository, place: str) -> None:
    before = kept_file(recorded).read_bytes()
    content = bytearray(before)
    content[len(content) // 2 + len(place)] ^= 1
    kept_file(recorded).write_bytes(content)
    report = ask(recorded)
    assert report.findings == recorded.check().findings
    assert report.kept == (
        f"what was kept of git was not believed: its bytes are not those that {NAME}.note is signed for",
    )
    assert "was kept from an earlier call" in ask(recorded).kept[0]


def test_knowledge_that_another_ledger_signed_is_not_believed(recorded: Repository, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = repository(tmp_path / "other")
    (other.project / "kpiledger.yml").write_text(
        f"ledger: {other.ledger.directory}\nbuild: {tmp_path / 'other/build'}\n", encoding="utf-8"
    )
    other.commit("settings")
    other.record()
    ask(other)
    for file in (kept_file(other), kept_file(other).with_name(f"{NAME}.note")):
        shutil.copyfile(file, kept_file(recorded).with_name(file.name))
    report = ask(recorded)
    assert report.findings == recorded.check().findings
    assert report.kept[0].startswith(f"what was kept of git was not believed: {NAME}.note is not signed by this ledger")


def test_knowledge_without_a_note_is_not_believed(recorded: Repository) -> None:
    kept_file(recorded).with_name(f"{NAME}.note").unlink()
    assert ask(recorded).kept == (f"what was kept of git was not believed: {NAME}.note is missing",)


def test_a_history_that_was_rewritten_after_something_was_kept_is_named(recorded: Repository) -> None:
    old = recorded.head
    recorded.swap(WEST, '"21000.00"', '"18000.00"')
    new = recorded.commit("the project begins", "--amend")
    report = ask(recorded)
    assert states(report, [FIRST, AMENDED]) == {FIRST: "rewritten", AMENDED: "moved"}
    assert said(report, FIRST).endswith(
        f"and commit {new[:10]} says otherwise; targets[0].target.value: recorded 21000, found 18000"
    )
    assert old != new
    assert report.findings == recorded.check().findings


def test_a_branch_that_goes_away_is_noticed(recorded: Repository) -> None:
    recorded.git("branch", "before")
    recorded.git("checkout", "-q", "--orphan", "anew")
    recorded.commit("all in one")
    assert "is only on before, main; " in said(ask(recorded), FIRST)
    recorded.git("branch", "-q", "-D", "before", "main")
    assert "is on no branch any more" in said(ask(recorded), FIRST)


def test_an_edit_after_something_was_kept_is_named(recorded: Repository) -> None:
    recorded.swap(WEST, '"21000.00"', '"18000.00"')
    edited = recorded.commit("lower it")
    report = ask(recorded)
    assert states(report)[FIRST] == "edited"
    assert said(report, FIRST).startswith(f"commit {edited[:10]} said otherwise")


@pytest.mark.parametrize("is_packed", [False, True])
def test_an_object_that_was_damaged_after_it_was_kept_is_named(recorded: Repository, is_packed: bool) -> None:
    blob = recorded.git("rev-parse", f"HEAD:{WEST}")
    if is_packed:
        recorded.git("gc", "-q")
        ask(recorded)
    damage(recorded, blob, is_packed)
    report = ask(recorded)
    assert states(report, [FIRST, AMENDED]) == {FIRST: "different", AMENDED: "different"}
    assert f"the object {blob} " in said(report, FIRST)
    assert states(ask(recorded), [FIRST]) == {FIRST: "different"}


def damage(made: Repository, blob: str, is_packed: bool) -> None:
    """Change bytes in the middle of what holds a blob."""
    objects = made.top / ".git" / "objects"
    if is_packed:
        (pack,) = (objects / "pack").glob("*.pack")
        shown = made.git("verify-pack", "-v", str(pack.with_suffix(".idx"))).splitlines()
        ((size, offset),) = [(int(line.split()[3]), int(line.split()[4])) for line in shown if line.startswith(blob)]
        place, at = pack, offset + size // 2
    else:
        place = objects / blob[:2] / blob[2:]
        at = place.stat().st_size // 2
    content = bytearray(place.read_bytes())
    content[at] ^= 0xFF
    place.chmod(stat.S_IRUSR | stat.S_IWUSR)
    place.write_bytes(content)


def test_an_erased_person_is_no_difference_whatever_was_kept(recorded: Repository) -> None:
    recorded.add(WEST, EVENT.format(agreement="sales_west_2017", day=2).replace("finance_controller", "p1007"))
    recorded.commit()
    recorded.record()
    assert states(ask(recorded)) == states(recorded.check())
    erase(recorded.ledger, "p1007", "asked for", lambda: datetime(2018, 2, 1, tzinfo=UTC))
    assert states(ask(recorded), ["sales_west_2017/3"]) == {"sales_west_2017/3": "same"}


@pytest.mark.parametrize("seed", range(4))
def test_what_is_kept_never_makes_another_answer_on_random_histories(recorded: Repository, seed: int) -> None:
    chance = random.Random(seed)
    seen: set[str] = set()
    for day in range(2, 12):
        step(recorded, chance, day)
        report = ask(recorded)
        assert (report.head, report.findings) == (recorded.head, recorded.check().findings)
        assert ask(recorded, tells_same=False).counts == report.counts
        seen |= {one.state.value for one in report.findings}
    assert GitState.SAME in seen
    assert len(seen) > 1


def step(made: Repository, chance: random.Random, day: int) -> None:
    """Something that people do to a history."""
    has_parent = len(made.git("rev-list", "--first-parent", "HEAD").splitlines()) > 1
    match chance.choice(["record", "amend", "edit", "gc", *(["record", "merge", "drop"] if has_parent else [])]):
        case "record":
            text = (made.project / WEST).read_text(encoding="utf-8")
            (made.project / WEST).write_text(re.sub(r"22\d{3}\.00", "22000.00", text), encoding="utf-8")
            made.add(WEST, EVENT.format(agreement="sales_west_2017", day=day))
            made.commit(f"event {day}")
            with suppress(WrongUse):  # where a recorded event was dropped with its commit
                made.record()
        case "amend":
            made.git("commit", "-q", "--amend", "--allow-empty", "-m", f"other words {day}")
        case "edit":
            text = (made.project / WEST).read_text(encoding="utf-8")
            (made.project / WEST).write_text(text.replace("22000.00", f"22{day:03}.00", 1), encoding="utf-8")
            made.commit(f"edit {day}", "--allow-empty")
        case "merge":
            made.git("checkout", "-q", "-b", f"side-{day}", "HEAD~1")
            (made.project / f"notes-{day}.txt").write_text(str(day), encoding="utf-8")
            made.commit(f"side {day}")
            made.git("checkout", "-q", "main")
            made.git("merge", "-q", "-m", f"both {day}", f"side-{day}")
        case "gc":
            made.git("gc", "-q", "--prune=now")
        case "drop":
            made.git("reset", "-q", "--hard", "HEAD~1")
            (made.project / f"notes-{day}.txt").write_text(f"dropped {day}", encoding="utf-8")
            made.commit(f"dropped {day}")
