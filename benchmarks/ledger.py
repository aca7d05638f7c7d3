"""What do questions to a large ledger cost? Each as a command of its own, beside one plain pass over the file.

    python -m benchmarks.ledger 100000
    python -m benchmarks.ledger 1000000 --warehouse build/warehouse.duckdb

The plain pass is what anybody could write: `json.loads` of each line. It measures the machine. With a published
warehouse of the demo, the questions that need one are asked too: 5, 8 and 11. The generated KPIs have no figures in it,
so they say that nothing could be judged, after having looked.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from benchmarks.many_entries import YEARS, kpi_count, write_ledger
from benchmarks.measuring import table
from kpiledger.ledger.entry import Draft
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, writing

ROOT = Path(__file__).parents[1]
_PLAIN = "import json, sys\nfor line in open(sys.argv[1], 'rb'): json.loads(line)\n"
_BYTES = """
import sys
from pathlib import Path
from kpiledger.ledger.store import Ledger, examine_ledger
assert not examine_ledger(Ledger(Path(sys.argv[1]))).problems
"""
_INDEX = """
import sys
from pathlib import Path
from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.ledger_index.comparing import faults_of_index
from kpiledger.ledger_index.files import IndexFiles
ledger = Ledger(Path(sys.argv[1]))
assert not list(faults_of_index(IndexFiles(Path(sys.argv[2])), ledger, signed_checkpoint(ledger)))
"""
_QUERY = """
select event.agreement, target.kpi, event.valid_from from kept.event join kept.target using (seq)
where event.agreement_version > 1 and event.event = 'amended' and year(event.valid_from) = 2015 limit 1
"""


@dataclass(frozen=True)
class Command:
    """What a command took, with all that it started."""

    cpu: float
    wall: float
    peak_mib: float


def run(words: list[str], environment: dict[str, str], said: Path | None = None) -> Command:
    """Run a command; exit 1 is an answer too, where an auditor's question finds something."""
    begun = time.perf_counter()
    with (said or Path(os.devnull)).open("w") as out, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=out, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            errors.seek(0)
            sys.exit(f"{' '.join(words[1:])} ended with {process.returncode}:\n{errors.read()}")
    return Command(usage.ru_utime + usage.ru_stime, time.perf_counter() - begun, usage.ru_maxrss / 1024)


def asked(agreement: str, kpi: str, period: str, first_size: int) -> dict[str, list[str]]:
    """The commands measured, by what they are called in the table."""
    holder = agreement.rpartition("_")[0]
    year = ["--from", "2015-01-01", "--to", "2015-12-31"]
    month = ["--from", "2015-03-01", "--to", "2015-03-31"]
    target = ["--holder", holder, "--period", period, "--known-at", "2015-01-01"]
    return {
        "`kpi --version`": ["--version"],
        "`kpi target`, known at": ["target", kpi, *target],
        "`kpi history` of an agreement": ["history", agreement],
        "`kpi history` of a KPI": ["history", kpi],
        "1 a target": ["audit", "1", "--kpi", kpi, *target],
        "2 an agreement": ["audit", "2", "--agreement", agreement],
        "3 all changes of a month": ["audit", "3", *month, "--output", "csv"],
        "3 all changes of a year": ["audit", "3", *year, "--output", "csv"],
        "4 retroactive, of a year": ["audit", "4", *year],
        "6 authority, of a year": ["audit", "6", *year],
        "7 reasons, of all years": ["audit", "7"],
        "9 agreements that lack something": ["audit", "9"],
        "10 a definition": ["audit", "10", "--kpi", kpi, "--period", period],
        "12 who may change what": ["audit", "12"],
        "23 the ledger and its checkpoints": ["audit", "23"],
        "24 consistency with an earlier tree": ["audit", "24", "--from-size", str(first_size)],
        "25 inclusion of an entry": ["audit", "25", "--seq", "1000"],
        "26 tables and ledger": ["audit", "26"],
        "28 clock anomalies": ["audit", "28"],
        "29 runs": ["audit", "29"],
        "30 what is held about a person": ["audit", "30", "--person", "p_1008"],
        "31 what erasing would take": ["audit", "31", "--person", "p_1008"],
        "32 individual figures": ["audit", "32"],
    }


def asked_with_figures(kpi: str, period: str) -> dict[str, list[str]]:
    """The commands that look into a published warehouse."""
    return {
        "5 improving, of a year": ["audit", "5", "--from", "2015-01-01", "--to", "2015-12-31"],
        "8 baselines of a KPI": ["audit", "8", "--kpi", kpi],
        "11 the logic of a figure": ["audit", "11", "--kpi", kpi, "--period", period],
    }


def measured(folder: Path, entries: int, warehouse: Path | None) -> list[list[object]]:
    """A row for each command: what it is, CPU, wall, memory, and CPU against the plain pass."""
    ledger = write_ledger(folder / "ledger", entries)
    words = {name: value for name, value in os.environ.items() if not name.startswith("KPI_")}
    environment = {**words, "KPI_LEDGER": str(ledger.directory), "KPI_BUILD": str(folder / "build")}
    kpi = str(Path(sys.executable).with_name("kpi"))
    plain = run([sys.executable, "-c", _PLAIN, str(ledger.directory / "entries.jsonl")], environment)
    found = {"a plain pass": plain}
    found["index made, and a question"] = run([kpi, "history", "figure_0001"], environment)
    _record_one(ledger)
    found["index completed by an entry"] = run([kpi, "history", "figure_0001"], environment)
    agreement, figure, period = _example(folder / "build" / "ledger_index.duckdb")
    for name, command in asked(agreement, figure, period, kpi_count(entries)).items():
        found[name] = run([kpi, *command], environment)
    if warehouse:
        shown = folder / "build" / "warehouse.duckdb"
        shutil.copyfile(warehouse, shown)
        for name, command in asked_with_figures(figure, period).items():
            found[name] = run([kpi, *command], environment)
        shown.unlink()  # it is not of this ledger, and would be compared with it
    found["`kpi verify`"] = run([kpi, "--project", str(_project(folder / "project")), "verify"], environment)
    # The two parts of it, which run beside each other.
    places = [str(ledger.directory), str(folder / "build")]
    found["verify: every byte"] = run([sys.executable, "-c", _BYTES, *places], environment)
    found["verify: every row of the index"] = run([sys.executable, "-c", _INDEX, *places], environment)
    return [[name, one.cpu, one.wall, round(one.peak_mib), one.cpu / plain.cpu] for name, one in found.items()]


def _project(folder: Path) -> Path:
    """The project without its agreements and without git, which a generated ledger does not come from."""
    left_out = shutil.ignore_patterns(".*", "build", "target", "agreements", "tests", "docs")
    shutil.copytree(ROOT, folder, ignore=left_out)
    return folder


def _record_one(ledger: Ledger) -> None:
    content = {"run_id": "one more", "as_of_on": None, "hashes": {"table": "0" * 64}}
    with writing(ledger, lambda: datetime(YEARS[-1] + 2, 1, 1, tzinfo=UTC)) as writer:
        writer.append([Draft(EntryKind.RUN_PUBLISHED, "one more", content)])


def _example(index: Path) -> tuple[str, str, str]:
    """An agreement that was amended, one of its KPIs and a month."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{index}' as kept (read_only)")
        agreement, kpi, day = connection.execute(_QUERY).fetchall()[0]
    return agreement, kpi, f"{day:%Y-%m}"


def main() -> None:
    """Measure at the size asked for and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("entries", type=int, nargs="?", default=100_000)
    parser.add_argument("--warehouse", type=Path, help="A published warehouse of the demo.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kpi-ledger-") as folder:
        rows = measured(Path(folder), given.entries, given.warehouse)
    print(f"{given.entries:,} entries\n")
    print(table(["what", "CPU s", "wall s", "peak MiB", "CPU against the plain pass"], rows))


if __name__ == "__main__":
    main()
