"""Kills the main job of a project at random places, and looks at what a reader sees after each kill.

    python -m tests.killed_runs FOLDER KILLS SEED

The folder holds a project that has published as of both days below. What takes seconds to import is imported once;
each run is a fork of that process, killed after a random time or just before a random change of its files. Readers
must see the whole of one publication, the ledger must hold all that it held and all that was acknowledged, and a run
that is left alone must converge. Prints a JSON object, and ends with 1 where a promise was broken.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from kpiledger.ledger.store import Ledger, examine_ledger
from kpiledger.publishing import table_hashes
from kpiledger.warehouse import open_reader, rows_of

DAYS = (date(2017, 11, 30), date(2017, 12, 31))
# Changes of the file system that Python makes itself, before each of which a run may be killed.
_CHANGES = frozenset(
    {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod"}
)
# A third of the kills fall into the last changes, which publish.
LAST = 40
_SAID = "entries, "
_MADE = "changes of files: "


@dataclass
class Outcome:
    """What was seen: how many runs ended by themselves or were killed, and each broken promise in words."""

    killed: int = 0
    ended: int = 0
    as_old: int = 0
    as_new: int = 0
    entries: int = 0
    broken: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Kill:
    """When a run is killed: after some seconds, before one of its changes of files, or never."""

    seconds: float | None = None
    change: int | None = None

    def __str__(self) -> str:
        return f"after {self.seconds:.2f} s" if self.seconds is not None else f"before change {self.change} of files"


NEVER = Kill()


def forked(folder: Path, as_of: date, kill: Kill) -> tuple[bool, list[str]]:
    """Run the main job in a fork; whether it ended by itself with success, and the lines that it said."""
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        _run(folder, as_of, kill, said)
    os.close(said)
    if kill.seconds is not None:
        time.sleep(kill.seconds)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(heard) as lines:
        told = [line.rstrip("\n") for line in lines if line.endswith("\n")]
    _, status = os.waitpid(child, 0)
    return os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0, told


def _run(folder: Path, as_of: date, kill: Kill, said: int) -> None:
    """The child's life; never returns."""
    from orchestration.inprocess import execute

    def say(line: str) -> None:
        os.write(said, f"{line}\n".encode())

    code = 3
    try:
        os.chdir(folder)
        changes = _die_before(kill.change, folder / "build")
        code = execute(folder, as_of, say)
        say(f"{_MADE}{len(changes)}")
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _die_before(change: int | None, build: Path) -> list[str]:
    """Die before so many changes of files under `build`, or never; the changes made, as a list that grows."""
    made: list[str] = []

    def look(event: str, given: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if (event in _CHANGES or writes) and str(given[0]).startswith(str(build)):
            if len(made) == change:
                os.kill(os.getpid(), signal.SIGKILL)
            made.append(event)

    sys.addaudithook(look)
    return made


def main(folder: Path, kills: int, seed: int) -> Outcome:
    """Kill so many runs and hold every promise against what is seen."""
    import dagster_dbt  # noqa: F401
    import dbt.adapters.duckdb
    import dbt.cli.main  # noqa: F401
    import great_expectations  # noqa: F401

    import orchestration.building  # noqa: F401

    chance, outcome = random.Random(seed), Outcome()
    known, seconds, changes = _known(folder)
    for number in range(kills):
        kill = (
            Kill(seconds=chance.uniform(0, seconds)),
            Kill(change=chance.randrange(changes)),
            Kill(change=changes - 1 - chance.randrange(LAST)),
        )[number % 3]
        before, old = _leaves(folder), _seen(folder)
        day = next(day for day in DAYS if known[day] != old)
        whole, told = forked(folder, day, kill)
        outcome.ended += whole
        outcome.killed += not whole
        _judge(folder, f"kill {number}, {kill}", (old, known[day]), before, told, outcome)
    for day in DAYS:
        whole, told = forked(folder, day, NEVER)
        if not whole or _seen(folder) != known[day]:
            outcome.broken.append(f"a run as of {day} that was left alone did not converge: {told[-3:]}")
    outcome.entries = len(_leaves(folder))
    return outcome


def _known(folder: Path) -> tuple[dict[date, dict[str, str]], float, int]:
    """The hashes of the published tables as of each day, how long a run takes, and how many changes it makes."""
    known = {}
    for day in DAYS:
        begun = time.monotonic()
        whole, told = forked(folder, day, NEVER)
        assert whole, told
        known[day] = _seen(folder)
    assert known[DAYS[0]] != known[DAYS[1]], "the two days must differ, or old and new cannot be told apart"
    return known, time.monotonic() - begun, int(told[-1].removeprefix(_MADE))


def _seen(folder: Path) -> dict[str, str]:
    return table_hashes(folder / "build" / "warehouse.duckdb")


def _leaves(folder: Path) -> tuple[bytes, ...]:
    examined = examine_ledger(Ledger(folder / "build" / "ledger"))
    assert not examined.problems, examined.problems
    return examined.hashes


def _judge(
    folder: Path,
    what: str,
    either: tuple[dict[str, str], dict[str, str]],
    before: tuple[bytes, ...],
    told: list[str],
    outcome: Outcome,
) -> None:
    build = folder / "build"
    hashes = _seen(folder)
    if hashes not in either:
        outcome.broken.append(f"{what}: what readers see is of neither publication")
    outcome.as_old += hashes == either[0]
    outcome.as_new += hashes == either[1]
    with open_reader(build / "warehouse.duckdb") as connection:
        (context,) = rows_of(connection, "select run_id from recorded.run_context")
    place = (build / "current").resolve()
    if place.name != context["run_id"] or not (place / "pages" / "index.html").is_file():
        outcome.broken.append(f"{what}: warehouse and pages are not of one publication")
    if (build / "pages").resolve() != place / "pages":
        outcome.broken.append(f"{what}: the pages' link points elsewhere")
    after = _leaves(folder)
    acknowledged = [int(line.split(_SAID)[1].split()[0]) for line in told if _SAID in line and "in all" in line]
    if after[: len(before)] != before or len(after) < max(acknowledged, default=0):
        outcome.broken.append(f"{what}: the ledger lost entries")


if __name__ == "__main__":
    found = main(Path(sys.argv[1]).resolve(), int(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps(asdict(found)))
    sys.exit(1 if found.broken else 0)
