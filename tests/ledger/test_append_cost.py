"""Opening a ledger and appending to it reads as little of a large one as of a small one."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpiledger.errors import LedgerDamaged
from kpiledger.ledger import file_storage
from kpiledger.ledger.frontier import Frontier
from kpiledger.ledger.merkle import leaf_hash, root
from kpiledger.ledger.store import Ledger, read_entries, read_entries_after, signed_checkpoint
from kpiledger.verifying import verify
from tests.ledger.ledgers import add, filled, published


def bytes_read(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> int:
    """How much is read to append one more entry."""
    seen: list[int] = []
    read = file_storage.read_from

    def counting(path: Path, offset: int = 0) -> bytes | None:
        content = read(path, offset)
        seen.append(len(content or b""))
        return content

    with monkeypatch.context() as patch:
        patch.setattr(file_storage, "read_from", counting)
        add(ledger, published(1_000_000))
    return sum(seen)


def test_an_append_reads_no_more_of_a_thousand_entries_than_of_ten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = filled(tmp_path / "small", [[published(n) for n in range(10)]])
    large = filled(tmp_path / "large", [[published(n) for n in range(1000)]])
    # A thousand entries have seven subtrees, ten have two: a line of the frontier for each.
    assert bytes_read(large, monkeypatch) < bytes_read(small, monkeypatch) + 20 * 65


@pytest.mark.parametrize(
    "content", [None, b"", b"0\n0\n", b"nonsense", b"9\n1\n" + b"0" * 64 + b"\n" + b"1" * 64 + b"\n"]
)
def test_a_frontier_that_is_lost_or_wrong_is_made_anew(tmp_path: Path, content: bytes | None) -> None:
    ledger = filled(tmp_path / "ledger", [[published(n) for n in range(10)]])
    path = ledger.directory / "frontier"
    path.unlink() if content is None else path.write_bytes(content)
    add(ledger, published(10), published(11))
    assert signed_checkpoint(ledger).root == root(entry.leaf for entry in read_entries(ledger))
    assert Frontier.parse(path.read_bytes()).size == 11
    assert verify(ledger).holds


def test_a_last_entry_that_was_changed_is_not_written_on(tmp_path: Path) -> None:
    ledger = filled(tmp_path / "ledger", [[published(1)], [published(2)]])
    path = ledger.directory / "entries.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"run_id":"run-2"', b'"run_id":"run-3"'))
    with pytest.raises(LedgerDamaged, match=r"entry 2 \(run-2\): its bytes hash to"):
        add(ledger, published(3))


def test_whoever_knows_a_beginning_reads_and_checks_only_the_rest(tmp_path: Path) -> None:
    ledger = filled(tmp_path / "ledger", [[published(n) for n in range(7)]])
    entries, known = read_entries_after(ledger, Frontier())
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5, 6, 7]
    add(ledger, published(7), published(8))
    rest, whole = read_entries_after(ledger, known)
    assert [entry.seq for entry in rest] == [8, 9]
    assert (whole.size, whole.root) == (9, signed_checkpoint(ledger).root)
    assert read_entries_after(ledger, whole) == ((), whole)
    for wrong in (Frontier(), Frontier(known.size, known.length, (leaf_hash(b"x"), *known.peaks[1:]))):
        path = ledger.directory / "entries.jsonl"
        path.write_bytes(path.read_bytes().replace(b'"run-8"', b'"run-9"'))
        with pytest.raises(LedgerDamaged, match="do not have the signed root"):
            read_entries_after(ledger, wrong)
