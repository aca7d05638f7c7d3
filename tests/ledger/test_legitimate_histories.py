"""No false alarm: whatever a ledger legitimately goes through, it holds, and holds exactly what was acknowledged.

Each example is a history of twenty steps, looked at after every one: 500 examples are 10,000 histories.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpiledger.ledger import beginnings, integrity
from kpiledger.ledger.checkpoint import open_checkpoint
from kpiledger.ledger.durable import read_from
from kpiledger.ledger.store import Ledger, read_entries, writing
from kpiledger.verifying import anchors, verify
from tests.ledger.ledgers import FILES, NOW, published

STEPS, EXAMPLES = 20, 500
MEMORY = Path("/dev/shm")

batches = st.integers(1, 4)
# A batch that was interrupted: in which file, counted as they are written, and after which share of its bytes.
REPLACED = ("frontier", "checkpoint")
ORDER = ("entries.jsonl", "leaves", "frontier", "checkpoint", "checkpoints")
torn = st.tuples(st.sampled_from(ORDER), st.sampled_from([0.0, 0.3, 0.99]), batches)
step = st.one_of(batches.map(lambda size: [size]), st.lists(batches, max_size=3), torn)
minutes = st.integers(-3, 3)  # the clock may be set back, or stand


opened_once = lru_cache(10_000)(open_checkpoint)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    if not os.access(MEMORY, os.W_OK):
        yield tmp_path_factory.mktemp("histories")
        return
    with TemporaryDirectory(dir=MEMORY) as found:
        yield Path(found)


class History:
    """A ledger, and beside it the keys of what was acknowledged."""

    def __init__(self, folder: Path) -> None:
        self.ledger = Ledger(folder / "ledger", anchors=[folder / "anchors"])
        self.acknowledged: list[str] = []
        self.now = NOW
        self.numbers = count()

    def record(self, sizes: list[int]) -> None:
        """Open the ledger, append batches of these sizes, close it."""
        with writing(self.ledger, lambda: self.now) as writer:
            for size in sizes:
                added = writer.append([published(next(self.numbers)) for _ in range(size)])
                self.acknowledged += [entry.key for entry in added]

    def tear(self, name: str, share: float, size: int) -> None:
        """Append a batch, and leave the files as a writer killed in the middle of it would have."""
        self.record([])  # what a former one left is set aside before anything is appended
        before, known = self._files(), list(self.acknowledged)
        self.record([size])
        after = self._files()
        reached = ORDER.index(name)
        for place, file in enumerate(ORDER):
            (self.ledger.directory / file).unlink(missing_ok=True)
            content = after[file] if place < reached else before[file]
            if place == reached and file not in REPLACED:  # what a rename replaces is there as a whole or not at all
                old = len(before[file] or b"")
                content = (after[file] or b"")[: old + int((len(after[file] or b"") - old) * share)]
            if content is not None:
                (self.ledger.directory / file).write_bytes(content)
        if name != "checkpoints":  # else the batch was acknowledged before
            self.acknowledged = known
            for path in self.ledger.anchors[0].glob(f"*-{len(known) + size}.checkpoint"):
                path.unlink()

    def _files(self) -> dict[str, bytes | None]:
        return {name: read_from(self.ledger.directory / name) for name in FILES}


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(step, minutes), min_size=STEPS, max_size=STEPS))
def test_ten_thousand_legitimate_histories_raise_no_false_alarm(folder, steps, monkeypatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)
    for module in (beginnings, integrity, anchors):  # the same signatures are looked at after every step
        monkeypatch.setattr(module, "open_checkpoint", opened_once)
    with TemporaryDirectory(dir=folder) as own:
        history = History(Path(own))
        for done, moved in steps:
            history.now += timedelta(minutes=moved)
            if isinstance(done, tuple):
                history.tear(*done)
                assert {problem.name for problem in verify(history.ledger).problems} <= {"tail", "checkpoints"}
            else:
                history.record(done)
                assert verify(history.ledger).problems == ()
            assert [entry.key for entry in read_entries(history.ledger)] == history.acknowledged
