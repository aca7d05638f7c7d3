"""Do the lists of the side store say what its values say, and is each text about a person who is kept?

The lists are made from the values, so that a person's are found without reading all. One that lacks a text would hide
it from who asks what is held, and a text that is about nobody would outlive the erasure of whom it is about.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from kpiledger.errors import LedgerDamaged
from kpiledger.ledger.side_store import Kept, list_path, people_folder, read_kept
from kpiledger.ledger.store import Ledger

_LIST = re.compile(rb"(?:[0-9a-f]{64}\n)+")
_WAY_OUT = "restore the file from a copy"


def faults_of_lists(ledger: Ledger, erased: Collection[str]) -> Iterator[str]:
    """What is wrong with lists, and with values that no entry names; nothing where no lists were made yet.

    `erased` are the commitments that a recorded erasure names: retention may take a person before a text about them.
    """
    if not people_folder(ledger).exists():
        return
    kept: dict[str, Kept] = {}
    for path in sorted(ledger.subjects.glob("*.json")):
        try:
            found = read_kept(ledger, path.stem)
        except LedgerDamaged as damage:
            yield damage.message
            continue
        if found is not None:
            kept[path.stem] = found
    yield from _about_nobody(ledger, kept, erased)
    yield from _lists(ledger, kept)


def _about_nobody(ledger: Ledger, kept: Mapping[str, Kept], erased: Collection[str]) -> Iterator[str]:
    people = {*erased, *(commitment for commitment, one in kept.items() if one.about is None)}
    for commitment, one in kept.items():
        if one.about is not None and one.about not in people:
            yield f"{ledger.subjects / commitment}.json is about {one.about}, who is nobody kept: {_WAY_OUT}"


def _lists(ledger: Ledger, kept: Mapping[str, Kept]) -> Iterator[str]:
    """Each person's list: their own commitment first, then that of each text; those of erased texts stay in it."""
    texts: dict[str, set[str]] = {}
    for commitment, one in kept.items():
        if one.about is not None:
            texts.setdefault(one.about, set()).add(commitment)
    for own, one in kept.items():
        if one.about is None:
            yield from _list_of(list_path(ledger, one.value), own, texts.get(own, set()))


def _list_of(path: Path, own: str, texts: set[str]) -> Iterator[str]:
    if not path.exists():
        yield f"{path} is missing, the list of the values of {own}: {_WAY_OUT}"
        return
    content = path.read_bytes()
    lines = content.decode("ascii", errors="replace").split("\n")
    lacks = sorted(texts.difference(lines))
    if not _LIST.fullmatch(content) or lines[0] != own:
        yield f"{path} is no list of the values of {own}: it was changed; {_WAY_OUT}"
    elif lacks:
        yield f"{path} lacks {', '.join(lacks)}: it was changed; {_WAY_OUT}"
