"""Which signatures of recorded approvals fit what they are of? Whether one counts is judged elsewhere.

Looked at by the bytes alone: an approval names the hash of an entry, and that entry's content is what was signed. Where
something stands behind a commitment it is not looked at, and is checked where it is judged.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

import orjson

from kpiledger.approvals.signed_content import signed_part
from kpiledger.approvals.sshsig import SignatureProblem, signed_digest, signer_of
from kpiledger.collector import uncollected
from kpiledger.ledger.lines import held_lines
from kpiledger.ledger.merkle import leaf_hash
from kpiledger.ledger.store import Ledger, signed_checkpoint

_APPROVAL, _EVENT = b',"kind":"approval.recorded",', b',"kind":"agreement.'


class _Given(NamedTuple):
    """An approval: the seq of its entry, its signature as written, and the content that it names."""

    seq: int
    text: str
    content: bytes


# Found once, however many parts are asked for.
_read: dict[tuple[str, int], Sequence[_Given]] = {}


@uncollected()
def fitting_signatures(ledger: Ledger, seqs: range) -> Mapping[bytes, str]:
    """The public key of each signature that fits, by `signed_digest`; of approvals whose entries are among these."""
    size = signed_checkpoint(ledger).size
    ledger_as_it_is = ledger.storage.place, size
    if ledger_as_it_is not in _read:
        _read.clear()
        _read[ledger_as_it_is] = _given(ledger, size)
    found: dict[bytes, str] = {}
    given_there = _read[ledger_as_it_is]
    first, end = (bisect_left(given_there, seq, key=attrgetter("seq")) for seq in (seqs.start, seqs.stop))
    for given in given_there[first:end]:
        try:
            found[signed_digest(given.text, given.content)] = signer_of(given.text, given.content)
        except SignatureProblem:
            continue  # who judges it says what is wrong
    return found


def _given(ledger: Ledger, size: int) -> Sequence[_Given]:
    events: dict[str, bytes] = {}
    found = []
    for seq, line in enumerate(held_lines(ledger.storage, size), 1):
        if _EVENT in line:
            events[leaf_hash(line).hex()] = line
        elif _APPROVAL in line:
            event_hash, text = _named(line)
            content = signed_part(events[event_hash]) if event_hash in events else None
            if text and content is not None:
                found.append(_Given(seq, text, content))
    return found


def _named(line: bytes) -> tuple[str, str]:
    """The hash of the event and the signature; nothing of a line that is no such entry: who examines it says so."""
    try:
        content = orjson.loads(line)["content"]
        event_hash, text = content["event_hash"], content["signature"]
    except (ValueError, KeyError, TypeError):
        return "", ""
    return (event_hash, text) if isinstance(event_hash, str) and isinstance(text, str) else ("", "")
