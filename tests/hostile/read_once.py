"""The real reader of spec files, which reads those that no case changes once and not ten thousand times.

What is remembered is what the reader itself gave for the very same bytes; every other file is read as ever.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import pytest

from kpiledger.finding import Finding
from kpiledger.loading.events import read_tree
from kpiledger.loading.shape import shaped
from kpiledger.loading.tree import Tree
from kpiledger.specs.base import SpecFile


class ReadOnce:
    """The trees and specs of the files that stay, by path and bytes."""

    def __init__(self, staying: Mapping[str, bytes]) -> None:
        self._staying = staying
        self._trees: dict[tuple[str, bool], Tree] = {}
        self._specs: dict[tuple[int, type[SpecFile]], tuple[Any, list[Finding]]] = {}
        self._ids: set[int] = set()

    def use(self, patch: pytest.MonkeyPatch) -> None:
        """Have projects loaded by this reader while the patch lasts."""
        load = importlib.import_module("kpiledger.loading.load")
        patch.setattr(load, "read_tree", self._read_tree)
        patch.setattr(load, "shaped", self._shaped)
        patch.setattr(importlib.import_module("kpiledger.loading.contracts"), "read_tree", self._read_tree)

    def _read_tree(self, path: str, content: bytes, *, judge_scalars: bool = True) -> Tree:
        if self._staying.get(path) != content:
            return read_tree(path, content, judge_scalars=judge_scalars)
        key = (path, judge_scalars)
        if key not in self._trees:
            self._trees[key] = read_tree(path, content, judge_scalars=judge_scalars)
            self._ids.add(id(self._trees[key]))
        return self._trees[key]

    def _shaped(self, tree: Tree, model: type[SpecFile]) -> tuple[Any, list[Finding]]:
        if id(tree) not in self._ids:
            return shaped(tree, model)
        key = (id(tree), model)
        if key not in self._specs:
            self._specs[key] = shaped(tree, model)
        return self._specs[key]
