"""How does an approver sign a close, and does a recorded signature hold?

Signed are the canonical bytes of the entry's content without the signature. People stand in it as commitments, so what
was signed can be checked after they were erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kpiledger.approvals.contents import person_of, recorded_key, recorded_standing
from kpiledger.approvals.judging import refuse_key
from kpiledger.approvals.signing import public_key_of, sign
from kpiledger.approvals.sshsig import SignatureProblem, read_signature, require_signed
from kpiledger.approvals.standing import NOBODY, Key, Standing, keys_in_files
from kpiledger.closing.four_eyes import Deed, lacks_right
from kpiledger.closing.standing import KINDS
from kpiledger.ledger.canonical import canonical_bytes
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.project import Project
from kpiledger.specs.signing import CLOSE_NAMESPACE, SIGNERS, fingerprint


def refusals_of_key(project: Project, deed: Deed, key: Path) -> Iterator[str]:
    """Why a key does not speak for the approver of a close."""
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
    """What a signature of a close is over."""
    return canonical_bytes({name: value for name, value in content.items() if name != "signature"})


@dataclass(frozen=True, slots=True)
class Judged:
    """A recorded deed on a period: whether it is signed, and what does not hold of it."""

    entry: Entry
    is_signed: bool
    problems: tuple[str, ...]


def judged_deeds(entries: Iterable[Entry], units: frozenset[str] | None) -> Iterator[Judged]:
    """Every close, lock, reopening, restatement and override, judged by policy and keys as recorded before it.

    `units` are those of the whole company; without them the right to approve is not judged.
    """
    standing, keys = NOBODY, dict[tuple[str, str], Key]()
    for entry in entries:
        if entry.kind is EntryKind.AUTHORITY_RECORDED:
            standing = recorded_standing(entry.content)
        elif entry.kind is EntryKind.KEY_ADDED:
            found = recorded_key(entry.content)
            keys[found.person, entry.content["fingerprint"]] = found
        elif entry.kind is EntryKind.KEY_REVOKED:
            keys.pop((person_of(entry.content["person"]), entry.content["fingerprint"]), None)
        elif entry.kind in (*KINDS, EntryKind.CHECK_OVERRIDDEN):
            signature = entry.content.get("signature")
            problems = [*_of_people(entry, standing, units), *(_of_signature(entry, keys) if signature else ())]
            yield Judged(entry, signature is not None, tuple(problems))


def done_by(entry: Entry) -> Any:
    """Who did it, as recorded."""
    return next(value for name, value in entry.content.items() if name.endswith("_by") and name != "approved_by")


def _of_people(entry: Entry, standing: Standing, units: frozenset[str] | None) -> Iterator[str]:
    approver = person_of(entry.content["approved_by"])
    if approver == person_of(done_by(entry)):
        yield "the same person did it and approved it"
    if units is not None and (why := lacks_right(standing, units, approver, entry.recorded_at.date())):
        yield f"its approver {why}"


def _of_signature(entry: Entry, keys: Mapping[tuple[str, str], Key]) -> Iterator[str]:
    said = entry.content["signature"]
    known = keys.get((person_of(entry.content["approved_by"]), said["fingerprint"]))
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
