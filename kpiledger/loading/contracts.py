"""What dbt's YAML promises of the models that specs speak of: their columns, and which are tested unique."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kpiledger.finding import Finding
from kpiledger.loading.events import read_tree
from kpiledger.loading.tree import Tree

FOLDERS = ("models/marts", "models/staging")


@dataclass(slots=True)
class Contracts:
    """Columns (name -> type, "" where dbt is not told) and unique columns by model."""

    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    unique_columns: dict[str, frozenset[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_contracts(root: Path) -> Contracts:
    """The contracts of all marts and staging models below a project's root."""
    contracts = Contracts()
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.yml")):
            relative = path.relative_to(root).as_posix()
            tree = read_tree(relative, path.read_bytes(), judge_scalars=False)
            contracts.findings += tree.findings
            if tree.is_whole:
                _collect(tree, contracts)
    return contracts


def _collect(tree: Tree, contracts: Contracts) -> None:
    for model in _mappings(tree.value.get("models")):
        columns = [column for column in _mappings(model.get("columns")) if isinstance(column.get("name"), str)]
        name = model.get("name")
        if isinstance(name, str):
            contracts.columns[name] = {column["name"]: str(column.get("data_type", "")) for column in columns}
            contracts.unique_columns[name] = frozenset(c["name"] for c in columns if _is_unique(c))


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    for entry in value if isinstance(value, list) else ():
        if isinstance(entry, dict):
            yield entry


def _is_unique(column: dict[str, Any]) -> bool:
    """Whether dbt tests the whole column; a test of some rows or one that only warns promises nothing."""
    for test in column.get("data_tests") or column.get("tests") or ():
        if test == "unique":
            return True
        if isinstance(test, dict) and "unique" in test:
            settings = test["unique"] or {}
            limits = {**settings, **(settings.get("config") or {})} if isinstance(settings, dict) else {}
            return "where" not in limits and limits.get("severity", "error") == "error"
    return False
