"""Lets the disk run out under the main job at one place after another, and looks at what a reader sees each time.

    python -m tests.full_disk_runs FOLDER BALLAST [PLACE ...]

FOLDER holds a project that has published, on a disk of its own, and BALLAST is the file that fills this disk. A place
says when it is filled and how much is left: `0+20` from the start on with 20 kB, `ledger/entries.jsonl+0` just before
the first write to a path with these words in it. After all of them a run that has room must converge. Prints a JSON
object and a summary, and ends with 1 where a promise was broken.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.judged_runs import DAYS, Before, Hashes, Ran, broken_promises, forked, import_all, leaves, seen, step_hit

BROKEN = 2
SAID = "the disk is full"
# From the first extract to the journal of a run that has published; the sizes fit the demo.
PLACES = (
    "0+20", "0+2000", "0+8000", "0+22000", "issues.parquet+0", "next/pages+300", "ledger/entries.jsonl+0",
    ".current.new+0",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """When the disk is filled, by words in the path of a write, empty for the start; and how many kB are left."""

    words: str
    left: int

    @classmethod
    def read(cls, text: str) -> Place:
        """As it is written: 0+20."""
        words, _, left = text.rpartition("+")
        return cls("" if words == "0" else words, int(left))

    def __str__(self) -> str:
        return f"{self.words or '0'}+{self.left}"

    def filling(self, ballast: Path) -> Before:
        """What the run does before each change: it fills the disk before the first write to the place."""
        done: list[str] = []

        def fill(_: int, path: str) -> None:
            if not done and self.words in path:
                done.append(path)
                leave_free(ballast, self.left * 1024)

        return fill


@dataclass
class Found:
    """In which step each run ended that had too little room, what it said, and each broken promise in words."""

    steps: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    as_new: int = 0

    def __str__(self) -> str:
        return (
            f"{len(self.steps)} runs without room: readers saw all of the old publication, and {self.as_new} times all "
            f"of a new one; {len(self.broken)} promises broken; ended in: {', '.join(self.steps)}"
        )


def free_of(folder: Path) -> int:
    """The bytes that may still be written to the disk of a folder."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def leave_free(ballast: Path, size: int) -> None:
    """Fill the disk but for so many bytes."""
    length = free_of(ballast.parent) - size
    if length > 0:
        handle = os.open(ballast, os.O_RDWR | os.O_CREAT)
        os.posix_fallocate(handle, os.fstat(handle).st_size, length)
        os.close(handle)


def main(folder: Path, ballast: Path, places: list[Place]) -> Found:
    """Let the disk run out at each place, and hold every promise against what is seen."""
    import_all()
    found, old, new, runs = Found(), seen(folder), Hashes(), []
    for place in places:
        before = leaves(folder)
        ran = forked(folder, DAYS[0], place.filling(ballast))
        ballast.unlink(missing_ok=True)
        runs.append(ran)
        now = seen(folder)
        if now != old:  # it got as far as publishing; a run with room must give the same
            new = now
        found.as_new += now == new
        found.broken += [f"{place}: {promise}" for promise in _broken(folder, (old, new), before, ran)]
        found.said += [line for line in ran.told if SAID in line]
    for day, hashes in ((DAYS[0], new), (DAYS[1], old)):
        if hashes:
            whole = forked(folder, day)
            if not whole.is_whole or seen(folder) != hashes:
                found.broken.append(f"a run as of {day} that had room did not converge: {whole.told[-3:]}")
    found.steps = [step_hit(whole, ran) for ran in runs]
    return found


def _broken(folder: Path, either: tuple[Hashes, Hashes], before: tuple[bytes, ...], ran: Ran) -> list[str]:
    found = list(broken_promises(folder, either, before, ran))
    if ran.code != BROKEN or not any(line.startswith(f"error: {SAID}") for line in ran.told):
        found.append(f"it ended with {ran.code} and said {ran.told[-3:]}")
    if (folder / "build" / "next").exists():
        found.append("what was built aside still takes the room")
    return found


if __name__ == "__main__":
    asked = list(map(Place.read, sys.argv[3:] or PLACES))
    seen_of_all = main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]), asked)
    print(json.dumps(asdict(seen_of_all)))
    print(seen_of_all, file=sys.stderr)
    sys.exit(1 if seen_of_all.broken else 0)
