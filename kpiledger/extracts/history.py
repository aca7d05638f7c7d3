"""What is a new extract held against: how many rows had the one before, and the one that was published?

What lies beside the extracts can be removed or edited by whoever writes there. So rows are counted in the files
themselves, and the extract that the newest publication was made from is asked for too: the ledger has its hash.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from kpiledger.errors import BrokenWorld
from kpiledger.extracts.manifest import Manifest, read_manifest
from kpiledger.extracts.store import DATA, MANIFEST, current_link, table_folder
from kpiledger.file_hash import file_hash
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, read_entries

# Beside a published warehouse, as beside the one that a run builds.
PUBLISHED = "extracts"


@dataclass(frozen=True, slots=True)
class Published:
    """The inputs of the newest publication: the SHA-256 of each extract by its table's name, as the ledger has it.

    `folder` is that publication, which keeps the files.
    """

    folder: Path | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier extract, by its name, and how many rows its file has."""

    told: str
    row_count: int


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a table's earlier extracts.

    `newest` is the manifest of the last one, None where it is missing or is none. `lost` says that the published one is
    gone, and with it the answer whether rows are missing since: an extract taken then says so for good. `carried` is
    the reason that the last one was accepted by, as long as the published one has more rows.
    """

    newest: Manifest | None = None
    before: tuple[Before, ...] = ()
    lost: str | None = None
    carried: str | None = None


def published_inputs(ledger: Ledger, current: Path) -> Published:
    """What the newest publication was made from; nothing where none is recorded."""
    entries: Sequence[Entry] = read_entries(ledger) if ledger.exists else ()
    last = next((one for one in reversed(entries) if one.kind is EntryKind.RUN_PUBLISHED), None)
    if last is None:
        return Published()
    return Published(current.resolve(), last.content.get("inputs") or {}, last.seq)


def history_of(extracts: Path, source: str, table: str, published: Published) -> History:
    """The earlier extracts of a table, looked up in its files."""
    manifest, data = _newest(extracts, source, table)
    known = list(_counted(f"extract {data.stem}", data)) if data else []
    digest = published.inputs.get(f"{source}.{table}")
    if digest is None:
        return History(manifest, tuple(known))
    places = [table_folder(extracts, source, table)]
    places += [published.folder / PUBLISHED / source] if published.folder else []
    file = next((path for place in places for path in place.glob(f"*{DATA}") if file_hash(path) == digest), None)
    if file is None:
        lost = (
            f"not held against the published extract: no file of SHA-256 {digest[:12]}..., which entry {published.seq} "
            "of the ledger says was published, is left"
        )
        return History(manifest, tuple(known), lost)
    (was,) = _counted(f"the extract that entry {published.seq} of the ledger says was published", file)
    if manifest and manifest.accepted and known and known[0].row_count < was.row_count:
        # Somebody said why rows are gone; said again with each extract until a publication was made without them.
        return History(manifest, tuple(known), carried=manifest.accepted)
    return History(manifest, (*known, was))


def _newest(extracts: Path, source: str, table: str) -> tuple[Manifest | None, Path | None]:
    """The newest extract: its manifest, and its file; each None where it is missing or cannot be read."""
    link = current_link(extracts, source, table)
    data = link.resolve()
    if not link.is_symlink():
        return None, None
    try:
        manifest = read_manifest(data.with_suffix(MANIFEST))
    except BrokenWorld:  # a run says so; a new extract takes its place
        manifest = None
    return manifest, data if data.exists() else None


def _counted(told: str, path: Path) -> Iterator[Before]:
    """How many rows a file has; nothing where it is none that can be read."""
    with duckdb.connect(":memory:") as link:
        try:
            ((rows,),) = link.execute("select count(*) from read_parquet(?)", [str(path)]).fetchall()
        except duckdb.Error:
            return
    yield Before(told, rows)
