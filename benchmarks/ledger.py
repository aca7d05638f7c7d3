"""What do questions to a large ledger cost? Each as a command of its own, beside one plain pass over the file.

    python -m benchmarks.ledger 100000
    python -m benchmarks.ledger 1000000

The plain pass is what anybody could write: `json.loads` of each line. It measures the machine. Beside the ledger lie
published tables of its KPIs and agreements. Question 26 is asked twice: as after a copy of another machine, where every
row is compared, and as after a run, which signed that it has compared them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import duckdb

from benchmarks.many_entries import YEARS, kpi_count, own_definitions, write_ledger
from benchmarks.measuring import table
from kpiledger.ledger.entry import Draft
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, signed_checkpoint, writing
from kpiledger.periods import COMMON
from kpiledger.projected import leave_note
from kpiledger.publishing import table_hashes

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
# More take minutes: a run pays them, before it publishes and signs its note.
_ROW_BY_ROW = 10_000
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
        "28 clock anomalies": ["audit", "28"],
        "29 runs": ["audit", "29"],
        "30 what is held about a person": ["audit", "30", "--person", "p_1008"],
        "31 what erasing would take": ["audit", "31", "--person", "p_1008"],
        "32 individual figures": ["audit", "32"],
    }


def asked_with_figures(kpi: str) -> dict[str, list[str]]:
    """The commands that look into a published warehouse."""
    proven = own_definitions()[0]["kpi"]
    return {
        "5 improving, of a year": ["audit", "5", "--from", "2015-01-01", "--to", "2015-12-31"],
        "8 baselines of a KPI": ["audit", "8", "--kpi", kpi],
        "11 the logic of a figure": ["audit", "11", "--kpi", proven, "--period", f"{YEARS[-1]}-03"],
    }


def measured(folder: Path, entries: int) -> list[list[object]]:
    """A row for each command: what it is, CPU, wall, memory, and CPU against the plain pass."""
    ledger = write_ledger(folder / "ledger", entries)
    # Byte code is kept, as where kpiledger is installed: else each command compiles what it imports.
    words = {name: value for name, value in os.environ.items() if not name.startswith(("KPI_", "PYTHONDONTWRITE"))}
    environment = {**words, "KPI_LEDGER": str(ledger.directory), "KPI_BUILD": str(folder / "build")}
    kpi = str(Path(sys.executable).with_name("kpi"))
    plain = run([sys.executable, "-c", _PLAIN, str(ledger.directory / "entries.jsonl")], environment)
    found = {"a plain pass": plain}
    found["index made, and a question"] = run([kpi, "history", "figure_0001"], environment)
    index, warehouse = folder / "build" / "ledger_index.duckdb", folder / "build" / "warehouse.duckdb"
    # In a process of its own: a command's peak of memory is at least that of the process that starts it.
    run([sys.executable, "-m", "benchmarks.many_figures", str(warehouse), str(index), str(ledger.directory)], words)
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as aside:  # for the same reason
        hashes = dict(aside.submit(table_hashes, warehouse).result())
    _record_one(ledger, hashes)
    found["index completed by an entry"] = run([kpi, "history", "figure_0001"], environment)
    if entries <= _ROW_BY_ROW:
        found["26 tables and ledger, row by row"] = run([kpi, "audit", "26"], environment)
    leave_note(warehouse, ledger, signed_checkpoint(ledger), COMMON, datetime.now(UTC), hashes)
    agreement, figure, period = _example(index)
    first_size = kpi_count(entries) + len(own_definitions())
    for name, command in {**asked(agreement, figure, period, first_size), **asked_with_figures(figure)}.items():
        found[name] = run([kpi, *command], environment)
    found["26 tables and ledger, as after a run"] = run([kpi, "audit", "26"], environment)
    found["`kpi verify`"] = run([kpi, "--project", str(_project(folder / "project")), "verify"], environment)
    # By one process: its largest part, and what `--every-row` has to do beside it.
    places = [str(ledger.directory), str(folder / "build")]
    found["verify: every byte"] = run([sys.executable, "-c", _BYTES, *places], environment)
    found["verify --every-row: the index"] = run([sys.executable, "-c", _INDEX, *places], environment)
    return [[name, one.cpu, one.wall, round(one.peak_mib), one.cpu / plain.cpu] for name, one in found.items()]


def _project(folder: Path) -> Path:
    """The project without its agreements and without git, which a generated ledger does not come from."""
    left_out = shutil.ignore_patterns(".*", "build", "target", "agreements", "approvals", "objectives", "tests", "docs")
    shutil.copytree(ROOT, folder, ignore=left_out)
    return folder


def _record_one(ledger: Ledger, hashes: dict[str, str]) -> None:
    """The publication of the tables that were laid."""
    content = {"run_id": "one more", "as_of_on": None, "hashes": hashes}
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
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kpi-ledger-") as folder:
        rows = measured(Path(folder), given.entries)
    print(f"{given.entries:,} entries\n")
    print(table(["what", "CPU s", "wall s", "peak MiB", "CPU against the plain pass"], rows))


if __name__ == "__main__":
    main()
