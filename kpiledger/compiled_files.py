"""The folder `models/kpis/` against what the project compiles to: what is stale, and writing it anew.

Only files that differ are written, files that nothing makes any more are removed, and a file without our
mark is never touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kpiledger.compiling.text import MARK
from kpiledger.errors import BrokenWorld

FOLDER = Path("models/kpis")
_MARK = MARK.removeprefix("-- ")


@dataclass(frozen=True, slots=True)
class Difference:
    """Files of the folder that are missing, changed or left over, by name."""

    missing: tuple[str, ...]
    changed: tuple[str, ...]
    orphaned: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.changed or self.orphaned)


def compare(root: Path, files: Mapping[str, str]) -> Difference:
    """How the folder differs from the compiled files; a foreign file in the way is an error."""
    folder = root / FOLDER
    present = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*")) if path.is_file()}
    foreign = [name for name in files if name in present and not is_ours(present[name])]
    if foreign:
        raise BrokenWorld(
            f"{FOLDER / foreign[0]} was not written by `kpi compile` and stands where it must write",
            "rename or remove that file",
        )
    return Difference(
        missing=tuple(name for name in files if name not in present),
        changed=tuple(name for name, text in files.items() if name in present and present[name] != text),
        orphaned=tuple(name for name, text in present.items() if name not in files and is_ours(text)),
    )


def write(root: Path, files: Mapping[str, str]) -> Difference:
    """Bring the folder in line with the compiled files and say what was done."""
    difference = compare(root, files)
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*difference.missing, *difference.changed):
        (folder / name).write_text(files[name], encoding="utf-8")
    for name in difference.orphaned:
        (folder / name).unlink()
    return difference


def is_ours(text: str) -> bool:
    """Whether the text of a file says that `kpi compile` wrote it."""
    return _MARK in text.split("\n", 1)[0]
