"""How does an approver sign a deed on a period, and does a recorded signature hold?

Signed are the canonical bytes of the entry's content without the signature. People stand in it as commitments, so what
was signed can be checked after they were erased.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kpiledger.approvals.judging import refuse_key
from kpiledger.approvals.signing import public_key_of, sign
from kpiledger.approvals.sshsig import SignatureProblem, read_signature, require_signed
from kpiledger.approvals.standing import Key, keys_in_files
from kpiledger.closing.four_eyes import Deed
from kpiledger.ledger.canonical import canonical_bytes
from kpiledger.ledger.entry import Entry
from kpiledger.project import Project
from kpiledger.specs.signing import CLOSE_NAMESPACE, SIGNERS, fingerprint


def refusals_of_key(project: Project, deed: Deed, key: Path) -> Iterator[str]:
    """Why a key does not speak for the approver of a deed."""
    public = public_key_of(key)
    refusal = refuse_key(keys_in_files(project), deed.approved_by, public, deed.on)
    bound = any(one.public_key == public and one.signs_closes for one in project.signers)
    if refusal:
        yield f"{deed.approved_by} cannot sign: {refusal[0]}"
    elif not bound:
        yield f'the key {fingerprint(public)} may not sign closes: {SIGNERS} needs namespaces="kpi-agreement,kpi-close"'


def with_signature(content: Mapping[str, Any], key: Path | None) -> dict[str, Any]:
    """The content with the approver's signature; as it is where nobody signs."""
    if key is None:
        return dict(content)
    text = sign(key, signed_bytes(content), CLOSE_NAMESPACE)
    return {**content, "signature": {"fingerprint": fingerprint(public_key_of(key)), "signature": text}}


def signed_bytes(content: Mapping[str, Any]) -> bytes:
    """What a signature of a deed is over."""
    return canonical_bytes({name: value for name, value in content.items() if name != "signature"})


def problems_of_signature(entry: Entry, known: Key | None) -> Iterator[str]:
    """Why a recorded signature is none of its approver's; `known` is the key of its fingerprint, if they had it."""
    said = entry.content["signature"]
    if known is None:
        yield f"it is signed with {said['fingerprint']}, which was no key of its approver when it was recorded"
        return
    refusal = refuse_key((known,), known.person, known.public_key, entry.recorded_at.date())
    if refusal:
        yield f"its signature does not count: {refusal[0]}"
    try:
        signature = read_signature(said["signature"])
        if signature.public_key != known.public_key:
            raise SignatureProblem("it is by another key than it says")
        require_signed(signature, signed_bytes(entry.content), CLOSE_NAMESPACE)
    except SignatureProblem as problem:
        yield f"its signature does not hold: {problem}"
