"""Where does personal data lie, so that a person can be erased while the tree still verifies?

In the entry stands {"commitment": SHA-256(salt || value)}; salt and value lie in `subjects/`, one file
a commitment. A person's id has one commitment in the whole ledger; each text about a person has its
own, and its file names the person's commitment, so that erasing the person erases the texts.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from kpiledger.errors import LedgerDamaged, WrongUse
from kpiledger.ledger.durable import replace_file, sync_folder
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.integrity import Problem
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Clock, Ledger, writing

ERASED = "erased"


class Gone(str):
    """What `resolve` gives for a value that the side store has not: it reads as `erased`, whatever the reason."""

    commitment: str

    def __new__(cls, commitment: str) -> Gone:
        """The one text that every value which is gone reads as."""
        gone = super().__new__(cls, ERASED)
        gone.commitment = commitment
        return gone


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


def commit_subject(ledger: Ledger, subject: str) -> Mapping[str, str]:
    """What stands in an entry for a person's id; the same for every entry."""
    known = next((kept for kept in _all(ledger) if kept.about is None and kept.value == subject), None)
    return {"commitment": (known or _keep(ledger, subject, None)).commitment}


def commit_text(ledger: Ledger, text: str, subject: str) -> Mapping[str, str]:
    """What stands in an entry for a text about a person."""
    about = commit_subject(ledger, subject)["commitment"]
    return {"commitment": _keep(ledger, text, about).commitment}


def resolve(ledger: Ledger, value: Any) -> Any:
    """A recorded value with each commitment replaced by what it stands for, or by `Gone`."""
    if isinstance(value, Mapping):
        if set(value) == {"commitment"}:
            kept = _read(_path(ledger, value["commitment"]))
            return kept.value if kept else Gone(value["commitment"])
        return {key: resolve(ledger, item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [resolve(ledger, item) for item in value]
    return value


def erased_commitments(entries: Iterable[Entry]) -> frozenset[str]:
    """The commitments whose values were deleted on purpose: a `subject.erased` names them."""
    erasures = (entry.content for entry in entries if entry.kind is EntryKind.SUBJECT_ERASED)
    return frozenset(commitment for content in erasures for commitment in content["commitments"])


def unexplained(ledger: Ledger, entries: Iterable[Entry]) -> Iterator[Problem]:
    """Commitments whose values do not fit them, or are gone although no erasure was recorded."""
    held = list(entries)
    erased = erased_commitments(held)
    for entry in held:
        for commitment in sorted(set(_commitments(entry.content)) - erased):
            try:
                gone = _read(_path(ledger, commitment)) is None
            except LedgerDamaged as damage:
                yield Problem("subjects", damage.message, entry.seq, entry.key)
                continue
            if gone:
                message = f"the value of {commitment} is gone and no `subject.erased` says so"
                yield Problem("subjects", message, entry.seq, entry.key)


def _commitments(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if set(value) == {"commitment"}:
            yield value["commitment"]
        else:
            for item in value.values():
                yield from _commitments(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _commitments(item)


def erase(ledger: Ledger, subject: str, reason: str, clock: Clock) -> Entry:
    """Delete a person's id and every text about them, and record that it was done."""
    with writing(ledger, clock) as writer:
        kept = tuple(_all(ledger))
        own = {item.commitment for item in kept if item.about is None and item.value == subject}
        gone = sorted(own | {item.commitment for item in kept if item.about in own})
        if not gone:
            raise WrongUse(f"the ledger holds nothing about {subject!r}", "write the id as it was recorded")
        content = {"commitments": gone, "reason": reason}
        entry = writer.append([Draft(EntryKind.SUBJECT_ERASED, gone[0], content)])[0]
        for commitment in gone:
            _path(ledger, commitment).unlink()
        sync_folder(ledger.subjects)
    return entry


def _keep(ledger: Ledger, value: str, about: str | None) -> Kept:
    salt = secrets.token_hex(32)
    kept = Kept(commitment_of(salt, value), salt, value, about)
    ledger.subjects.mkdir(mode=0o700, parents=True, exist_ok=True)
    shown = {"salt": salt, "value": value, "about": about}
    replace_file(_path(ledger, kept.commitment), json.dumps(shown, ensure_ascii=False).encode(), mode=0o600)
    return kept


def _path(ledger: Ledger, commitment: str) -> Path:
    return ledger.subjects / f"{commitment}.json"


def _all(ledger: Ledger) -> Iterator[Kept]:
    for path in sorted(ledger.subjects.glob("*.json")):
        kept = _read(path)
        if kept is not None:
            yield kept


def _read(path: Path) -> Kept | None:
    """The values behind a commitment, None where they were erased; LedgerDamaged if they do not fit it."""
    try:
        shown = json.loads(path.read_bytes())
        kept = Kept(path.stem, shown["salt"], shown["value"], shown["about"])
        fits = commitment_of(kept.salt, kept.value) == kept.commitment
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as problem:
        raise LedgerDamaged(f"{path} cannot be read: {problem}", "restore the file from a copy") from problem
    if not fits:
        raise LedgerDamaged(f"{path} does not fit its commitment: it was changed", "restore the file from a copy")
    return kept
