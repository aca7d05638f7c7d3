"""A writer is killed a hundred times, at any moment: what was acknowledged stays, the next writer goes on."""

from __future__ import annotations

import random
from pathlib import Path

from kpiledger.ledger.store import Ledger, read_entries, writing
from kpiledger.verifying import verify
from tests.killed import killed_after
from tests.ledger.ledgers import NOW, published, seconds

KILLS = 100
BATCH = 3


def test_a_hundred_killed_writers_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    ledger, chance = Ledger(tmp_path / "ledger"), random.Random(4)
    acknowledged: list[int] = []
    interrupted = 0
    clock = seconds(NOW)

    def append(number: int) -> None:
        with writing(ledger, clock) as writer:
            writer.append([published(number + index) for index in range(BATCH)])

    for attempt in range(KILLS):
        acknowledged += killed_after(append, 10_000 * attempt, chance.uniform(0, 0.02), BATCH)
        left = verify(ledger)
        assert {problem.name for problem in left.problems} <= {"tail", "checkpoints"}
        interrupted += not left.holds
        with writing(ledger, seconds(NOW)):
            pass
        assert verify(ledger).holds
    numbers = [int(entry.key.removeprefix("run-")) for entry in read_entries(ledger)]
    assert set(acknowledged) <= set(numbers)
    batches = [numbers[at : at + BATCH] for at in range(0, len(numbers), BATCH)]
    assert all(batch == [batch[0] + index for index in range(BATCH)] for batch in batches)
    assert len(set(numbers)) == len(numbers)
    assert interrupted, "no writer was killed in the middle of an append: the test does not test"
