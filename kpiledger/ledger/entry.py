"""What is one entry of the ledger, and which bytes are it?

An entry's bytes are its RFC 8785 JSON; anything else that means the same is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from kpiledger.ledger.canonical import canonical_bytes, instant, instant_text
from kpiledger.ledger.merkle import leaf_hash
from kpiledger.ledger.schema import CONTENTS, EntryKind

FORMAT = "1"
# From U+E000 on the order of UTF-16 units, which RFC 8785 sorts keys by, is not the order of code points.
_BEYOND = re.compile(rb"[\xee-\xff]")
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


class Entry(NamedTuple):  # a frozen dataclass takes four times as long to make, and there are a hundred thousand
    """A recorded fact. `seq` counts from 1 and is its line in the file; leaf index is seq - 1.

    `hashed` is the leaf hash of `line`, where it is known already; two are equal whether it is known or not.
    """

    seq: int
    recorded_at: datetime
    kind: EntryKind
    key: str
    content: Mapping[str, Any]
    commit: str | None
    uncommitted: bool
    line: bytes
    hashed: bytes | None = None

    def __eq__(self, other: object) -> bool:
        """Whether it is an entry that says the same, in the same bytes."""
        return isinstance(other, Entry) and self[:-1] == other[:-1]

    def __ne__(self, other: object) -> bool:
        """As a tuple has one of its own."""
        return not self == other

    def __hash__(self) -> int:
        """Of its bytes."""
        return hash(self.line)

    @property
    def leaf(self) -> bytes:
        """The leaf hash of the entry's bytes, without the line end."""
        return self.hashed or leaf_hash(self.line)

    @property
    def entry_hash(self) -> str:
        """The leaf hash in hexadecimal, by which tables and pages name the entry."""
        return self.leaf.hex()

    @property
    def has_commitments(self) -> bool:
        """Whether it speaks of a person anywhere; quicker than to walk through its content."""
        return b'{"commitment":"' in self.line


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


def parse_entry(line: bytes, hashed: bytes | None = None) -> Entry:
    """Read an entry strictly: known keys, the schema of its kind, and canonical to the byte."""
    entry = decode_entry(line, hashed)
    require_strict(entry)
    return entry


def require_strict(entry: Entry) -> None:
    """EntryError unless a decoded entry is as its writer would have written it."""
    line = entry.line
    if not _is_canonical(line, _shown(entry)):
        if _is_canonical(line, orjson.loads(line)):
            raise EntryError("its seq or recorded_at is not in canonical form")
        raise EntryError("its bytes are not the canonical form of what they say")
    # Canonical ASCII holds no escape of another character, so every text in it is in form NFC.
    if not line.isascii() and not unicodedata.is_normalized("NFC", line.decode()):
        _require_normal_texts(_shown(entry))
    try:
        CONTENTS[entry.kind].validator.validate_python(entry.content)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise EntryError(f"its content does not fit {entry.kind.value}: {place}: {first['msg']}") from problem


def _shown(entry: Entry) -> dict[str, Any]:
    """What the bytes of an entry say."""
    return {
        "format": FORMAT,
        "seq": str(entry.seq),
        "recorded_at": instant_text(entry.recorded_at),
        "kind": entry.kind.value,
        "key": entry.key,
        "content": entry.content,
        "commit": entry.commit,
        "uncommitted": entry.uncommitted,
    }


def decode_entry(line: bytes, hashed: bytes | None = None) -> Entry:
    """Read an entry whose bytes a verified tree vouches for; canonical form is not looked at again."""
    try:
        shown = orjson.loads(line)
    except ValueError as problem:
        raise EntryError(f"it is no JSON: {problem}") from problem
    if not isinstance(shown, dict) or shown.keys() != _KEYS:
        raise EntryError(f"an entry has the keys {', '.join(sorted(_KEYS))}")
    if shown["format"] != FORMAT:
        raise EntryError(f"format {shown['format']!r} is not known here, only {FORMAT!r}")
    try:
        kind = EntryKind(shown["kind"])
        seq, recorded_at = int(shown["seq"]), instant(shown["recorded_at"])
    except (ValueError, TypeError, OverflowError) as problem:  # an unknown kind, a seq or a time that is none
        raise EntryError(str(problem)) from problem
    if kind not in CONTENTS:
        raise EntryError(f"entries of kind {kind.value} are not known to this version")
    key, content, commit, uncommitted = shown["key"], shown["content"], shown["commit"], shown["uncommitted"]
    if not (isinstance(key, str) and isinstance(content, dict) and isinstance(uncommitted, bool)):
        raise EntryError("key is a text, content a map, uncommitted true or false")
    if commit is not None and not isinstance(commit, str):
        raise EntryError("commit is a text or null")
    return Entry(seq, recorded_at, kind, key, content, commit, uncommitted, line, hashed)


def _is_canonical(line: bytes, shown: dict[str, Any]) -> bool:
    """Sorted and compact JSON is RFC 8785 where there are no numbers and no characters that sort otherwise."""
    try:
        if not line.isascii() and _BEYOND.search(line):
            return canonical_bytes(shown) == line
        return orjson.dumps(shown, option=orjson.OPT_SORT_KEYS) == line
    except (ValueError, TypeError):  # half a character, nested as no writer nests, or a number too long
        return False


def _require_normal_texts(value: Any) -> None:
    if isinstance(value, str):
        if not unicodedata.is_normalized("NFC", value):
            raise EntryError(f"the text {value!r} is not in Unicode form NFC")
    elif isinstance(value, dict):
        for key, item in value.items():
            _require_normal_texts(key)
            _require_normal_texts(item)
    elif isinstance(value, list):
        for item in value:
            _require_normal_texts(item)
