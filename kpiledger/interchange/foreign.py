"""dbt's YAML files as entries that know their place: semantic models and metrics, and what is not read at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kpiledger.errors import WrongUse
from kpiledger.finding import Finding, Position
from kpiledger.interchange.meta import KEY
from kpiledger.interchange.told import Told
from kpiledger.loading.events import read_tree
from kpiledger.loading.tree import Tree
from kpiledger.specs.base import Path as Place

_NOT_READ = {
    "saved_queries": "a saved query asks for numbers and defines none",
    "models": "dbt's newer YAML is not read; import the legacy form, with `semantic_models:` and `metrics:`",
}


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A semantic model or a metric as a file has it; all its values are texts."""

    value: dict[str, Any]
    tree: Tree
    path: Place

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.value.get("name", ""))

    @property
    def ours(self) -> dict[str, Any]:
        """What an export of ours wrote into its meta."""
        found: Any = self.value
        for key in ("config", "meta", KEY):
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def is_part(self) -> bool:
        """Whether our export made it as a part of KPIs: a metric that is none itself."""
        return "measure" in self.ours or "part_of" in self.ours

    @property
    def is_whole(self) -> bool:
        """Whether its meta holds all that our export wrote, so that the spec can be had back as it was."""
        return "versions" in self.ours or "measures" in self.ours

    def place(self, *path: str | int) -> Position:
        """Where a value in it stands, or the nearest one around it."""
        full = (*self.path, *path)
        ends = range(len(full), -1, -1)
        return next(self.tree.places[full[:end]] for end in ends if full[:end] in self.tree.places)

    def told(self, reason: str, *path: str | int) -> Told:
        """Why it, or a part of it, is left out."""
        return Told(self.name, reason, self.place(*path))


@dataclass(frozen=True, slots=True)
class Foreign:
    """What the files say: entries by kind, findings in their YAML, and what is not read."""

    semantic_models: tuple[Entry, ...]
    metrics: tuple[Entry, ...]
    findings: tuple[Finding, ...]
    not_read: tuple[Told, ...]


def read_foreign(paths: Iterable[Path], shown_from: Path) -> Foreign:
    """The dbt YAML of files and folders; places are told from a folder on, where they lie within it."""
    models: list[Entry] = []
    metrics: list[Entry] = []
    findings: list[Finding] = []
    not_read: list[Told] = []
    for path in _files(paths):
        shown = path.relative_to(shown_from) if path.is_relative_to(shown_from) else path
        tree = read_tree(shown.as_posix(), path.read_bytes(), judge_scalars=False)
        if not tree.is_whole:
            findings += tree.findings
            continue
        models += _entries(tree, "semantic_models")
        metrics += _entries(tree, "metrics")
        not_read += _told_not_read(tree)
    return Foreign(tuple(models), tuple(metrics), tuple(findings), tuple(not_read))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(found for found in path.rglob("*") if found.suffix in (".yml", ".yaml"))
        elif path.is_file():
            yield path
        else:
            raise WrongUse(f"there is no file or folder {path}", "name dbt's YAML files, or the folder they lie in")


def _entries(tree: Tree, key: str) -> Iterator[Entry]:
    found = tree.value.get(key)
    for index, value in enumerate(found if isinstance(found, list) else ()):
        if isinstance(value, dict) and isinstance(value.get("name"), str):
            yield Entry(value, tree, (key, index))


def _told_not_read(tree: Tree) -> Iterator[Told]:
    for key, reason in _NOT_READ.items():
        for entry in _entries(tree, key):
            if key != "models" or "semantic_model" in entry.value or "metrics" in entry.value:
                yield entry.told(reason)
