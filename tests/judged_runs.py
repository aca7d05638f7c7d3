"""Runs of the main job in a process of their own, and what a reader sees after each: all old or all new?

What takes seconds to import is imported once; each run is a fork of that process, which may be killed after a random
time or just before a random change of its files. Readers must see the whole of one publication, and the ledger must
hold all that it held and all that was acknowledged.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
_SAID = "entries, "
_MADE = "changes of files: "
Hashes = dict[str, str]
Leaves = tuple[bytes, ...]
Before = Callable[[int, str], None]
# What a run ends with that raised what nobody foresaw; `kpi run` ends with 0, 1 or 2.
UNFORESEEN = 3
_INTERRUPTED = "does not end with the newest checkpoint: an append was interrupted"
# `models                   6.7 s  118 models, seeds and tests`
_STEP = re.compile(r"( {2}dbt )?\w+ +[0-9]+\.[0-9] s")


@dataclass(frozen=True)
class Ran:
    """How a run ended: its exit code, None where it was killed, and the lines that it said."""

    code: int | None
    told: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether it ended by itself, with success."""
        return self.code == 0

    @property
    def changes(self) -> int:
        """How many changes of files it made."""
        return int(self.told[-1].removeprefix(_MADE))

    @property
    def acknowledged(self) -> int:
        """How many entries it said that the ledger has."""
        said = [int(line.split(_SAID)[1].split()[0]) for line in self.told if _SAID in line and "in all" in line]
        return max(said, default=0)


def import_all() -> None:
    """What a run imports, so that its forks need not."""
    import dagster_dbt  # noqa: F401
    import dbt.adapters.duckdb
    import dbt.cli.main  # noqa: F401
    import great_expectations  # noqa: F401

    import orchestration.building  # noqa: F401


def forked(folder: Path, as_of: date, before: Before | None = None, seconds: float | None = None) -> Ran:
    """Run the main job in a fork, killed after so many seconds; `before` is called there before each change of files.

    It gets the number of the change, from 0 on, and the path.
    """
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        _run(folder, as_of, before, said)
    os.close(said)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(heard) as lines:
        told = [line.rstrip("\n") for line in lines if line.endswith("\n")]
    _, status = os.waitpid(child, 0)
    return Ran(os.WEXITSTATUS(status) if os.WIFEXITED(status) else None, tuple(told))


def _run(folder: Path, as_of: date, before: Before | None, said: int) -> None:
    """The child's life; never returns."""
    from orchestration.inprocess import execute

    def say(line: str) -> None:
        os.write(said, f"{line}\n".encode())

    code = UNFORESEEN
    try:
        os.chdir(folder)
        changes = _looking(folder / "build", before)
        code = execute(folder, as_of, say)
        say(f"{_MADE}{len(changes)}")
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _looking(build: Path, before: Before | None) -> list[str]:
    """Call `before` before each change of files under `build`; the changes made, as a list that grows."""
    made: list[str] = []

    def look(event: str, given: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if (event in _CHANGES or writes) and str(given[0]).startswith(str(build)):
            made.append(event)
            if before is not None:
                before(len(made) - 1, str(given[0]))

    sys.addaudithook(look)
    return made


def step_hit(whole: Ran, ran: Ran) -> str:
    """In which step a run ended that did not get through: the one after the last that it said had ended."""
    steps, ended = _steps(whole), _steps(ran)
    return next((step for step in steps if step not in ended), "the end")


def _steps(ran: Ran) -> tuple[str, ...]:
    """The steps that a run said had ended, each by its name; a step that was stopped has not."""
    lines = [line for line in ran.told if _STEP.match(line) and not line.endswith("stopped")]
    return tuple(line.partition("  ")[0] if line[0] != " " else line.split("  ")[1] for line in lines)


def seen(folder: Path) -> Hashes:
    """The hashes of the tables that readers see."""
    return table_hashes(folder / "build" / "warehouse.duckdb")


def leaves(folder: Path, is_settled: bool = False) -> Leaves:
    """The leaves of the ledger, which holds.

    One killed right after a checkpoint was put in place has no copy of it in `checkpoints` yet, and says so: the next
    recording adds it, so a settled ledger has it.
    """
    examined = examine_ledger(Ledger(folder / "build" / "ledger"))
    problems = [one for one in examined.problems if is_settled or _INTERRUPTED not in one.message]
    assert not problems, problems
    return examined.hashes


def broken_promises(folder: Path, either: tuple[Hashes, Hashes], before: Leaves, ran: Ran) -> Iterator[str]:
    """What a reader sees after a run that is not so as it should be."""
    build = folder / "build"
    if seen(folder) not in either:
        yield "what readers see is of neither publication"
    with open_reader(build / "warehouse.duckdb") as connection:
        (context,) = rows_of(connection, "select run_id from recorded.run_context")
    place = (build / "current").resolve()
    if place.name != context["run_id"] or not (place / "pages" / "index.html").is_file():
        yield "warehouse and pages are not of one publication"
    if (build / "pages").resolve() != place / "pages":
        yield "the pages' link points elsewhere"
    after = leaves(folder)
    if after[: len(before)] != before or len(after) < ran.acknowledged:
        yield "the ledger lost entries"
