"""Where extracts lie, which one is the newest of its table, and which ones are let go.

build/extracts/<source>/<table>/<extract_id>.parquet and .json    one extract and its manifest
build/extracts/current/<source>/<table>.parquet                    a link to the newest
"""

from __future__ import annotations

import os
from pathlib import Path

from kpiledger.extracts.manifest import Manifest, manifest_bytes, read_manifest
from kpiledger.ledger.durable import replace_file

CURRENT = "current"
DATA, MANIFEST = ".parquet", ".json"


def table_folder(extracts: Path, source: str, table: str) -> Path:
    """The folder of a table's extracts."""
    return extracts / source / table


def current_link(extracts: Path, source: str, table: str) -> Path:
    """The link that names the newest extract of a table."""
    return extracts / CURRENT / source / f"{table}{DATA}"


def newest(extracts: Path, source: str, table: str) -> Manifest | None:
    """The manifest of the newest extract that was found fit; None where there is none yet."""
    link = current_link(extracts, source, table)
    return read_manifest(link.resolve().with_suffix(MANIFEST)) if link.is_symlink() else None


def keep(extracts: Path, manifest: Manifest, data: Path) -> None:
    """Give an extract its place: the data by rename, then the manifest. Nobody reads it before it is made current."""
    place = table_folder(extracts, manifest.source, manifest.table) / f"{manifest.extract_id}{DATA}"
    data.chmod(0o444)  # it is evidence of what the numbers were made from
    data.replace(place)
    replace_file(place.with_suffix(MANIFEST), manifest_bytes(manifest))


def make_current(extracts: Path, manifest: Manifest) -> None:
    """Let a table's link name an extract, by renaming a new link over it."""
    link = current_link(extracts, manifest.source, manifest.table)
    link.parent.mkdir(parents=True, exist_ok=True)
    place = table_folder(extracts, manifest.source, manifest.table) / f"{manifest.extract_id}{DATA}"
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(os.path.relpath(place, link.parent))
    fresh.replace(link)


def prune(extracts: Path, source: str, table: str, kept: int) -> None:
    """Let go of all but the newest extract and so many before it, and of what a killed run left.

    Publications and closes hold links of their own to the files they were made from.
    """
    current = current_link(extracts, source, table).resolve()
    folder = table_folder(extracts, source, table)
    with_manifest = [path for path in folder.glob(f"*{DATA}") if path.with_suffix(MANIFEST).exists()]
    older = sorted((path for path in with_manifest if path != current), reverse=True)
    stay = {path.stem for path in (current, *older[:kept])}
    for path in folder.iterdir():
        if path.name.split(".")[0] not in stay:
            path.unlink()
