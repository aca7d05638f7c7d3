"""What do an auditor's questions on numbers and closes (13 to 22) cost on the demo? Each as a process of its own.

    python -m benchmarks.closed_questions [--rounds 3]

Makes the demo in a temporary folder and closes December 2016, its quarter and March 2017. Then a line of March is
changed and another added in the ERP, a run is made, March is restated, and the quarter is opened again: so that every
question has something to tell. Question 14 computes a number from the inputs of its publication, of its close and of
its restatement. Beside them stands a process that only imports DuckDB: it measures the machine.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.ledger import Command, run
from benchmarks.measuring import table
from tests.demo import copy_project, kpi, run_demo

_PAIR = ("--by", "p_1003", "--approved-by", "p_1001")
_LATER = """
    create temp table line as
        select order_line.* from order_line join orders using (order_id)
        where order_date like '2017-03-%' and region = 'West' order by row_id limit 1;
    update order_line set sales = sales + 100 where row_id = (select row_id from line);
    update line set row_id = (select max(row_id) + 1 from order_line), product_id = (
        select min(product_id) from order_line
        where product_id not in (select product_id from order_line where order_id = (select order_id from line))
    );
    insert into order_line select * from line;
"""
_WEST = ("--kpi", "revenue", "--period", "2017-03", "--member", "West")
_MARCH = ("--period", "2017-03")
ASKED: dict[str, tuple[str, ...]] = {
    "13 what a number is made of": ("13", *_WEST),
    "14 a number computed again": ("14", *_WEST),
    "14 one that is a ratio": ("14", "--kpi", "gross_margin", *_MARCH),
    "15 the versions of a number": ("15", *_WEST),
    "16 reconciliation": ("16", *_MARCH),
    "17 what was done by hand": ("17", *_MARCH),
    "18 checks that did not pass": ("18", *_MARCH),
    "19 what a close holds": ("19", *_MARCH),
    "20 reopenings": ("20",),
    "21 restatements": ("21",),
    "22 late data": ("22",),
}


def closed_demo(folder: Path) -> Path:
    """The demo with closes, a source that changed since, a restatement and a reopening."""
    copy_project(folder)
    made = run_demo(folder)
    if made.returncode:
        sys.exit(f"the demo ended with {made.returncode}:\n{made.stderr}")
    for period in ("2016-12", "2016-Q4", "2017-03"):
        _done(folder, "close", period, *_PAIR)
    with sqlite3.connect(folder / "build/sources/erp.sqlite") as source:
        source.executescript(_LATER)
    _done(folder, "run")
    _done(folder, "restate", "2017-03", "--reason", "The source was corrected", *_PAIR)
    _done(folder, "reopen", "2016-Q4", "--reason", "A mistake", *_PAIR)
    return folder


def measured(folder: Path, rounds: int) -> list[list[object]]:
    """A row for each question: CPU, wall and memory of the round with the median CPU, and CPU against the import."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KPI_")}
    command = [str(Path(sys.executable).with_name("kpi")), "--project", str(folder)]
    commands = {
        "`import duckdb` alone": [sys.executable, "-c", "import duckdb"],
        "`kpi --version`": [*command, "--version"],
        **{name: [*command, "audit", *words] for name, words in ASKED.items()},
    }
    run([*command, "audit", "20"], environment)  # the index is completed once, by whoever asks first
    found: dict[str, list[Command]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, words in commands.items():
            found[name].append(run(words, environment))
    median = {name: _median(costs) for name, costs in found.items()}
    plain = median["`import duckdb` alone"].cpu
    return [[name, one.cpu, one.wall, round(one.peak_mib), one.cpu / plain] for name, one in median.items()]


def _median(costs: list[Command]) -> Command:
    middle = statistics.median_low(one.cpu for one in costs)
    return next(one for one in costs if one.cpu == middle)


def _done(folder: Path, *words: str) -> None:
    done = kpi(folder, *words)
    if done.returncode:
        sys.exit(f"kpi {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def main() -> None:
    """Make the demo, ask, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kpi-closed-") as folder:
        rows = measured(closed_demo(Path(folder) / "demo"), given.rounds)
    print(table(["what", "CPU s", "wall s", "peak MiB", "CPU against the import"], rows))


if __name__ == "__main__":
    main()
