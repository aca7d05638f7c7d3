"""Which signatures of recorded approvals fit what they are of? Whether one counts is judged elsewhere.

Looked at by the bytes alone: an approval names the hash of an entry, and that entry's content is what was signed. Where
something stands behind a commitment it is not looked at, and is checked where it is judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

import orjson

from kpiledger.approvals.signed_content import signed_part
from kpiledger.approvals.sshsig import SignatureProblem, signed_digest, signer_of
from kpiledger.collector import uncollected
from kpiledger.ledger.frontier import Frontier
from kpiledger.ledger.merkle import leaf_hash
from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.ledger_index.lines import lines_of

_APPROVAL, _EVENT = b',"kind":"approval.recorded",', b',"kind":"agreement.'


@uncollected()
def fitting_signatures(ledger: Ledger, share: float = 1) -> Mapping[bytes, str]:
    """The public key of each signature that fits, by `signed_digest`; of the first share of all approvals."""
    events: dict[str, bytes] = {}
    given: list[tuple[str, str]] = []
    with lines_of(ledger.storage) as lines:
        for line in lines.after(Frontier(), signed_checkpoint(ledger).size):
            if _EVENT in line:
                events[leaf_hash(line).hex()] = line
            elif _APPROVAL in line:
                given += _of_approval(line)
    found = {}
    for event_hash, text in given[: ceil(len(given) * share)]:
        content = signed_part(events[event_hash]) if event_hash in events else None
        if content is None:
            continue
        try:
            found[signed_digest(text, content)] = signer_of(text, content)
        except SignatureProblem:
            continue  # who judges it says what is wrong
    return found


def _of_approval(line: bytes) -> list[tuple[str, str]]:
    """The hash of the event and the signature; nothing of a line that is no such entry: who examines it says so."""
    try:
        content = orjson.loads(line)["content"]
        event_hash, text = content["event_hash"], content["signature"]
    except (ValueError, KeyError, TypeError):
        return []
    return [(event_hash, text)] if isinstance(event_hash, str) and isinstance(text, str) else []
