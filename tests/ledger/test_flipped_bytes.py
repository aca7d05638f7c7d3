"""One byte of a ledger of 200 entries is changed, at every place of every file: each is found, and named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path

import pytest

from kpiledger.ledger.integrity import examine
from kpiledger.ledger.keys import trusted_key
from kpiledger.ledger.storage import Stored
from kpiledger.ledger.store import Ledger
from kpiledger.verifying import verify
from tests.ledger.flips import ends_of, flipped, is_named, keep_what_is_seen
from tests.ledger.ledgers import FILES, filled, published, retired

PARTS = [field.name for field in fields(Stored)]
FILE_OF = dict(zip(PARTS, FILES, strict=True))
BATCHES = (1, 2, 4, 1, 16, 5, 100, 3, 1, 40, 26, 1)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    numbers = iter(range(200))
    batches = [[next(numbers) for _ in range(size)] for size in BATCHES]
    drafts = [[retired(n, "Köln fällt weg") if n % 50 == 7 else published(n) for n in batch] for batch in batches]
    return filled(tmp_path_factory.mktemp("flipped") / "ledger", drafts)


@pytest.fixture
def _seen_once(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_what_is_seen(monkeypatch)


@contextmanager
def restored(path: Path) -> Iterator[bytes]:
    """The file's bytes, which are put back afterwards."""
    content = path.read_bytes()
    try:
        yield content
    finally:
        path.write_bytes(content)


@pytest.mark.usefixtures("_seen_once")
@pytest.mark.parametrize("part", PARTS)
def test_every_flipped_byte_is_found_and_named(ledger: Ledger, part: str) -> None:
    stored, key = ledger.storage.everything(), trusted_key(ledger.keys)
    whole = examine(stored, key)
    assert (whole.problems, len(whole.entries), whole.tail) == ((), 200, 0)
    content = getattr(stored, part)
    ends = ends_of(content)
    for place in range(len(content)):
        problems = examine(replace(stored, **{part: flipped(content, place)}), key).problems
        assert is_named(part, ends, place, problems), f"{part} byte {place}"


def test_a_flipped_byte_in_the_public_key_is_found(ledger: Ledger) -> None:
    path = ledger.keys / "ledger.vkey"
    with restored(path) as content:
        for place in range(len(content)):
            path.write_bytes(flipped(content, place))
            found = verify(ledger)
            assert not found.holds, f"byte {place}"
            assert {problem.name for problem in found.problems} <= {"ledger", "checkpoint"}


@pytest.mark.parametrize("part", PARTS)
def test_what_is_found_in_the_bytes_is_told_by_the_verification(ledger: Ledger, part: str) -> None:
    """The same by the function that the command calls, on files, at some places."""
    path = ledger.directory / FILE_OF[part]
    with restored(path) as content:
        for place in range(0, len(content), max(1, len(content) // 5)):
            path.write_bytes(flipped(content, place))
            found = verify(ledger)
            assert not found.holds, f"{part} byte {place}"
            assert any(part in f"{problem.name} {problem}" or problem.seq for problem in found.problems)
