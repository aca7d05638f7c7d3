"""Records what was found: by whom, on which sheet, with how many errors, and signed where the person has a key."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from kpiledger.approvals.signing import public_key_of, sign
from kpiledger.approvals.sshsig import SignatureProblem, read_signature, require_signed
from kpiledger.errors import WrongUse
from kpiledger.ledger.canonical import canonical_bytes
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Clock, Ledger, read_entries, writing
from kpiledger.ledger.subjects import Gone, commit_subject, commit_text, resolve
from kpiledger.specs.signing import SIGNERS, Signer, fingerprint
from kpiledger.spot_checks.sample import Sample
from kpiledger.spot_checks.sheet import Answered, errors_by_part
from kpiledger.spot_checks.standing import SpotCheckStanding, spot_checks

# A signature under a sheet is none under an agreement, and the other way round.
NAMESPACE = "kpi-spot-check"
PERSON, MACHINE = "person", "machine"


@dataclass(frozen=True, slots=True)
class Judge:
    """Who judged: their name, and their key where they sign; `method` is person or machine."""

    name: str
    method: str
    key: Path | None = None


def judge_sample(
    check: SpotCheckStanding,
    sample: Sample,
    sheet: str,
    answers: Sequence[Answered],
    judge: Judge,
    ledger: Ledger,
    clock: Clock,
    people: Collection[str],
    signers: Collection[Signer],
) -> Entry:
    """Record a filled sheet; it is judged once, and what was found is never recorded anew."""
    assert check.draw is not None
    content: dict[str, Any] = {
        "drawn_seq": str(check.draw.seq),
        "method": judge.method,
        "sheet_hash": sha256(sheet.encode()).hexdigest(),
        "parts": [
            {"stratum": dict(stratum), "direction": way, "sample_size": str(rows), "errors_found": str(errors)}
            for stratum, way, rows, errors in errors_by_part(sample, answers)
        ],
        "judged_by": judge.name,
    }
    signature = _signature(check, content, judge, signers)
    with writing(ledger, clock) as writer:
        # Asked again while nobody else can write: two people with the same sheet, and one verdict.
        known = next(one for one in spot_checks(read_entries(ledger)) if one.name == check.name)
        if known.verdict is not None:
            raise WrongUse(
                f"{check.name} was judged already, in entry {known.verdict.seq}",
                "draw again with --reason where that verdict cannot stand",
            )
        content |= _private(ledger, judge, signature, people)
        return writer.append([Draft(EntryKind.SPOT_CHECK_JUDGED, check.name, content)])[0]


def signed_content(check: SpotCheckStanding, content: Mapping[str, Any]) -> bytes:
    """What a person signs: the verdict with the hash of the entry that drew the sample."""
    assert check.draw is not None
    told = {name: value for name, value in content.items() if name not in ("fingerprint", "signature")}
    return canonical_bytes({**told, "spot_check": check.name, "drawn_hash": check.draw.entry_hash})


def signature_problem(ledger: Ledger, check: SpotCheckStanding) -> str | None:
    """Why the signature of a recorded verdict does not hold, empty where it does; None where there is none."""
    assert check.verdict is not None
    content = resolve(ledger, check.verdict.content)
    if content["signature"] is None:
        return None
    if isinstance(content["signature"], Gone) or isinstance(content["judged_by"], Gone):
        return "the person was erased"
    try:
        signature = read_signature(content["signature"])
        require_signed(signature, signed_content(check, content), NAMESPACE)
    except SignatureProblem as problem:
        return str(problem)
    same = fingerprint(signature.public_key) == content["fingerprint"]
    return "" if same else "it is by another key than the one recorded"


def _signature(
    check: SpotCheckStanding, content: Mapping[str, Any], judge: Judge, signers: Collection[Signer]
) -> tuple[str, str] | None:
    """The fingerprint of the key and the signature; WrongUse where the key is not the person's."""
    if judge.key is None:
        return None
    public = public_key_of(judge.key)
    owners = [signer.person for signer in signers if signer.public_key == public]
    if judge.name not in owners:
        whose = f"{owners[0]}'s" if owners else f"not in {SIGNERS}"
        raise WrongUse(f"the key {fingerprint(public)} is {whose}", f"sign with a key of {judge.name}")
    return fingerprint(public), sign(judge.key, signed_content(check, content), NAMESPACE)


def _private(
    ledger: Ledger, judge: Judge, signature: tuple[str, str] | None, people: Collection[str]
) -> dict[str, Any]:
    shown, text = signature or (None, None)
    if judge.name not in people:
        return {"judged_by": judge.name, "fingerprint": shown, "signature": text}
    hidden = dict(commit_text(ledger, text, judge.name)) if text else None
    return {"judged_by": dict(commit_subject(ledger, judge.name)), "fingerprint": shown, "signature": hidden}
