"""What does question 27 cost: does git match the ledger, where the entries come from many commits?

    python -m benchmarks.git_history 100000

A real repository is made by `git fast-import`, and a ledger whose entries have its commits. Then the same ledger is
held against other histories: the last commits amended, and all of them, with the same files and with others.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path

from benchmarks.git_story import Commit, story
from benchmarks.ledger import Command, run
from benchmarks.measuring import table
from kpiledger.git_check import GitState
from kpiledger.ledger.entry import Draft
from kpiledger.ledger.store import Ledger, writing

_FEW = 30  # commits that are amended before they are pushed
_LOWERED = re.compile(r"holder: team_\d*07\n")
_PERSON = "A <a@example.org>"


def import_history(repository: Path, commits: Iterable[Commit], rewritten: Callable[[int, str], str]) -> list[str]:
    """Make a repository of some commits; their ids. `rewritten` gives the text of a file at the commit of a number."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(repository)], check=True)
    marks = repository / "marks"
    words = ["git", "-C", str(repository), "fast-import", "--quiet", "--done", f"--export-marks={marks}"]
    with subprocess.Popen(words, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for number, commit in enumerate(commits):
            process.stdin.write(b"".join(_commands(number, commit, rewritten)))
        process.stdin.write(b"done\n")
    if process.returncode:
        sys.exit("git fast-import failed")
    found = dict(line.split() for line in marks.read_text(encoding="ascii").splitlines())
    return [found[f":{number + 1}"] for number in range(len(found))]


def _commands(number: int, commit: Commit, rewritten: Callable[[int, str], str]) -> Iterator[bytes]:
    when = f"{_PERSON} {int(commit.at.timestamp())} +0000"
    yield f"commit refs/heads/main\nmark :{number + 1}\nauthor {when}\ncommitter {when}\n".encode()
    yield _data(rewritten(number, "as discussed"))
    for path, text in commit.files.items():
        yield f"M 644 inline {path}\n".encode() + _data(rewritten(number, text))


def _data(text: str) -> bytes:
    return f"data {len(text.encode())}\n".encode() + text.encode() + b"\n"


def write_ledger(folder: Path, commits: Iterable[Commit], ids: Iterable[str]) -> Ledger:
    """Record what the commits hold, each night what was committed on the day."""
    ledger = Ledger(folder)
    at: list[datetime] = []
    with writing(ledger, lambda: at[-1]) as writer:
        for _, night in groupby(zip(commits, ids, strict=True), key=lambda one: one[0].at.date()):
            drafts = []
            for commit, name in night:
                at.append(commit.at)
                drafts += [Draft(kind, key, content, name) for kind, key, content in commit.recorded]
            writer.append(drafts)
            del at[:-1]
    return ledger


def histories(count: int) -> dict[str, Callable[[int, str], str]]:
    """What each of the histories says instead of what was recorded, by its name."""
    last = count - _FEW

    def lowered(number: int, text: str) -> str:
        """Other commits all of them; the files of one holder in a hundred say another weight than was recorded."""
        other = text.replace("weight: 0.2", "weight: 0.1") if _LOWERED.match(text) else text
        return other.replace("as discussed", "as discussed, rebased")

    return {
        "as recorded": lambda number, text: text,
        f"the last {_FEW} commits amended": lambda number, text: (
            text + " then" * (number >= last and text[:3] == "as ")
        ),
        "all commits amended, files the same": lambda number, text: text.replace("as discussed", "rebased"),
        "all commits amended, some files not the same": lowered,
    }


def measured(folder: Path, entries: int) -> list[list[object]]:
    """A row for each history and call: CPU, wall, memory, what was found."""
    commits = list(story(entries))
    rows: list[list[object]] = []
    for number, (name, rewritten) in enumerate(histories(len(commits)).items()):
        repository = folder / f"repository_{number}"
        ids = import_history(repository, commits, rewritten)
        if not number:
            write_ledger(folder / "ledger", commits, ids)
            (repository / "kpiledger.yml").write_text("ledger: ../ledger\n", encoding="utf-8")
            _ask(repository, folder, ["audit", "2", "--agreement", "team_00000_2010"])  # makes the ledger's index
        (repository / "kpiledger.yml").write_text("ledger: ../ledger\n", encoding="utf-8")
        for path in (folder / "build").glob("git_knowledge*"):
            path.unlink()
        for call in ("nothing kept", "second call"):
            cost, said = _ask(repository, folder, ["audit", "27", "--output", "json"])
            facts = json.loads(said)["facts"]
            found = ", ".join(f"{facts[state.value]} {state.value}" for state in GitState if facts[state.value])
            rows.append([name, call, cost.cpu, cost.wall, round(cost.peak_mib), found])
            print(rows[-1], file=sys.stderr)
        shutil.rmtree(repository)
    return rows


def _ask(repository: Path, folder: Path, words: list[str]) -> tuple[Command, str]:
    kpi = str(Path(sys.executable).with_name("kpi"))
    environment = {**os.environ, "KPI_LEDGER": str(folder / "ledger"), "KPI_BUILD": str(folder / "build")}
    said = folder / "said"
    return run([kpi, "--project", str(repository), *words], environment, said), said.read_text(encoding="utf-8")


def main() -> None:
    """Measure at the size asked for and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("entries", type=int, nargs="?", default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kpi-git-") as folder:
        rows = measured(Path(folder), given.entries)
    print(f"{given.entries:,} entries\n")
    print(table(["history", "call", "CPU s", "wall s", "peak MiB", "found"], rows))


if __name__ == "__main__":
    main()
