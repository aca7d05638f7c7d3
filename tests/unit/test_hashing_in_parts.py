"""Entries hashed in parts have the hashes, the tree and the places that they have when they are read at once."""

from __future__ import annotations

from itertools import accumulate

import pytest

from kpiledger.ledger import hashing as module
from kpiledger.ledger import searching
from kpiledger.ledger.file_storage import FileStorage
from kpiledger.ledger.hashing import HASH, hashing
from kpiledger.ledger.merkle import leaf_hash, peaks_at


@pytest.fixture(params=[10**9, 0], ids=["one process", "two processes"])
def processes(request, monkeypatch):
    monkeypatch.setattr(module, "_WORTH_A_PROCESS", request.param)
    monkeypatch.setattr(module, "_BLOCK", 7)  # so that every line stands in several blocks


@pytest.mark.parametrize("count", [1, 2, 7, 64, 65])
@pytest.mark.usefixtures("processes")
def test_hashes_places_and_every_beginning_are_those_of_all_lines_at_once(tmp_path, count):
    lines = [f"line {number}".encode() * (number % 3) for number in range(count)]
    path = tmp_path / "entries.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines) + b"torn")
    with hashing(path) as at_work:
        found = at_work.lines()
        peaks = at_work.peaks(found.leaves, range(count + 1))
    hashes = [leaf_hash(line) for line in lines]
    assert [found.leaves[at : at + HASH] for at in range(0, count * HASH, HASH)] == hashes
    assert found.hexadecimal == "".join(f"{hashed.hex()}\n" for hashed in hashes).encode()
    assert list(found.starts) == list(accumulate((len(line) + 1 for line in lines), initial=0))
    assert peaks == peaks_at(hashes, range(count + 1))


def test_the_entries_with_some_bytes_are_found_over_blocks_and_only_up_to_the_size(tmp_path, monkeypatch):
    monkeypatch.setattr(searching, "_BLOCK", 5)
    (tmp_path / "entries.jsonl").write_bytes(b"a p_1\nb\nc p_1 d\n\np_1\np_1 torn")
    found = list(searching.entries_with(FileStorage(tmp_path), 4, b"p_1"))
    assert found == [(1, b"a p_1"), (3, b"c p_1 d")]


def test_single_lines_are_read_with_and_without_their_place(tmp_path):
    files = FileStorage(tmp_path)
    files.entries_file.write_bytes(b"one\ntwo\nthree\ntorn")
    assert files.entry_lines(2, 3) == files.entry_lines(2, 3, 4) == [b"two", b"three"]
    assert files.entry_lines(3, 9, 8) == [b"three"]
    assert files.entry_lines(4, 9) == []
