"""Are the inputs of a number still what they were? The recipe and each extract, held against the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kpiledger.closing.places import EXTRACTS
from kpiledger.extracts.choosing import SET
from kpiledger.extracts.manifest import Manifest, read_manifests
from kpiledger.file_hash import file_hash
from kpiledger.recipe import FILE, recipe_hash
from kpiledger.tracing.number import Fixed


@dataclass(frozen=True, slots=True)
class Compared:
    """Something held against what was recorded of it."""

    item: str
    recorded: str | None
    found: str | None
    holds: bool


def extract_path(fixed: Fixed, name: str) -> Path:
    """Where a publication or close keeps the extract of a table named as `erp.orders`."""
    return fixed.folder / EXTRACTS / f"{name.replace('.', '/', 1)}.parquet"


def manifests_of(fixed: Fixed) -> dict[str, Manifest]:
    """What is known of each extract, by table as `erp.orders`."""
    return {one.name: one for one in read_manifests(fixed.folder / SET)}


def recipe_compared(fixed: Fixed) -> Compared:
    """The statements against the ledger."""
    found = recipe_hash(fixed.folder)
    return Compared(FILE, fixed.recipe, found or "missing", found is not None and found == fixed.recipe)


def extracts_compared(fixed: Fixed, names: Sequence[str]) -> Iterator[Compared]:
    """Each extract's file against the ledger and against its manifest."""
    manifests = manifests_of(fixed)
    for name in names:
        path, recorded = extract_path(fixed, name), fixed.inputs.get(name)
        found = file_hash(path) if path.exists() else None
        yield Compared(f"extract {name}", recorded, found or "missing", found is not None and found == recorded)
        said = manifests[name].sha256 if name in manifests else "missing"
        if said != recorded:
            yield Compared(f"manifest of {name}", recorded, said, False)
