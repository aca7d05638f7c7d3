"""Imports go down the layers only, the lower layers are pure, and heavy libraries load when they are used."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import click
import pytest

from kpiledger.cli import COMMANDS, kpi

ENGINE = Path(__file__).parents[2] / "kpiledger"

# Every module and package at the top of the engine stands in exactly one layer.
LAYERS: dict[str, int] = {
    "collector": 0,
    "errors": 0,
    "finding": 0,
    "nearest": 0,
    "file_hash": 5,
    "periods": 0,
    "stretches": 0,
    "vocabulary": 0,
    "specs": 1,
    "in_force": 2,
    "project": 2,
    "sampling": 2,
    "loading": 2,
    "expressions": 3,
    "rules": 3,
    "scales": 3,
    "statistics": 3,
    "compiling": 4,
    "triggers": 4,
    "folding": 4,
    "approvals": 5,
    "carrying": 5,
    "catalogue": 5,
    "claim": 5,
    "closing": 5,
    "conflicts": 5,
    "compile_cache": 5,
    "compiled_files": 5,
    "dbt_build": 5,
    "demo_check_ins": 5,
    "demo_history": 5,
    "demo_triggers": 5,
    "evidence": 5,
    "extracts": 5,
    "full_disk": 5,
    "git": 5,
    "git_check": 5,
    "journal": 5,
    "laid_statistics": 5,
    "leaving": 5,
    "known_history": 5,
    "known_members": 5,
    "ledger": 5,
    "ledger_index": 5,
    "mart_hashes": 5,
    "named_evidence": 5,
    "objectives": 5,
    "projected": 5,
    "projection": 5,
    "publishing": 5,
    "quality": 5,
    "recipe": 5,
    "recorded_waivers": 5,
    "recording": 5,
    "rule_hashes": 5,
    "reviews": 5,
    "server_warehouse": 5,
    "settings": 5,
    "sources": 5,
    "spot_checks": 5,
    "tracing": 5,
    "typed": 5,
    "warehouse": 5,
    "checking": 6,
    "audit": 6,
    "cli": 6,
    "commands": 6,
    "gates": 6,
    "pages": 6,
    "people": 6,
    "reference": 6,
    "interchange": 6,
    "invitations": 6,
    "reports": 6,
    "rerender": 6,
    "stopped": 6,
    "run": 6,
    "verifying": 6,
    "run_state": 5,
}
PURE = 4  # up to this layer nothing knows the clock, the network, the environment or a database
IMPURE = {
    "asyncio", "duckdb", "fcntl", "getpass", "git", "http", "locale", "os", "platform", "random", "requests",
    "secrets", "shutil", "socket", "sqlalchemy", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time",
    "urllib", "uuid",
}  # fmt: skip
CLOCK = {"now", "today", "utcnow", "time", "monotonic"}
FILES = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir", "rename"}
# Seconds to import each; they load in the function that needs them, and only there.
HEAVY = {"great_expectations", "dagster", "dagster_dbt", "dbt", "numpy", "pandas", "scipy"}

MODULES = {
    ".".join(("kpiledger", *path.relative_to(ENGINE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(ENGINE.rglob("*.py"))
}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}
IMPORTS = (ast.Import, ast.ImportFrom)


def imported(nodes: Iterator[ast.AST] | list[ast.AST]) -> Iterator[str]:
    """The modules that import statements name; `from package import module` names the module."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            base = str(node.module)
            inner = [f"{base}.{alias.name}" for alias in node.names if f"{base}.{alias.name}" in MODULES]
            yield from inner
            if len(inner) < len(node.names):
                yield base


def in_functions(tree: ast.AST) -> list[ast.AST]:
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return [node for function in functions for node in ast.walk(function) if isinstance(node, IMPORTS)]


def for_types(tree: ast.AST) -> list[ast.AST]:
    """What stands under `if TYPE_CHECKING:` and is never run."""
    asked = (node for node in ast.walk(tree) if isinstance(node, ast.If))
    blocks = [node for node in asked if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"]
    return [node for block in blocks for node in ast.walk(block) if isinstance(node, IMPORTS)]


def layer(module: str) -> int | None:
    parts = module.split(".")
    return LAYERS.get(parts[1]) if len(parts) > 1 else -1  # the package itself holds only its version


def is_pure(module: str) -> bool:
    found = layer(module)
    return found is not None and 0 <= found <= PURE


def test_every_module_stands_in_a_layer() -> None:
    assert [module for module in MODULES if layer(module) is None] == []


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_down_the_layers_only(module: str) -> None:
    own = layer(module)
    assert own is not None
    for name in imported(ast.walk(TREES[module])):
        assert name.split(".")[0] != "orchestration", f"{module} imports the orchestration"
        if name.split(".")[0] == "kpiledger":
            other = layer(name)
            assert other is not None, f"{module} imports {name}, which stands in no layer"
            assert other <= own, f"{module} (layer {own}) imports {name} (layer {other})"


def test_no_two_modules_import_each_other() -> None:
    graph = {
        module: {name for name in imported(ast.walk(tree)) if name in MODULES and name != module}
        for module, tree in TREES.items()
    }
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as cycle:
        pytest.fail(f"imports go in a circle: {' -> '.join(cycle.args[1])}")


@pytest.mark.parametrize("module", [module for module in MODULES if is_pure(module)])
def test_the_lower_layers_know_no_clock_network_environment_or_database(module: str) -> None:
    tree = TREES[module]
    assert IMPURE.isdisjoint(name.split(".")[0] for name in imported(ast.walk(tree)))
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    attributes = {call.attr for call in called if isinstance(call, ast.Attribute)}
    names = {call.id for call in called if isinstance(call, ast.Name)}
    assert CLOCK.isdisjoint(attributes)
    if not module.startswith("kpiledger.loading"):
        assert FILES.isdisjoint(attributes | names), "only loading reads files, and nothing below writes them"


@pytest.mark.parametrize("module", MODULES)
def test_only_heavy_libraries_are_imported_within_functions(module: str) -> None:
    tree = TREES[module]
    hidden = in_functions(tree)
    assert {name.split(".")[0] for name in imported(hidden)} <= HEAVY
    elsewhere = [*hidden, *for_types(tree)]
    top = [node for node in ast.walk(tree) if isinstance(node, IMPORTS) and node not in elsewhere]
    assert HEAVY.isdisjoint(name.split(".")[0] for name in imported(top)), "import it in the function that needs it"


def loaded_by(words: str) -> set[str]:
    """The modules that a process has which runs `kpi` with these words."""
    code = "import sys; from click.testing import CliRunner; from kpiledger.cli import kpi"
    code += f"; done = CliRunner().invoke(kpi, {words.split()}); assert done.exit_code == 0, done; print(*sys.modules)"
    # What is published adds DuckDB to `kpi check`, which asks it for members: here nothing is.
    environment = {**os.environ, "KPI_BUILD": "build/nothing_published"}
    words_run = [sys.executable, "-c", code]
    done = subprocess.run(words_run, cwd=ENGINE.parent, env=environment, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_help_is_shown_without_importing_a_command() -> None:
    loaded = loaded_by("--help")
    assert {name for name in loaded if name.startswith("kpiledger.")} == {
        "kpiledger.cli", "kpiledger.errors", "kpiledger.full_disk",
    }  # fmt: skip
    assert (HEAVY | {"pydantic", "sqlglot", "duckdb"}).isdisjoint(loaded)


def test_specs_are_checked_without_what_only_other_commands_need() -> None:
    loaded = loaded_by("check")
    assert (HEAVY | {"duckdb", "jinja2", "kpiledger.pages", "kpiledger.audit"}).isdisjoint(loaded)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_of_itself_what_help_says_of_it(name: str) -> None:
    command = kpi.get_command(click.Context(kpi), name)
    assert command is not None
    assert (command.name, command.get_short_help_str(limit=200)) == (name, COMMANDS[name][1])


def test_no_command_starts_with_heavy_libraries() -> None:
    places = {f"kpiledger.commands.{place.split('.')[0]}" for place, _ in COMMANDS.values()}
    code = f"import sys, {', '.join(sorted(places))}; print(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
