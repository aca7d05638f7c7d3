"""Where lie the personal values behind the commitments, and how is one found among a hundred thousand?

`subjects/<commitment>.json` holds one value with its salt. `subjects/people/<SHA-256 of an id>` lists the
commitments of a person, the id's own first, so that nobody has to read all files to find them.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kpiledger.errors import LedgerDamaged
from kpiledger.ledger.durable import append_to_file, replace_file, sync_folder
from kpiledger.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of the side store; `about` is the commitment of the person that a text is about."""

    commitment: str
    salt: str
    value: str
    about: str | None


def commitment_of(salt: str, value: str) -> str:
    """SHA-256(salt || value): the salt as its 32 bytes, the value in UTF-8."""
    return sha256(bytes.fromhex(salt) + value.encode()).hexdigest()


def keep_person(ledger: Ledger, subject: str) -> str:
    """The commitment of a person's id, made where there is none yet."""
    found = person_commitment(ledger, subject)
    if found is not None:
        return found
    kept = _new(subject, None)
    # The list first: a commitment in it without a value is read as none, but an unlisted one would be made twice.
    people_folder(ledger).mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(list_path(ledger, subject), f"{kept.commitment}\n".encode(), mode=0o600)
    _write(ledger, kept)
    return kept.commitment


def keep_text(ledger: Ledger, text: str, subject: str) -> str:
    """The commitment of a text about a person; each text has its own."""
    kept = _new(text, keep_person(ledger, subject))
    append_to_file(list_path(ledger, subject), f"{kept.commitment}\n".encode())
    _write(ledger, kept)
    return kept.commitment


def person_commitment(ledger: Ledger, subject: str) -> str | None:
    """The commitment of a person's id, None where the side store has not got the person."""
    listed = _listed(ledger, subject)
    return listed[0] if listed and value_path(ledger, listed[0]).exists() else None


def kept_of(ledger: Ledger, subject: str) -> tuple[Kept, ...]:
    """A person's id and the texts about them, as the lists say; quick, whatever else is kept."""
    found = (read_kept(ledger, commitment) for commitment in dict.fromkeys(_listed(ledger, subject)))
    return tuple(kept for kept in found if kept is not None)


def value_path(ledger: Ledger, commitment: str) -> Path:
    """The file of a value."""
    return ledger.subjects / f"{commitment}.json"


def read_kept(ledger: Ledger, commitment: str) -> Kept | None:
    """The values behind a commitment, None where they were erased; LedgerDamaged if they do not fit it."""
    path = value_path(ledger, commitment)
    try:
        shown = json.loads(path.read_bytes())
        kept = Kept(commitment, shown["salt"], shown["value"], shown["about"])
        # Written in capitals a salt has the same bytes, and is not what was written.
        fits = commitment_of(kept.salt, kept.value) == commitment and bytes.fromhex(kept.salt).hex() == kept.salt
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as problem:
        raise LedgerDamaged(f"{path} cannot be read: {problem}", "restore the file from a copy") from problem
    if not fits:
        raise LedgerDamaged(f"{path} does not fit its commitment: it was changed", "restore the file from a copy")
    return kept


def all_kept(ledger: Ledger) -> Iterator[Kept]:
    """Every value of the side store, by commitment."""
    for path in sorted(ledger.subjects.glob("*.json")):
        kept = read_kept(ledger, path.stem)
        if kept is not None:
            yield kept


def delete_kept(ledger: Ledger, gone: Iterable[Kept]) -> None:
    """Delete values with their salts and lists: overwritten with zeros first, then removed."""
    for kept in gone:
        if kept.about is None:
            list_path(ledger, kept.value).unlink(missing_ok=True)
        _wipe(value_path(ledger, kept.commitment))
    for folder in (people_folder(ledger), ledger.subjects):
        if folder.exists():
            _wipe_left(folder)
            sync_folder(folder)


def _new(value: str, about: str | None) -> Kept:
    salt = secrets.token_hex(32)
    return Kept(commitment_of(salt, value), salt, value, about)


def _write(ledger: Ledger, kept: Kept) -> None:
    ledger.subjects.mkdir(mode=0o700, parents=True, exist_ok=True)
    shown = {"salt": kept.salt, "value": kept.value, "about": kept.about}
    replace_file(value_path(ledger, kept.commitment), json.dumps(shown, ensure_ascii=False).encode(), mode=0o600)


def _wipe_left(folder: Path) -> None:
    """Remove what killed writers left half made, whoever it is of; the caller is the one writer, so none is in use."""
    for left in folder.glob("*.new"):
        for path in left.iterdir() if left.is_dir() else (left,):
            _wipe(path)
        if left.is_dir():
            left.rmdir()


def _wipe(path: Path) -> None:
    """On a disk that writes in place nothing is left to be undeleted; elsewhere it does no harm."""
    handle = os.open(path, os.O_WRONLY)
    try:
        os.write(handle, bytes(os.fstat(handle).st_size))
        os.fsync(handle)
    finally:
        os.close(handle)
    path.unlink()


def people_folder(ledger: Ledger) -> Path:
    """The folder of the lists."""
    return ledger.subjects / "people"


def list_path(ledger: Ledger, subject: str) -> Path:
    """The list of a person, whose name does not tell the id."""
    return people_folder(ledger) / sha256(subject.encode()).hexdigest()


def _listed(ledger: Ledger, subject: str) -> list[str]:
    if not ledger.subjects.exists():
        return []
    if not people_folder(ledger).exists():
        _make_lists(ledger)
    try:
        return list_path(ledger, subject).read_text(encoding="ascii").split()
    except FileNotFoundError:
        return []


def _make_lists(ledger: Ledger) -> None:
    """Make the lists of a side store that was written without them; all of them, or none."""
    of_person: dict[str, list[str]] = {}
    ids: dict[str, str] = {}
    for kept in all_kept(ledger):
        of_person.setdefault(kept.about or kept.commitment, []).append(kept.commitment)
        if kept.about is None:
            ids[kept.commitment] = kept.value
    beside = ledger.subjects / f"people.{secrets.token_hex(4)}.new"
    beside.mkdir(mode=0o700)
    for own, value in ids.items():
        lines = [own, *(commitment for commitment in of_person[own] if commitment != own)]
        (beside / sha256(value.encode()).hexdigest()).write_text("".join(f"{line}\n" for line in lines), "ascii")
    sync_folder(beside)
    beside.rename(people_folder(ledger))
