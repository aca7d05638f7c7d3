"""What does `dbt build` say about the models, run inside this process?

dbt costs seconds to start, so it is started once and called here; what it parsed last time is used again as
long as the warehouse has the same address. dbt keeps its connection open afterwards, so it is closed for it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kpiledger.errors import BrokenWorld

WAREHOUSE_VARIABLE = "KPI_WAREHOUSE"
# Where models/staging/<source>/_sources.yml reads the extracts: beside the warehouse that is made of them.
EXTRACTS_VARIABLE = "KPI_EXTRACTS"
TARGET = "target"

# Statuses of dbt that are no failure; `warn` is a test that its author let pass.
_FINE = frozenset({"success", "pass", "warn", "no-op", "partial success"})
_SKIPPED = "skipped"

OnEvent = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class NodeResult:
    """How one model, seed or test ended; `failing_rows` counts what a test found."""

    unique_id: str
    name: str
    kind: str
    status: str
    seconds: float
    failing_rows: int | None = None
    message: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: {self.message or self.status}"


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What dbt did, node by node, in the order in which they ended."""

    nodes: tuple[NodeResult, ...]

    @property
    def failures(self) -> tuple[NodeResult, ...]:
        """What failed itself; nodes skipped because of that are no failures of their own."""
        return tuple(node for node in self.nodes if node.status not in _FINE and node.status != _SKIPPED)

    def and_then(self, later: BuildResult) -> BuildResult:
        """This and what dbt did after it."""
        return BuildResult((*self.nodes, *later.nodes))

    @property
    def skipped(self) -> tuple[NodeResult, ...]:
        """What was not built because something before it failed."""
        return tuple(node for node in self.nodes if node.status == _SKIPPED)


def build(
    root: Path,
    warehouse: Path,
    select: str | None = None,
    on_event: OnEvent | None = None,
    exclude: str | None = None,
) -> BuildResult:
    """Build and test the models into a warehouse file; BrokenWorld if dbt cannot read the project."""
    chosen = ["--select", *select.split()] if select else []
    left_out = ["--exclude", *exclude.split()] if exclude else []
    outcome = _invoke(root, warehouse, ["build", *chosen, *left_out], on_event)
    return BuildResult(tuple(_node_result(result) for result in outcome.results))


def parse(root: Path, warehouse: Path) -> Path:
    """Let dbt read the project and write its manifest; the path of that file."""
    _invoke(root, warehouse, ["parse"], None)
    return root / TARGET / "manifest.json"


def _invoke(root: Path, warehouse: Path, words: list[str], on_event: OnEvent | None) -> Any:
    # dbt is imported here because its import takes two seconds that most commands need not pay.
    from dbt.cli.main import dbtRunner

    runner = dbtRunner(callbacks=[on_event] if on_event else [])
    with _standing_in(root, warehouse):
        try:
            outcome = runner.invoke([*words, *_settings(root)])
        finally:
            _close_connections()
    if outcome.exception is not None:
        if not isinstance(outcome.exception, Exception):
            raise outcome.exception  # the user pressed Ctrl-C
        raise BrokenWorld(
            f"dbt could not {words[0]} the project: {_text(outcome.exception)}",
            f"`dbt {words[0]} --profiles-dir .` in the project's folder shows it again",
        ) from outcome.exception
    return outcome.result


def _settings(root: Path) -> list[str]:
    quiet = ["--quiet", "--no-print", "--no-use-colors", "--log-level", "none"]
    # The file log would repeat every statement; the errors come back as results.
    unlogged = ["--log-level-file", "none", "--no-send-anonymous-usage-stats", "--no-version-check"]
    return ["--project-dir", str(root), "--profiles-dir", str(root), "--target-path", TARGET, *quiet, *unlogged]


@contextlib.contextmanager
def _standing_in(root: Path, warehouse: Path) -> Iterator[None]:
    """Stand in the project's folder, with the warehouse named in the same words as last time.

    dbt parses everything again when a variable that profiles.yml reads has another value.
    """
    extracts = warehouse.parent / "extracts"
    named = {WAREHOUSE_VARIABLE: _address(root, warehouse), EXTRACTS_VARIABLE: _address(root, extracts)}
    before = {name: os.environ.get(name) for name in named}
    os.environ.update(named)
    try:
        with contextlib.chdir(root):
            yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _address(root: Path, path: Path) -> str:
    return os.path.relpath(path, root) if path.is_relative_to(root) else str(path)


def _close_connections() -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import cleanup_connections, reset_adapters

    cleanup_connections()
    reset_adapters()
    environment = DuckDBConnectionManager._ENV  # env() raises where dbt never got as far as connecting
    if environment is not None:
        environment.close()
        DuckDBConnectionManager.close_all_connections()


def _node_result(result: Any) -> NodeResult:
    node = result.node
    status = str(result.status)
    failing = result.failures if node.resource_type == "test" else None
    message = ""
    if status not in _FINE:
        message = _test_message(failing, status, result.message) if failing else _text(result.message or "")
    return NodeResult(
        node.unique_id, _name(node), str(node.resource_type), status, result.execution_time, failing, message
    )


def _test_message(failing: int, status: str, message: str | None) -> str:
    return f"{failing} failing rows" if status == "fail" else _text(message or status)


def _name(node: Any) -> str:
    """`fct_order.order_id unique` for a test that stands beside a column, else the node's own name."""
    kind = getattr(node, "test_metadata", None)
    attached = getattr(node, "attached_node", None)
    if kind is None or attached is None:
        return str(node.name)
    column = f".{node.column_name}" if node.column_name else ""
    return f"{attached.rpartition('.')[2]}{column} {kind.name}"


def _text(problem: object) -> str:
    return " ".join(str(problem).split())
