"""A writer is killed a hundred times, at any moment: what was acknowledged stays, the next writer goes on."""

from __future__ import annotations

import os
import random
import signal
import time
from itertools import count
from pathlib import Path
from typing import NoReturn

from kpiledger.ledger.store import Ledger, read_entries, writing
from kpiledger.verifying import verify
from tests.ledger.ledgers import NOW, published, seconds

KILLS = 100
BATCH = 3


def append_until_killed(ledger: Ledger, first: int, out: int) -> NoReturn:
    """Batches of three, each said once it is acknowledged."""
    clock = seconds(NOW)
    for number in count(first, BATCH):
        with writing(ledger, clock) as writer:
            writer.append([published(number + index) for index in range(BATCH)])
        os.write(out, f"{number}\n".encode())


def killed_after(ledger: Ledger, first: int, wait: float) -> list[int]:
    """The batches that a writer acknowledged before it was killed, some time after its first one."""
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            append_until_killed(ledger, first, said)
        finally:
            os._exit(1)
    os.close(said)
    with os.fdopen(heard) as lines:
        acknowledged = [int(lines.readline())]
        time.sleep(wait)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        acknowledged += [int(line) for line in lines if line.endswith("\n")]
    assert os.WTERMSIG(status) == signal.SIGKILL
    return acknowledged


def test_a_hundred_killed_writers_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    ledger, chance = Ledger(tmp_path / "ledger"), random.Random(4)
    acknowledged: list[int] = []
    interrupted = 0
    for attempt in range(KILLS):
        acknowledged += killed_after(ledger, 10_000 * attempt, chance.uniform(0, 0.02))
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
