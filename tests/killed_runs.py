"""Kills the main job of a project at random places, and looks at what a reader sees after each kill.

    python -m tests.killed_runs FOLDER KILLS SEED

The folder holds a project that has published. A run is killed after a random time or just before a random change of
its files, and one that is left alone must converge. Prints a JSON object and a summary, and ends with 1 where a
promise was broken.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from tests.judged_runs import DAYS, Before, Hashes, Ran, broken_promises, forked, import_all, leaves, seen, step_hit

# A third of the kills fall into the last changes, which publish.
LAST = 40


@dataclass(frozen=True)
class Kill:
    """When a run is killed: after some seconds, or before one of its changes of files."""

    seconds: float | None = None
    change: int | None = None

    def __str__(self) -> str:
        return f"after {self.seconds:.2f} s" if self.seconds is not None else f"before change {self.change} of files"

    @property
    def before(self) -> Before | None:
        """What the run does before each change: it dies before its own."""

        def die(number: int, _: str) -> None:
            if number == self.change:
                os.kill(os.getpid(), signal.SIGKILL)

        return die if self.change is not None else None


@dataclass
class Outcome:
    """What was seen: how many runs ended by themselves or were killed, and each broken promise in words.

    `steps` counts the kills by the step of the run that they hit, `kills` tells each.
    """

    killed: int = 0
    ended: int = 0
    as_old: int = 0
    as_new: int = 0
    entries: int = 0
    steps: dict[str, int] = field(default_factory=dict)
    kills: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        hit = ", ".join(f"{step} {count}" for step, count in self.steps.items())
        return (
            f"{self.killed + self.ended} runs: {self.killed} killed, {self.ended} ended before their kill; readers saw "
            f"{self.as_old} times all of the old publication, {self.as_new} times all of the new one; "
            f"{self.entries} entries in the ledger; {len(self.broken)} promises broken; killed in: {hit}"
        )


@dataclass(frozen=True)
class Known:
    """What runs give that are left alone: the hashes of each day, and of the last one how long it took."""

    hashes: dict[date, Hashes]
    seconds: float
    whole: Ran


def main(folder: Path, kills: int, seed: int) -> Outcome:
    """Kill so many runs and hold every promise against what is seen."""
    import_all()
    chance, outcome = random.Random(seed), Outcome()
    known = _known(folder)
    for number in range(kills):
        kill = (
            Kill(seconds=chance.uniform(0, known.seconds)),
            Kill(change=chance.randrange(known.whole.changes)),
            Kill(change=known.whole.changes - 1 - chance.randrange(LAST)),
        )[number % 3]
        _kill(folder, f"kill {number}, {kill}", kill, known, outcome)
    for day in DAYS:
        ran = forked(folder, day)
        if not ran.is_whole or seen(folder) != known.hashes[day]:
            outcome.broken.append(f"a run as of {day} that was left alone did not converge: {ran.told[-3:]}")
    outcome.entries = len(leaves(folder, is_settled=True))
    return outcome


def _known(folder: Path) -> Known:
    hashes = {}
    for day in DAYS:
        begun = time.monotonic()
        whole = forked(folder, day)
        assert whole.is_whole, whole.told
        hashes[day] = seen(folder)
    assert hashes[DAYS[0]] != hashes[DAYS[1]], "the two days must differ, or old and new cannot be told apart"
    return Known(hashes, time.monotonic() - begun, whole)


def _kill(folder: Path, what: str, kill: Kill, known: Known, outcome: Outcome) -> None:
    """Kill a run as of the day that readers do not see now, and add what they see then to the outcome."""
    before, old = leaves(folder), seen(folder)
    day = next(day for day in DAYS if known.hashes[day] != old)
    ran = forked(folder, day, kill.before, kill.seconds)
    outcome.ended += ran.is_whole
    outcome.killed += not ran.is_whole
    step = step_hit(known.whole, ran)
    if not ran.is_whole:
        outcome.steps[step] = outcome.steps.get(step, 0) + 1
    found = list(broken_promises(folder, (old, known.hashes[day]), before, ran))
    outcome.broken += [f"{what}: {promise}" for promise in found]
    now = seen(folder)
    outcome.as_old += now == old
    outcome.as_new += now == known.hashes[day]
    shown = "old" if now == old else "new" if now == known.hashes[day] else "neither"
    outcome.kills.append(f"{what}: {'ended' if ran.is_whole else f'in {step}'}, readers see {shown}")


if __name__ == "__main__":
    found = main(Path(sys.argv[1]).resolve(), int(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps(asdict(found)))
    print(found, file=sys.stderr)
    sys.exit(1 if found.broken else 0)
