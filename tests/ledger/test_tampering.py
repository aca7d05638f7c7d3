"""Whoever may write to every file of a ledger drops, swaps, cuts, forks, rolls back and signs anew: all of it is found.

What needs an anchor to be found is shown together with what is said without one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.ledger.beginnings import notes_in
from kpiledger.ledger.checkpoint import sign_note, verifier_key
from kpiledger.ledger.keys import make_keys, trusted_key
from kpiledger.ledger.merkle import leaf_hash
from kpiledger.ledger.store import Ledger, read_entries, writing
from kpiledger.verifying import verify
from tests.ledger.ledgers import NOW, add, copied, filled, published, put_back, resigned, seconds

BATCHES = [[published(n) for n in batch] for batch in ([0, 1], [2], [3, 4, 5], [6], [7, 8])]
ANCHORED = "anchored"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return filled(tmp_path / "ledger", BATCHES, anchors=[tmp_path / ANCHORED])


def names(ledger: Ledger) -> list[str]:
    return [problem.name for problem in verify(ledger).problems]


def changed(ledger: Ledger, name: str, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Change a file of lines, or the notes of `checkpoints`."""
    path = ledger.directory / name
    content = path.read_bytes()
    parts = notes_in(content) if name == "checkpoints" else content.splitlines(keepends=True)
    path.write_bytes(b"".join(change(parts)))


def without(place: int) -> Callable[[list[bytes]], list[bytes]]:
    return lambda parts: parts[:place] + parts[place + 1 :]


def swapped(one: int, other: int) -> Callable[[list[bytes]], list[bytes]]:
    def swap(parts: list[bytes]) -> list[bytes]:
        parts[one], parts[other] = parts[other], parts[one]
        return parts

    return swap


def test_nothing_is_found_where_nothing_was_done(ledger: Ledger, tmp_path: Path) -> None:
    found = verify(ledger)
    assert found.holds
    assert found.looked_at[4:] == ("checkpoints", "subjects", "agreements", "approvals", "anchors")
    assert len(list((tmp_path / ANCHORED).iterdir())) == len(BATCHES) + 1


@pytest.mark.parametrize("place", range(9))
@pytest.mark.parametrize("files", [["entries.jsonl"], ["entries.jsonl", "leaves"]])
def test_a_dropped_entry_is_found(ledger: Ledger, files: list[str], place: int) -> None:
    for name in files:
        changed(ledger, name, without(place))
    problems = verify(ledger).problems
    assert {"missing", "root"} <= {problem.name for problem in problems}
    if len(files) == 1 or place < 8:
        assert min(problem.seq for problem in problems if problem.seq) <= place + 1


@pytest.mark.parametrize("files", [["entries.jsonl"], ["leaves"], ["entries.jsonl", "leaves"]])
def test_swapped_entries_are_found_and_named(ledger: Ledger, files: list[str]) -> None:
    for name in files:
        changed(ledger, name, swapped(2, 5))
    problems = verify(ledger).problems
    assert {3, 6} <= {problem.seq for problem in problems}
    if len(files) == 2:
        said = "entry 3 (run-5): stands on line 3 and says seq 6"
        assert said in {str(problem) for problem in problems}


@pytest.mark.parametrize("keep", [0, 1, 8])
def test_cut_files_are_found(ledger: Ledger, keep: int) -> None:
    for name in ("entries.jsonl", "leaves"):
        changed(ledger, name, lambda parts: parts[:keep])
    said = f"is missing: the checkpoint covers 9 entries, found {keep}"
    assert said in {problem.message for problem in verify(ledger).problems}


@pytest.mark.parametrize("name", ["entries.jsonl", "leaves", "checkpoint", "checkpoints"])
def test_a_file_that_is_gone_is_found(ledger: Ledger, name: str) -> None:
    (ledger.directory / name).unlink()
    problems = verify(ledger).problems
    assert name in " ".join(map(str, problems))


def test_an_entry_added_by_hand_is_not_signed_by_the_next_recording(ledger: Ledger) -> None:
    before = read_entries(ledger)
    line = before[-1].line.replace(b'"seq":"9"', b'"seq":"10"')
    changed(ledger, "entries.jsonl", lambda parts: [*parts, line + b"\n"])
    changed(ledger, "leaves", lambda parts: [*parts, leaf_hash(line).hex().encode() + b"\n"])
    assert names(ledger) == ["tail"]
    add(ledger, published(77))
    assert [entry.key for entry in read_entries(ledger)] == [*(entry.key for entry in before), "run-77"]
    assert verify(ledger).holds


def test_a_dropped_checkpoint_is_found(ledger: Ledger) -> None:
    changed(ledger, "checkpoints", without(3))
    assert [str(problem) for problem in verify(ledger).problems] == [
        "a batch ended with entry 6, and `checkpoints` has no checkpoint of 6 entries"
    ]


def test_a_checkpoint_dropped_at_the_end_is_found_and_added_again(ledger: Ledger) -> None:
    changed(ledger, "checkpoints", without(5))
    assert "does not end with the newest checkpoint" in str(verify(ledger).problems[0])
    with writing(ledger, seconds()):
        pass
    assert verify(ledger).holds


def test_swapped_checkpoints_are_found(ledger: Ledger) -> None:
    changed(ledger, "checkpoints", swapped(1, 2))
    assert "they were reordered" in str(verify(ledger).problems[0])


def test_an_older_state_put_back_is_found_by_the_anchor(ledger: Ledger, tmp_path: Path) -> None:
    older = copied(ledger, tmp_path / "older")
    add(ledger, published(50), published(51))
    put_back(ledger, older)
    problems = verify(ledger).problems
    assert [(problem.name, problem.seq) for problem in problems] == [("rollback", 10)]
    assert "covers 11 entries, the ledger has 9: it was cut or an older state was put back" in problems[0].message
    assert verify(Ledger(ledger.directory)).holds


def test_after_a_roll_back_nothing_else_is_recorded_in_its_place(ledger: Ledger, tmp_path: Path) -> None:
    older = copied(ledger, tmp_path / "older")
    add(ledger, published(50))
    put_back(ledger, older)
    for batch in ([published(51)], [published(51), published(52), published(53)]):
        with pytest.raises(LedgerDamaged, match=r"-10\.checkpoint is of more entries than the 9 of the ledger"):
            add(ledger, *batch)
    assert len(read_entries(ledger)) == 9


def test_what_a_stranger_lays_into_an_anchor_keeps_nobody_from_recording(ledger: Ledger, tmp_path: Path) -> None:
    (anchored,) = (path for anchor in ledger.anchors for path in anchor.glob("*-9.checkpoint"))
    stranger = anchored.with_name(anchored.name.replace("-9.", "-9999."))
    stranger.write_bytes(anchored.read_bytes().replace(b"\n9\n", b"\n9999\n"))
    add(ledger, published(50))
    assert len(read_entries(ledger)) == 10


def test_a_fork_with_the_true_key_is_found_by_the_anchor(ledger: Ledger, tmp_path: Path) -> None:
    older = copied(ledger, tmp_path / "older")
    add(ledger, published(50))
    put_back(ledger, older)
    add(Ledger(ledger.directory), published(51), published(52))  # past the anchor's size, so that no name is taken
    add(ledger, published(53))
    assert verify(Ledger(ledger.directory)).holds
    problems = verify(ledger).problems
    assert [(problem.name, problem.seq) for problem in problems] == [("anchors", 10)]
    assert "signed another root for the first 10 entries" in problems[0].message
    assert problems[0].message.endswith("history was written anew after entry 9")


def test_a_history_written_anew_from_the_first_entry_is_found_by_the_anchor(ledger: Ledger, tmp_path: Path) -> None:
    forged = tmp_path / "forged"
    shutil.copytree(ledger.keys, forged / "keys")
    other = [[published(100 + n) for n in range(len(batch))] for batch in BATCHES]
    put_back(ledger, filled(forged, other))
    assert verify(Ledger(ledger.directory)).holds
    problems = verify(ledger).problems
    assert [(problem.name, problem.seq) for problem in problems] == [("anchors", 1)]


def test_a_newest_checkpoint_signed_anew_for_changed_entries_is_found_by_the_earlier_ones(
    ledger: Ledger, tmp_path: Path
) -> None:
    """Without any anchor: whoever leaves `checkpoints` as it is has earlier roots against them."""
    forged = filled(tmp_path / "forged", [])
    shutil.rmtree(forged.directory)
    shutil.copytree(ledger.keys, forged.directory / "keys")
    filled(forged.directory, [[published(0), published(1)], [published(200)], *BATCHES[2:]])
    for name in ("entries.jsonl", "leaves", "checkpoint", "frontier"):
        shutil.copy(forged.directory / name, ledger.directory / name)
    problems = verify(Ledger(ledger.directory)).problems
    assert problems[0].name == "checkpoints"
    assert problems[-1].message.endswith("history was written anew after entry 2")


def test_an_older_checkpoint_put_back_alone_is_found(ledger: Ledger) -> None:
    changed(ledger, "checkpoint", lambda _: [notes_in((ledger.directory / "checkpoints").read_bytes())[2]])
    found = verify(Ledger(ledger.directory))
    assert {problem.name for problem in found.problems} >= {"rollback", "tail"}
    with pytest.raises(LedgerDamaged, match="an older checkpoint was put back"), writing(ledger, seconds()):
        pass


def rogue_keys(folder: Path) -> Path:
    make_keys(folder)
    return folder


def test_a_checkpoint_signed_by_a_rogue_key_is_found_by_its_name_and_id(ledger: Ledger, tmp_path: Path) -> None:
    resigned(ledger, rogue_keys(tmp_path / "rogue"))
    found = verify(ledger)
    assert [problem.name for problem in found.problems] == ["checkpoint"]
    assert "does not end with one signature line of kpiledger.local/" in str(found.problems[0])


def test_a_rogue_key_in_the_place_of_the_true_one_is_found_by_the_anchor(ledger: Ledger, tmp_path: Path) -> None:
    pinned = trusted_key(ledger.keys)
    rogue = rogue_keys(tmp_path / "rogue")
    shutil.rmtree(ledger.keys)
    shutil.copytree(rogue, ledger.keys)
    resigned(ledger, ledger.keys)
    assert verify(Ledger(ledger.directory)).holds  # nothing in the folder speaks against it
    assert [problem.name for problem in verify(Ledger(ledger.directory), key=pinned).problems] == ["checkpoint"]
    problems = verify(ledger).problems
    assert {problem.name for problem in problems} == {"anchors"}
    assert len(problems) == len(BATCHES) + 1
    assert all("the anchor, the ledger or its key was replaced" in problem.message for problem in problems)


def test_a_rogue_key_under_the_true_name_is_found_by_its_id(ledger: Ledger) -> None:
    true, rogue = trusted_key(ledger.keys), Ed25519PrivateKey.generate()
    text = (ledger.directory / "checkpoint").read_text().partition("\n\n")[0]
    (ledger.directory / "checkpoint").write_bytes(sign_note(f"{text}\n", true.name, rogue))
    said = f"signed by the key {verifier_key(true.name, rogue).id.hex()}, expected {true.id.hex()}"
    assert said in str(verify(ledger).problems[0])


def test_a_signing_key_that_is_not_the_trusted_one_signs_nothing(ledger: Ledger, tmp_path: Path) -> None:
    shutil.copy(rogue_keys(tmp_path / "rogue") / "ledger.key", ledger.keys / "ledger.key")
    before = (ledger.directory / "entries.jsonl").read_bytes()
    with pytest.raises(LedgerDamaged, match="is not the one that checkpoints are checked with"):
        add(ledger, published(50))
    assert (ledger.directory / "entries.jsonl").read_bytes() == before


def test_a_checkpoint_changed_in_the_anchor_is_found(ledger: Ledger, tmp_path: Path) -> None:
    path = next((tmp_path / ANCHORED).glob("*-3.checkpoint"))
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"\n3\n", b"\n4\n"))
    assert "is no checkpoint of this ledger: its signature is not by the key" in str(verify(ledger).problems[0])


def test_what_was_not_anchored_yet_is_anchored_by_the_next_writer(ledger: Ledger, tmp_path: Path) -> None:
    newest = next((tmp_path / ANCHORED).glob("*-9.checkpoint"))
    newest.unlink()
    with writing(ledger, seconds()):
        pass
    assert newest.read_bytes() == (ledger.directory / "checkpoint").read_bytes()


def test_an_anchor_that_was_emptied_or_removed_is_a_problem(ledger: Ledger, tmp_path: Path) -> None:
    for path in (tmp_path / ANCHORED).iterdir():
        path.unlink()
    said = f"{tmp_path / ANCHORED} held checkpoints from 0 entries on, and holds none: they were removed"
    for _ in range(2):
        (problem,) = verify(ledger).problems
        assert (problem.name, problem.message.partition(";")[0]) == ("anchors", said)
        shutil.rmtree(tmp_path / ANCHORED, ignore_errors=True)


def test_an_emptied_anchor_is_missed_beside_one_that_was_not(tmp_path: Path) -> None:
    kept, emptied = tmp_path / "kept", tmp_path / "emptied"
    ledger = filled(tmp_path / "ledger", BATCHES, anchors=[kept, emptied])
    shutil.rmtree(emptied)
    (problem,) = verify(ledger).problems
    assert problem.message.startswith(f"{emptied} held checkpoints from 0 entries on")


def test_an_anchor_that_is_set_later_is_not_missed_before_it_has_any(ledger: Ledger, tmp_path: Path) -> None:
    later = Ledger(ledger.directory, anchors=[*ledger.anchors, tmp_path / "later"])
    found = verify(later)
    assert found.holds
    said = f"anchors: no checkpoint is anchored in {tmp_path / 'later'} yet; the next recording begins to"
    assert said in found.not_looked_at
    add(later, published(50))
    assert verify(later).holds
    shutil.rmtree(tmp_path / "later")
    assert [problem.message.partition(":")[0] for problem in verify(later).problems] == [
        f"{tmp_path / 'later'} held checkpoints from 9 entries on, and holds none"
    ]


def test_single_checkpoints_that_an_anchor_lacks_are_named(ledger: Ledger, tmp_path: Path) -> None:
    for size in (3, 9):
        next((tmp_path / ANCHORED).glob(f"*-{size}.checkpoint")).unlink()
    found = verify(ledger)
    assert found.holds
    assert any("lacks the checkpoints of 3, 9 entries" in text for text in found.not_looked_at)


def test_an_anchor_that_cannot_be_reached_stops_the_recording_with_a_word(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BrokenWorld, match="the checkpoint cannot be anchored in"):
        add(Ledger(ledger.directory, anchors=[tmp_path / "file" / "anchor"]), published(50))
    assert len(read_entries(ledger)) == 9
    assert [p.name for p in verify(Ledger(ledger.directory, anchors=[tmp_path / "none"])).problems] == []


def test_a_ledger_that_is_gone_is_not_begun_anew_where_it_was_anchored(ledger: Ledger) -> None:
    shutil.rmtree(ledger.directory)
    with pytest.raises(BrokenWorld, match="but checkpoints of one are anchored in"):
        add(ledger, published(1))
    assert not ledger.exists


def test_a_ledger_from_before_checkpoints_were_kept_verifies_and_keeps_them_from_now_on(tmp_path: Path) -> None:
    ledger = filled(tmp_path / "ledger", BATCHES)
    for name in ("checkpoints", "frontier"):
        (ledger.directory / name).unlink()
    found = verify(ledger)
    assert found.holds
    assert "checkpoints: none were kept; the next recording begins to" in found.not_looked_at
    add(ledger, published(50), at=NOW + timedelta(days=2))
    found = verify(ledger)
    assert (found.holds, found.entries, found.not_looked_at) == (True, 10, ())
