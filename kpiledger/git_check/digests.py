"""What do an entry and a file say, as one digest for each meaning? Equal digests: nothing that is recorded differs.

Two contents have one digest where `recording.differing` finds no difference between them: a key that says nothing is
as one that is not there. Values of people who were erased have none; those are compared value by value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

import orjson

from kpiledger.git_check.held import AGREEMENTS, QUOTED
from kpiledger.ledger.contents import EVENT_OF_KIND, agreement_content
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.subjects import Gone
from kpiledger.loading.events import read_tree
from kpiledger.loading.shape import shaped
from kpiledger.specs.agreement import AgreementFile

_SIZE = 20  # as many bytes as git's own names have
LOOKED_UP = (AGREEMENTS, *(folder for folder, _ in QUOTED.values()))


def digest_of_content(content: Mapping[str, Any]) -> str:
    """The digest of an event's content, its kind among it."""
    return _digest(orjson.dumps(_said(content), option=orjson.OPT_SORT_KEYS))


def digest_of_text(text: str) -> str:
    """The digest of a text, whatever stands around it."""
    return _digest(text.strip().encode())


def digest_of_entry(entry: Entry, resolve: Callable[[Any], Any]) -> str | None:
    """The digest of what an entry recorded; None where it has none: another kind, or a value that is gone."""
    if entry.kind in QUOTED:
        text = entry.content[QUOTED[entry.kind][1]]
        return digest_of_text(text) if isinstance(text, str) else None
    if entry.kind not in EVENT_OF_KIND:
        return None
    content = {"event": EVENT_OF_KIND[entry.kind].value, **entry.content}
    if entry.has_commitments:
        content = resolve(content)
        if _has_gone(content):
            return None
    return digest_of_content(content)


def digests_of_file(folder: str, path: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Name and digest of all that a file says, a quoted text by its folder; nothing where it cannot be read."""
    if folder != AGREEMENTS:
        yield folder, digest_of_text(content.decode(errors="replace"))
        return
    spec, _ = shaped(read_tree(path, content), AgreementFile)
    for event in spec.events if spec else ():
        said = {"event": event.event.value, **agreement_content(spec.holder, event)} if spec else {}
        yield event.agreement, digest_of_content(said)


def _said(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _said(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_said(item) for item in value]
    return value


def _has_gone(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_gone, value.values()))
    return any(map(_has_gone, value)) if isinstance(value, list) else isinstance(value, Gone)


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=_SIZE).hexdigest()
