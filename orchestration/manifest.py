"""Where is dbt's manifest, and is it still what the models say?

Dagster's graph is read from it. It is made when it is missing or older than what it was made from.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from kpiledger.dbt_build import TARGET, parse

_READ_BY_DBT = ("dbt_project.yml", "profiles.yml", "packages.yml", "models", "seeds", "macros", "tests/warehouse")


def manifest_path(root: Path, warehouse: Path) -> Path:
    """The path of a manifest that is up to date."""
    path = root / TARGET / "manifest.json"
    return path if is_fresh(root, path) else parse(root, warehouse)


def is_fresh(root: Path, manifest: Path) -> bool:
    """Whether nothing that dbt reads was changed, added or removed since the manifest was written."""
    if not manifest.exists() or not _is_whole(manifest):
        return False
    written = manifest.stat().st_mtime_ns
    return all(path.stat().st_mtime_ns <= written for path in _read_by_dbt(root))


def _is_whole(manifest: Path) -> bool:
    """Whether it was written to its end: dbt writes it in place, and a killed run or a full disk leaves a part."""
    try:
        json.loads(manifest.read_bytes())
    except ValueError:
        return False
    return True


def _read_by_dbt(root: Path) -> Iterator[Path]:
    """Files, and folders too: removing a file changes only the time of its folder."""
    for name in _READ_BY_DBT:
        path = root / name
        if path.exists():
            yield path
        yield from path.rglob("*")
