"""Who says that the published tables equal the ledger? The run that compared them row by row, signed beside the file.

    <name of the ledger>/tables
    <size> <hexadecimal root>
    <SHA-256 of the warehouse file>
    <first month of the year> <first day of the week> <end or begin> <when>
    <table> <SHA-256 of its rows>          a line for each published table

Size and root are of the ledger that they equal, its publication included; months and weeks are those that periods were
reckoned with. As long as no byte of the file has changed, and no later entry changes what an earlier one says, this
needs no second comparison. `kpi verify --every-row` makes one all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kpiledger.errors import LedgerDamaged
from kpiledger.file_hash import file_hash
from kpiledger.ledger.canonical import instant, instant_text
from kpiledger.ledger.checkpoint import Checkpoint, CheckpointError, open_note, sign_note
from kpiledger.ledger.keys import signing_key, trusted_key
from kpiledger.ledger.merkle import root
from kpiledger.ledger.store import Ledger
from kpiledger.periods import Reckoning
from kpiledger.publishing import table_hashes

# In a ledger of more entries than these a sound note spares the comparison of every row.
BELIEVED_ABOVE = 500
_FORM = re.compile(
    r"(?P<origin>[^\n]+)/tables\n(?P<size>0|[1-9]\d*) (?P<root>[0-9a-f]{64})\n(?P<digest>[0-9a-f]{64})\n"
    r"(?P<month>[1-9]|1[0-2]) (?P<weekday>[0-6]) (?P<named>end|begin) (?P<at>\S+)\n"
    r"(?P<tables>(?:[a-z_]+ [0-9a-f]{64}\n)*)"
)


@dataclass(frozen=True, slots=True)
class TablesNote:
    """The tables in a file of this digest were found to equal the first `size` entries, whose root this is.

    `hashes` are those of the rows of each published table in it.
    """

    size: int
    root: str
    digest: str
    reckoning: Reckoning
    compared_at: datetime
    hashes: Mapping[str, str]

    def __str__(self) -> str:
        return f"compared row by row on {self.compared_at:%Y-%m-%d %H:%M} UTC, and no byte has changed since"


def leave_note(
    warehouse: Path,
    ledger: Ledger,
    checkpoint: Checkpoint,
    reckoning: Reckoning,
    now: datetime,
    hashes: Mapping[str, str],
) -> None:
    """Say that the tables in a file equal the ledger of a checkpoint; the account must have the ledger's key."""
    name, private = signing_key(ledger.keys)
    named = "end" if reckoning.is_named_by_end else "begin"
    text = f"{name}/tables\n{checkpoint.size} {checkpoint.root.hex()}\n{file_hash(warehouse)}\n"
    text += f"{reckoning.first_month} {reckoning.first_weekday} {named} {instant_text(now)}\n"
    text += "".join(f"{table} {digest}\n" for table, digest in sorted(hashes.items()))
    _beside(warehouse).write_bytes(sign_note(text, name, private))


def vouched_tables(warehouse: Path, ledger: Ledger) -> TablesNote | str | None:
    """What the ledger's key says of a published file; a sentence where its bytes are not those, None without a note."""
    path = _beside(warehouse)
    try:
        note = _read(path.read_bytes(), ledger)
    except FileNotFoundError:
        return None
    except CheckpointError as problem:
        return f"{path.name} is not signed by this ledger: {problem}"
    found = file_hash(warehouse)
    if found != note.digest:
        return f"the bytes of {warehouse.name} hash to {found}, {path.name} says {note.digest}"
    return note


def still_tells(note: TablesNote, hashes: Sequence[bytes], changed_at: int, reckoning: Reckoning) -> bool:
    """Whether a note is on a beginning of the ledger of these leaf hashes after which nothing made tables anew.

    `changed_at` is the newest publication's entry or erasure's: an erasure changes what earlier entries say.
    """
    if note.reckoning != reckoning or not changed_at <= note.size <= len(hashes):
        return False
    return root(hashes[: note.size]).hex() == note.root


def hashes_of_tables(warehouse: Path, ledger: Ledger) -> Mapping[str, str]:
    """`table_hashes`, from the note where no byte of the file has changed: millions of rows take long to hash."""
    try:
        note = vouched_tables(warehouse, ledger)
    except LedgerDamaged:  # whose key cannot be read: nothing it signed is believed
        note = None
    return note.hashes if isinstance(note, TablesNote) else table_hashes(warehouse)


def _read(text: bytes, ledger: Ledger) -> TablesNote:
    key = trusted_key(ledger.keys)
    found = _FORM.fullmatch(open_note(text, key))
    if found is None or found["origin"] != key.name:
        raise CheckpointError("it is no note on published tables of this ledger")
    reckoning = Reckoning(int(found["month"]), int(found["weekday"]), found["named"] == "end")
    hashes = dict(line.split(" ", 1) for line in found["tables"].splitlines())
    return TablesNote(int(found["size"]), found["root"], found["digest"], reckoning, instant(found["at"]), hashes)


def _beside(warehouse: Path) -> Path:
    # Readers come by links; the note lies where the file itself does.
    return warehouse.resolve().with_name(f"{warehouse.name}.note")
