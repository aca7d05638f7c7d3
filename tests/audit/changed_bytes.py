"""A ledger of 200 entries and its index: which files have they, and by what is a changed byte of each found and named?

`tests/ledger/test_flipped_bytes.py` and `test_changed_projections.py` change bytes of some, `benchmarks/every_byte.py`
every byte of all.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

import duckdb

from kpiledger.errors import LedgerDamaged
from kpiledger.file_hash import file_hash
from kpiledger.ledger.entry import Draft
from kpiledger.ledger.integrity import examine
from kpiledger.ledger.keys import signing_key, trusted_key
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.storage import Stored
from kpiledger.ledger.store import Ledger, writing
from kpiledger.ledger.subjects import commit_subject, commit_text, erase
from kpiledger.ledger_index.files import IndexFiles
from kpiledger.ledger_index.opening import open_index
from kpiledger.ledger_index.vouching import sound_index, vouch, vouched_by
from kpiledger.people.individuals import record_informed
from kpiledger.settings import Settings
from kpiledger.verifying import verify
from tests.ledger.flips import ends_of, is_named
from tests.ledger.ledgers import FILES, published

LATER = datetime.fromisoformat("2018-02-01T09:00:00+00:00")


@dataclass(frozen=True, slots=True)
class Watched:
    """A file, and whether a change of the byte at a place, which stands in it now, is found and named."""

    path: Path
    is_found: Callable[[int], bool]


def two_hundred(demo: Ledger, folder: Path) -> Ledger:
    """The demo's three years, a notice, an erasure, a decision about a person, and publications."""
    shutil.copytree(demo.directory, folder)
    ledger = Ledger(folder)
    record_informed(ledger, "p_1004", date(2018, 1, 5), "cfo", lambda: LATER, ("p_1004",))
    erase(ledger, "p_1002", "left the house", lambda: LATER)
    about = {
        "holder": "sales_west", "period": "2017-12", "kpi": None, "decided_on": "2018-02-01", "closes": None,
        "evidence": None, "says": commit_text(ledger, "Works fewer hours from März on", "p_1004"),
        "decided_by": commit_subject(ledger, "p_1004"),
    }  # fmt: skip
    with writing(ledger, lambda: LATER) as writer:
        writer.append([Draft(EntryKind.DECISION_NOTED, "decision/1", about)])
        writer.append([published(number, "fct_kpi_value") for number in range(200 - writer.size)])
    return ledger


def small_index(settings: Settings, ledger: Ledger) -> IndexFiles:
    """The index as a command leaves it, its blocks as small as DuckDB has them: a changed byte is found sooner."""
    open_index(settings, ledger).close()
    files = IndexFiles(settings.build)
    vouched = vouched_by(files.note.read_bytes(), ledger)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{files.database}' as whole (read_only)")
        connection.execute(f"attach '{files.aside}' as small (block_size 16384)")
        connection.execute("copy from database whole to small")
    digest = file_hash(files.aside)
    files.publish(digest, vouch(ledger, replace(vouched, digest=digest)))
    return files


def watched(ledger: Ledger, files: IndexFiles) -> Iterator[Watched]:
    """Every file of the ledger and of its index; empty ones have nothing to change."""
    yield from _of_ledger(ledger)
    yield from _of_keys(ledger)
    for path in sorted(path for path in ledger.subjects.rglob("*") if path.is_file()):
        yield Watched(path, partial(_is_told, ledger, path.stem))
    for path, named in ((files.database, files.digest), (files.digest, files.digest), (files.note, files.note)):
        yield Watched(path, partial(_is_not_believed, ledger, files, named.name))


def unwatched(ledger: Ledger, files: IndexFiles) -> set[Path]:
    """Files with something in them that nothing here watches: there must be none."""
    own = {one.path for one in watched(ledger, files)}
    there = {path for folder in (ledger.directory, files.folder) for path in folder.rglob("*") if path.is_file()}
    return {path for path in there - own if path.stat().st_size}


def _of_ledger(ledger: Ledger) -> Iterator[Watched]:
    """The files of entries and of their tree, by what `examine_ledger` does with them."""
    key = trusted_key(ledger.keys)
    for part, name in zip((field.name for field in fields(Stored)), FILES, strict=True):
        path = ledger.directory / name
        ends = ends_of(path.read_bytes())

        def is_found(place: int, part: str = part, ends: list[int] = ends) -> bool:
            return is_named(part, ends, place, examine(ledger.storage.everything(), key).problems)

        yield Watched(path, is_found)


def _of_keys(ledger: Ledger) -> Iterator[Watched]:
    def cannot_sign(_: int) -> bool:
        try:
            signing_key(ledger.keys)
        except LedgerDamaged as damage:
            return "ledger.key" in damage.message
        return False

    def is_verified_by_no_key(_: int) -> bool:
        names = {problem.name for problem in verify(ledger).problems}
        return bool(names) and names <= {"ledger", "checkpoint"}

    yield Watched(ledger.keys / "ledger.key", cannot_sign)
    yield Watched(ledger.keys / "ledger.vkey", is_verified_by_no_key)


def _is_not_believed(ledger: Ledger, files: IndexFiles, name: str, _: int) -> bool:
    """By what every question asks before it opens the index: the digest is named that its bytes do not hash to."""
    fault = sound_index(files, ledger)
    return isinstance(fault, str) and name in fault


def _is_told(ledger: Ledger, name: str, _: int) -> bool:
    return any(problem.name == "subjects" and name in problem.message for problem in verify(ledger).problems)
