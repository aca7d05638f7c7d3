"""Where does the time of a run go? CPU of dbt, Great Expectations, Dagster and our own code, on a second run.

    python -m benchmarks.run_share [--rounds 3] [--kpis 1000]

Works in a copy of the project in a temporary folder; with --kpis so many generated KPIs over ten facts are added to
it. Each round starts fresh processes: `dbt build` alone on the same models, and the main job. The shares come from
the parts of the main job's own process; what belongs to no part (the interpreter, click) counts as ours. Beside them
stands the bare SQL of all models, run in DuckDB in dbt's order. Ratios hold better than seconds on a shared machine.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from benchmarks.many_specs import facts_and_kpis, mart_models

# Of the generated part: facts, and rows of each.
FACTS, ROWS = 10, 100_000
ROOT = Path(__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".uv", "build", "target", "logs", "__pycache__", ".*_cache")

# Measures inside the process that runs: the import of each part, and the calls into it.
MEASURED_RUN = """
import json, os, sys, time
from pathlib import Path
cpu = time.process_time
parts = {}
def took(part, since):
    parts[part] = parts.get(part, 0.0) + cpu() - since
begun = cpu()
import dagster
took("Dagster", begun)
begun = cpu()
import dbt.cli.main, dbt.adapters.duckdb
took("dbt", begun)
begun = cpu()
import dagster_dbt
took("Dagster", begun)
import kpiledger.run, kpiledger.quality.greatexpectations as asking
import orchestration.graph as graph
from orchestration.inprocess import execute
def measured(function, part):
    def call(*given, **named):
        begun, before = cpu(), sum(parts.values())
        try:
            return function(*given, **named)
        finally:
            parts[part] = parts.get(part, 0.0) + cpu() - begun - (sum(parts.values()) - before)
    return call
kpiledger.run.build = measured(kpiledger.run.build, "dbt")
asking.ask = measured(asking.ask, "Great Expectations")
for step in ("begin", "record_agreements", "build_models", "check_sources", "publish", "resume"):
    setattr(graph, step, measured(getattr(graph, step), "kpiledger"))
import orchestration.building as building
building.load_checked = measured(building.load_checked, "kpiledger")
execute_in_process = dagster.JobDefinition.execute_in_process
dagster.JobDefinition.execute_in_process = measured(execute_in_process, "Dagster")
resolve = dagster.Definitions.resolve_job_def
dagster.Definitions.resolve_job_def = measured(resolve, "Dagster")
building.assets_of = measured(building.assets_of, "Dagster")
code = execute(Path.cwd(), None, lambda line: None)
parts["kpiledger"] += cpu() - sum(parts.values())
print(json.dumps(parts))
sys.exit(code)
"""


def _cpu(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[float, str]:
    """CPU seconds, user and system, of a command and its children, and what it printed."""
    before = os.times()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    after = os.times()
    if done.returncode:
        sys.exit(f"{' '.join(command[:3])} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return spent, done.stdout


def _prepared(folder: Path, kpis: int) -> tuple[dict[str, str], dict[str, str]]:
    """Copy the project, run it once, and give the environments of the run and of plain dbt."""
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    if kpis:
        files = {**facts_and_kpis(kpis, FACTS, seed=1, owner="finance_controller"), **mart_models(FACTS, ROWS)}
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        _cpu([sys.executable, "-m", "kpiledger.cli", "compile"], folder, dict(os.environ))
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    python = [sys.executable, "-c"]
    sources = "from pathlib import Path; from kpiledger.sources.demo import build_demo_sources as build; "
    _cpu([*python, sources + "build(Path('seeds'), Path('build/sources'), False)"], folder, plain)
    _cpu([sys.executable, "-m", "orchestration.run"], folder, plain)
    beside = folder / "build" / "beside.duckdb"
    shutil.copy(folder / "build" / "warehouse.duckdb", beside)
    dbt = {**plain, "KPI_WAREHOUSE": "build/beside.duckdb", "DBT_TARGET_PATH": "build/target"}
    dbt["DBT_LOG_PATH"] = "build/target"
    _cpu([*_dbt(), "build", "--quiet", "--profiles-dir", "."], folder, dbt)
    return plain, dbt


def _dbt() -> list[str]:
    return [str(Path(sys.executable).with_name("dbt"))]


def main() -> None:
    """Measure some rounds and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kpis", type=int, default=0, help="generated KPIs beside those of the demo")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "demo"
        plain, dbt_environment = _prepared(folder, asked.kpis)
        alone, whole, parts = [], [], []
        for _ in range(asked.rounds):
            alone.append(_cpu([*_dbt(), "build", "--quiet", "--profiles-dir", "."], folder, dbt_environment)[0])
            whole.append(_cpu([sys.executable, "-m", "orchestration.run"], folder, plain)[0])
            parts.append(json.loads(_cpu([sys.executable, "-c", MEASURED_RUN], folder, plain)[1].splitlines()[-1]))
        bare = _bare(folder)
    _print(alone, whole, parts, bare)


def _bare(folder: Path) -> float:
    """CPU seconds of the SQL of all models, each on what dbt built before it."""
    manifest = json.loads((folder / "build" / "target" / "manifest.json").read_text(encoding="utf-8"))
    models = {name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    needs = {name: [one for one in node["depends_on"]["nodes"] if one in models] for name, node in models.items()}
    spent = 0.0
    with duckdb.connect(str(folder / "build" / "beside.duckdb")) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute("create schema bare")
        for name in TopologicalSorter(needs).static_order():
            kind = "view" if models[name]["config"]["materialized"] == "view" else "table"
            before = time.process_time()
            connection.execute(f"create {kind} bare.{models[name]['name']} as {models[name]['compiled_code']}")
            spent += time.process_time() - before
    return spent


def _print(alone: list[float], whole: list[float], parts: list[dict[str, float]], bare: float) -> None:
    medians = {part: statistics.median(found[part] for found in parts) for part in parts[0]}
    print(f"{'part of a second run':<24}{'CPU s':>8}{'share':>8}")
    for part, seconds in sorted(medians.items(), key=lambda item: -item[1]):
        print(f"{part:<24}{seconds:>8.1f}{seconds / sum(medians.values()):>8.0%}")
    print()
    print(f"{'the main job':<24}{statistics.median(whole):>8.1f}")
    print(f"{'dbt build alone':<24}{statistics.median(alone):>8.1f}")
    ratio = statistics.median(one / other for one, other in zip(whole, alone, strict=True))
    print(f"{'ratio':<24}{ratio:>8.2f}")
    print(f"{'the bare SQL':<24}{bare:>8.1f}")


if __name__ == "__main__":
    main()
