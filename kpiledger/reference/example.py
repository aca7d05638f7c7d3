"""The example project of the reference: small, complete, and checked as any project is.

Between them its files write every key there is; the reference shows them, and editors offer their values.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from kpiledger.loading.events import read_tree
from kpiledger.loading.keys import keys_of, models_at
from kpiledger.reference.kinds import FileKind, kind_of

ROOT = Path(__file__).parent / "example"
_SHOWN = 3  # values that an editor offers for a key
_LONGEST = 120  # characters of one of them


def example_files(kind: FileKind) -> dict[str, str]:
    """The files of a kind in the example project, by path."""
    paths = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.yml"))
    return {path: (ROOT / path).read_text(encoding="utf-8") for path in paths if kind_of(path) == kind}


@cache
def examples() -> dict[tuple[type[BaseModel], str], list[Any]]:
    """Values of each key of each model in the example project, the shortest first."""
    found: dict[tuple[type[BaseModel], str], list[Any]] = defaultdict(list)
    for path in sorted(ROOT.rglob("*.yml")):
        kind = kind_of(path.relative_to(ROOT).as_posix())
        if kind is not None:
            tree = read_tree(path.name, path.read_bytes())
            for place, value in _written(kind.model, (), tree.value):
                found[place].append(value)
    return {place: _chosen(values) for place, values in found.items()}


def _written(
    model: type[BaseModel], path: tuple[str | int, ...], value: Any
) -> Iterator[tuple[tuple[type[BaseModel], str], Any]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    models = models_at(model, path, value) if isinstance(value, dict) else []
    for step, inner in steps:
        for owner in models:
            if step in keys_of([owner]):
                yield (owner, str(step)), as_json(inner)
        yield from _written(model, (*path, step), inner)


def _chosen(values: list[Any]) -> list[Any]:
    different = {json.dumps(value, ensure_ascii=False): value for value in values}
    short = [text for text in different if len(text) <= _LONGEST] or [min(different, key=len)]
    return [different[text] for text in short[:_SHOWN]]


def as_json(value: Any) -> Any:
    """A value of a spec file as editors see it: days are texts, figures are numbers."""
    if isinstance(value, dict):
        return {str(key): as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
