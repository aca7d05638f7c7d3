"""Has anything changed since the compiled models were last written? Else there is nothing to compile.

A note in the build folder holds a digest of every byte that compiling reads (the specs, the contracts of models,
the engine itself) and of every file it wrote. One byte of difference in any of them, and everything is compiled anew;
so is it without the note, which is safe to delete.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from kpiledger.compiled_files import FOLDER, is_ours
from kpiledger.loading import contracts, files
from kpiledger.settings import Settings

_ENGINE = Path(__file__).parent
# What reads and writes the texts besides our own code.
_LIBRARIES = ("pydantic", "pyyaml", "sqlglot")
_NAME = "compiled.json"


def read_digest(settings: Settings) -> str:
    """A digest of all that compiling reads; to be taken before anything is read."""
    found = sha256(f"{sys.version} {settings.dialect} {[version(name) for name in _LIBRARIES]}".encode())
    folders = [settings.root / name for name in (*files.FOLDERS, *contracts.FOLDERS)]
    engine = (path for path in _below(_ENGINE) if path.suffix == ".py")
    for path in (*engine, *(path for folder in folders for path in _below(folder))):
        found.update(f"\0{path}\0{path.is_symlink()}\0".encode(errors="surrogateescape"))
        found.update(sha256(path.read_bytes()).digest())
    return found.hexdigest()


def remember(settings: Settings, digest: str, compiled: Mapping[str, str]) -> None:
    """Note that what was read compiles to these files, and that they are written."""
    settings.build.mkdir(parents=True, exist_ok=True)
    note = {"read": digest, "written": _written_digest(compiled.items()), "files": len(compiled)}
    (settings.build / _NAME).write_text(json.dumps(note), encoding="utf-8")


def current_files(settings: Settings, digest: str) -> int | None:
    """The number of compiled files, where they are what a digest of what is read compiles to; else None."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        note = json.loads((settings.build / _NAME).read_text(encoding="utf-8"))
        paths = [path for path in (settings.root / FOLDER).glob("*") if path.is_file()]
        texts = {path.name: path.read_text(encoding="utf-8") for path in paths}
        ours = {name: text for name, text in texts.items() if is_ours(text)}
        if note["read"] == digest and note["written"] == _written_digest(ours.items()):
            return int(note["files"])
    return None


def _written_digest(compiled: Iterable[tuple[str, str]]) -> str:
    found = sha256()
    for name, text in sorted(compiled):
        found.update(f"{name}\0{len(text)}\0{text}".encode())
    return found.hexdigest()


def _below(folder: Path) -> list[Path]:
    """Every file below a folder, in order; walked as text, which is much faster for ten thousand of them."""
    found = sorted(f"{place}/{name}" for place, _, names in os.walk(folder) for name in names)
    return [path for path in map(Path, found) if path.is_file()]
