"""The exported layer as files: `legacy/` for dbt 1.11, `newer/` for the YAML that comes after it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kpiledger.errors import BrokenWorld
from kpiledger.interchange.layer import Layer
from kpiledger.interchange.legacy_yaml import legacy_files
from kpiledger.interchange.newer_yaml import newer_files
from kpiledger.interchange.yaml_text import yaml_text

MARK = "# Written by `kpi export dbt`: change the files in metrics/ and export again."


def write_layer(folder: Path, layer: Layer) -> tuple[Path, ...]:
    """Write both forms below a folder and delete what an earlier export wrote and this one does not."""
    written: list[Path] = []
    for form, files in (("legacy", legacy_files(layer)), ("newer", newer_files(layer))):
        written += _write(folder / form, files)
    return tuple(written)


def _write(folder: Path, files: Mapping[str, Mapping[str, Any]]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.yml"):
        if path.name not in files and _is_ours(path):
            path.unlink()
    for name, content in sorted(files.items()):
        if (folder / name).exists() and not _is_ours(folder / name):
            raise BrokenWorld(f"{folder / name} was not written by `kpi export dbt`", "name another folder with --out")
        text = f"{MARK}\n{yaml_text(content, quote_keys=True)}"
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in sorted(files)]


def _is_ours(path: Path) -> bool:
    return path.read_text(encoding="utf-8", errors="replace").startswith(MARK)
