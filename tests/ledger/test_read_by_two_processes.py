"""Whatever another process looked at meanwhile, what is found in a ledger is what one process finds alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from ledgers import filled, published, retired

from kpiledger.errors import LedgerDamaged
from kpiledger.ledger.checkpoint import Checkpoint, sign_checkpoint
from kpiledger.ledger.integrity import read_strictly
from kpiledger.ledger.keys import signing_key
from kpiledger.ledger.merkle import leaf_hash, root
from kpiledger.ledger.sound import digest_of
from kpiledger.ledger.store import Ledger, examine_ledger, signed_checkpoint
from kpiledger.ledger_index.opening import index_in_memory
from kpiledger.verifying.meanwhile import Parts, Strictly, looked_at_meanwhile

SIZE, PLACE = 40, 23
# What a writer would not have written, in one line of a ledger whose key signed it all the same.
CHANGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "nothing": (lambda line: line, ""),
    "a space": (lambda line: line.replace(b'":"', b'": "', 1), "not the canonical form"),
    "its seq": (lambda line: line.replace(b'"seq":"23"', b'"seq":"24"'), "stands on line 23 and says seq 24"),
    "how its seq is written": (lambda line: line.replace(b'"seq":"23"', b'"seq":"023"'), "not in canonical form"),
    "how its time is written": (lambda line: line.replace(b'Z","seq"', b'+00:00","seq"'), "not in canonical form"),
    "a time that there is not in UTC": (
        lambda line: line.replace(b'"recorded_at":"2026-', b'"recorded_at":"9999-').replace(
            b'Z","seq"', b'-23:59","seq"'
        ),
        "",
    ),
    "its format": (lambda line: line.replace(b'"format":"1"', b'"format":"2"'), "format '2' is not known here"),
    "a key more": (lambda line: line.replace(b'{"commit"', b'{"a":null,"commit"', 1), "an entry has the keys"),
    "its kind": (lambda line: line.replace(b"run.published", b"run.publishes"), "is not a valid EntryKind"),
    "its content": (lambda line: line.replace(b'"run_id":"run-22"', b'"run_id":""'), "does not fit run.published"),
    "all of it": (lambda _: b"no JSON", "it is no JSON"),
}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return filled(tmp_path / "ledger", [[published(number)] for number in range(SIZE - 1)] + [[retired(1, "größer")]])


def signed_with(ledger: Ledger, change: Callable[[bytes], bytes]) -> None:
    """Change one line, and sign the ledger as it is then."""
    folder = ledger.directory
    lines = (folder / "entries.jsonl").read_bytes().splitlines()
    lines[PLACE - 1] = change(lines[PLACE - 1])
    hashes = [leaf_hash(line) for line in lines]
    name, private = signing_key(ledger.keys)
    (folder / "entries.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    (folder / "leaves").write_text("".join(f"{hashed.hex()}\n" for hashed in hashes))
    (folder / "checkpoint").write_bytes(sign_checkpoint(Checkpoint(name, len(lines), root(hashes)), private))
    for kept in ("checkpoints", "frontier"):
        (folder / kept).unlink()


@pytest.mark.parametrize("name", CHANGES)
def test_another_process_changes_nothing_of_what_is_found(
    name: str, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpiledger.verifying.meanwhile._WORTH_A_PROCESS", 0)
    change, told = CHANGES[name]
    signed_with(ledger, change)
    alone = examine_ledger(ledger)
    assert bool(alone.problems) is (name != "nothing")
    assert all(told in str(problem) and problem.seq in (None, PLACE) for problem in alone.problems)
    for is_over in (True, False):
        with looked_at_meanwhile(ledger, None) as meanwhile:
            if is_over:
                wait(meanwhile.strictly.parts.begun.values())
            assert examine_ledger(ledger, reader=meanwhile.strictly.read) == alone


@pytest.mark.parametrize(
    "line", [b"no JSON", b"[]", b"null", b"", b'"a text"', b"{}", b'{"seq":"24"}', b'{"seq":"23","recorded_at":"soon"}']
)
def test_no_index_is_made_of_what_is_no_entry(line: bytes, ledger: Ledger) -> None:
    signed_with(ledger, lambda _: line)
    with pytest.raises(LedgerDamaged, match=r"entr(y|ies).* (2\d|1 to 40)"):
        index_in_memory(ledger, signed_checkpoint(ledger))


@pytest.mark.parametrize("length", [0, 1, 5_000])
def test_a_cut_ledger_is_told_as_by_one_process(length: int, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kpiledger.verifying.meanwhile._WORTH_A_PROCESS", 0)
    path = ledger.directory / "entries.jsonl"
    path.write_bytes(path.read_bytes()[:length])
    alone = examine_ledger(ledger)
    assert any(problem.name == "missing" for problem in alone.problems)
    with looked_at_meanwhile(ledger, None) as meanwhile:
        assert examine_ledger(ledger, reader=meanwhile.strictly.read) == alone


def test_what_another_process_says_counts_for_the_bytes_that_it_read(ledger: Ledger) -> None:
    lines = (ledger.directory / "entries.jsonl").read_bytes().splitlines()
    sound = digest_of([leaf_hash(line) for line in lines])
    lines[PLACE - 1] = CHANGES["its content"][0](lines[PLACE - 1])
    hashes = [leaf_hash(line) for line in lines]
    alone = read_strictly(lines, hashes)
    assert len(alone[1]) == 1
    for said in (sound, None, b""):
        other: Future[bytes | None] = Future()
        other.set_result(said)
        assert Strictly(Parts(SIZE, {0: other})).read(lines, hashes) == alone


def test_what_a_process_that_was_killed_had_begun_is_done_here(ledger: Ledger) -> None:
    lines = (ledger.directory / "entries.jsonl").read_bytes().splitlines()
    hashes = [leaf_hash(line) for line in lines]
    killed: Future[bytes | None] = Future()
    killed.set_exception(BrokenProcessPool())
    assert Strictly(Parts(SIZE, {0: killed})).read(lines, hashes) == read_strictly(lines, hashes)
