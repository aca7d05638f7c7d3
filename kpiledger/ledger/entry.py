"""What is one entry of the ledger, and which bytes are it?

An entry's bytes are its RFC 8785 JSON; anything else that means the same is refused.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from kpiledger.ledger.canonical import canonical_bytes, instant, instant_text
from kpiledger.ledger.merkle import leaf_hash
from kpiledger.ledger.schema import CONTENTS, EntryKind

FORMAT = "1"
_KEYS = {"format", "seq", "recorded_at", "kind", "key", "content", "commit", "uncommitted"}


class EntryError(ValueError):
    """The bytes are no entry of format 1; the store turns this into `LedgerDamaged`."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an author asks to be recorded; seq and recorded_at are the writer's to give.

    `commit` is the git commit that the content was read from, `uncommitted` says that there is none.
    """

    kind: EntryKind
    key: str
    content: Mapping[str, Any] = field(hash=False)
    commit: str | None = None
    uncommitted: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A recorded fact. `seq` counts from 1 and is its line in the file; leaf index is seq - 1."""

    seq: int
    recorded_at: datetime
    kind: EntryKind
    key: str
    content: Mapping[str, Any] = field(hash=False)
    commit: str | None
    uncommitted: bool
    line: bytes = field(repr=False)

    @property
    def leaf(self) -> bytes:
        """The leaf hash of the entry's bytes, without the line end."""
        return leaf_hash(self.line)

    @property
    def entry_hash(self) -> str:
        """The leaf hash in hexadecimal, by which tables and pages name the entry."""
        return self.leaf.hex()


def write_entry(draft: Draft, seq: int, recorded_at: datetime) -> Entry:
    """The entry of a draft; refused unless its own bytes read back as it."""
    line = canonical_bytes(
        {
            "format": FORMAT,
            "seq": str(seq),
            "recorded_at": instant_text(recorded_at),
            "kind": draft.kind.value,
            "key": draft.key,
            "content": dict(draft.content),
            "commit": draft.commit,
            "uncommitted": draft.uncommitted,
        }
    )
    return parse_entry(line)


def parse_entry(line: bytes) -> Entry:
    """Read an entry strictly: known keys, the schema of its kind, and canonical to the byte."""
    entry = decode_entry(line)
    shown = json.loads(line)
    if canonical_bytes(shown) != line:
        raise EntryError("its bytes are not the canonical form of what they say")
    if shown["seq"] != str(entry.seq) or shown["recorded_at"] != instant_text(entry.recorded_at):
        raise EntryError("its seq or recorded_at is not in canonical form")
    for text in _texts(shown):
        if not unicodedata.is_normalized("NFC", text):
            raise EntryError(f"the text {text!r} is not in Unicode form NFC")
    try:
        CONTENTS[entry.kind].model_validate(entry.content)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise EntryError(f"its content does not fit {entry.kind.value}: {place}: {first['msg']}") from problem
    return entry


def decode_entry(line: bytes) -> Entry:
    """Read an entry whose bytes a verified tree vouches for; canonical form is not looked at again."""
    try:
        shown = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise EntryError(f"it is no JSON: {problem}") from problem
    if not isinstance(shown, dict) or set(shown) != _KEYS:
        raise EntryError(f"an entry has the keys {', '.join(sorted(_KEYS))}")
    if shown["format"] != FORMAT:
        raise EntryError(f"format {shown['format']!r} is not known here, only {FORMAT!r}")
    try:
        kind = EntryKind(shown["kind"])
        seq, recorded_at = int(shown["seq"]), instant(shown["recorded_at"])
    except (ValueError, TypeError) as problem:  # an unknown kind, a seq or a time that is none
        raise EntryError(str(problem)) from problem
    if kind not in CONTENTS:
        raise EntryError(f"entries of kind {kind.value} are not known to this version")
    key, content, commit, uncommitted = (shown[name] for name in ("key", "content", "commit", "uncommitted"))
    if not (isinstance(key, str) and isinstance(content, dict) and isinstance(uncommitted, bool)):
        raise EntryError("key is a text, content a map, uncommitted true or false")
    if commit is not None and not isinstance(commit, str):
        raise EntryError("commit is a text or null")
    return Entry(seq, recorded_at, kind, key, content, commit, uncommitted, line)


def _texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value; a bare number is no text and is refused."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool):
        raise EntryError(f"{value!r} is a bare number; numbers in the ledger are decimal texts")
