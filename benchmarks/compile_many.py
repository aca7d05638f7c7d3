"""What does `kpi compile` cost for 100, 1,000 and 10,000 KPI files: all of it, one file changed, nothing changed?

    python -m benchmarks.compile_many [--kpis 100 1000 10000] [--facts 50] [--folder FOLDER]

Each command runs in a fresh process in a generated project; CPU seconds and peak memory are those of the process.
Beside it, as a measure of the machine: a process that only reads all files with PyYAML's C loader and parses every
expression with sqlglot.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlglot
import yaml

from benchmarks.many_specs import kpi_path, write_project
from benchmarks.measuring import Clock, ProcessCost, cost_of, process_cost, table


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kpis", type=int, nargs="*", default=[100, 1000, 10000])
    parser.add_argument("--facts", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where projects are generated; else a temporary folder")
    asked = parser.parse_args()
    rows: list[list[object]] = []
    with tempfile.TemporaryDirectory() as temporary:
        for number in asked.kpis:
            root = (asked.folder or Path(temporary)) / f"kpis_{number}"
            write_project(root, number, asked.facts, asked.seed)
            for name in ("build", "models/kpis"):  # of an earlier round
                shutil.rmtree(root / name, ignore_errors=True)
            rows += _measured(root, number)
    print(table(["KPIs", "what", "CPU s", "ms a KPI", "peak MiB", "CPU against the baseline"], rows))


def _measured(root: Path, number: int) -> Iterator[list[object]]:
    baseline = cost_of(_baseline, root)
    ways = {"cold": _compile(root), "nothing changed": _compile(root)}
    _change(root / kpi_path(0))
    ways["one file changed"] = _compile(root)
    for way, took in ways.items():
        yield _row(number, way, took.cpu, took.peak_mib, baseline.cpu)
    yield _row(number, "baseline", baseline.cpu, baseline.peak_mib, baseline.cpu)


def _row(number: int, way: str, cpu: float, peak_mib: float, baseline: float) -> list[object]:
    return [f"{number:,}", way, cpu, 1000 * cpu / number, round(peak_mib), cpu / baseline]


def _compile(root: Path) -> ProcessCost:
    return process_cost([str(Path(sys.executable).with_name("kpi")), "compile"], root)


def _change(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("description: ", "description: Changed. ", 1), encoding="utf-8")


def _baseline(clock: Clock, root: Path) -> int:
    """Read every file with the C loader and parse every expression in it."""
    with clock:
        files = [yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader) for path in (root / "metrics").rglob("*.yml")]
        return sum(1 for file in files for text in _expressions(file) if sqlglot.parse_one(text, read="duckdb"))


def _expressions(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for entry in value:
            yield from _expressions(entry)
    elif isinstance(value, dict):
        yield from (text for key, text in value.items() if key in ("expr", "where"))
        for inner in value.values():
            yield from _expressions(inner)


if __name__ == "__main__":
    main()
