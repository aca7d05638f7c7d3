"""What is known of one extract: where it is from, what it holds, and the hash of its file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kpiledger.errors import BrokenWorld
from kpiledger.ledger.canonical import canonical_bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """One extract of one table; times and totals are texts, as the file has them.

    `columns` are the types they were read as, `source_columns` those that the source declares of all its columns.
    `accepted` is the reason given where somebody accepted what would have stopped the extract.
    """

    extract_id: str
    source: str
    table: str
    taken_at: str
    query: str
    columns: Mapping[str, str]
    row_count: int
    control_totals: Mapping[str, str]
    period_from: str | None
    period_to: str | None
    high_water_mark: str | None
    sha256: str
    source_columns: Mapping[str, str] = field(default_factory=dict)
    accepted: str | None = None

    @property
    def name(self) -> str:
        """The table as messages and the ledger name it: erp.orders."""
        return f"{self.source}.{self.table}"


def extract_id_of(taken_at: datetime) -> str:
    """The moment, to the microsecond, so that ids sort as they were taken."""
    return taken_at.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")


def manifest_bytes(manifest: Manifest) -> bytes:
    """The canonical JSON of a manifest."""
    return canonical_bytes(asdict(manifest))


def manifests_bytes(manifests: Iterable[Manifest]) -> bytes:
    """The canonical JSON of a run's set."""
    return canonical_bytes([asdict(manifest) for manifest in manifests])


def read_manifest(path: Path) -> Manifest:
    """The manifest in a file; BrokenWorld where it is missing or is none."""
    return _of(path, _read(path))


def read_manifests(path: Path) -> list[Manifest]:
    """The manifests of a run's set, as `extracts.json` has them; none where there is no such file."""
    return [_of(path, one) for one in _read(path)] if path.exists() else []


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as problem:
        raise _no_manifest(path) from problem


def _of(path: Path, written: Any) -> Manifest:
    try:
        return Manifest(**written)
    except TypeError as problem:
        raise _no_manifest(path) from problem


def _no_manifest(path: Path) -> BrokenWorld:
    return BrokenWorld(f"{path} is no manifest of an extract", "take a new extract: `kpi extract`")
