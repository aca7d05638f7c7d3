"""Does a signature over an agreement event count, and if not, why not?

All questions about days are asked for the day of the decision. The person who proposed does not approve, whichever
roles they hold, and nobody approves what they themselves are held to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import NamedTuple

from kpiledger.approvals.sshsig import SignatureProblem, signed_digest, signer_of
from kpiledger.approvals.standing import Key, Standing
from kpiledger.specs.signing import fingerprint
from kpiledger.vocabulary import ApprovalState


class Asked(NamedTuple):
    """What an event says about who decided; people as the standing has them."""

    holder: str
    decided_on: date
    proposed_by: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a signature counts; `why` says what is wrong with it, and is empty where it is approved.

    `is_unknown` tells a refusal because the key is nobody's, or no longer, from all others.
    """

    state: ApprovalState
    why: str = ""
    hint: str = ""
    is_unknown: bool = False


_Refusal = tuple[str, str]
_UNASKED: _Refusal = ("", "")  # in place of what was found already, None among it
_APPROVED = Verdict(ApprovalState.APPROVED)
_UNKNOWN: Mapping[bytes, str] = MappingProxyType({})


def judge(
    text: str,
    content: bytes | None,
    person: str,
    asked: Asked,
    standing: Standing,
    keys: Iterable[Key],
    fitting: Mapping[bytes, str] = _UNKNOWN,
) -> Verdict:
    """How a person's signature over an event stands; without `content`, what was erased, only who signed is judged.

    `fitting` has the public key of each signature that was already found to fit, by `signed_digest`.
    """
    if content is not None:
        try:
            public_key = (fitting and fitting.get(signed_digest(text, content))) or signer_of(text, content)
        except SignatureProblem as problem:
            hint = "put the event back as it was signed, or delete the signature and approve anew with `kpi approve`"
            return Verdict(ApprovalState.VOID, str(problem), hint)
        own = [key for key in keys if key.person == person and key.public_key == public_key]
        refusal = refuse_key(own, person, public_key, asked.decided_on)
        if refusal:
            return Verdict(ApprovalState.REFUSED, *refusal, is_unknown=not own)
    refusal = refuse_signer(standing, person, asked)
    return Verdict(ApprovalState.REFUSED, *refusal) if refusal else _APPROVED


def given_before(event: str) -> str:
    """That a signature is an earlier event's: what is signed does not say which event of its agreement it is."""
    return f"it was given to {event}, which says the same"


def refuse_key(keys: Iterable[Key], person: str, public_key: str, day: date) -> _Refusal | None:
    """Why a key does not speak for a person on a day, if it does not: what is wrong, and what to do."""
    found = [key for key in keys if key.public_key == public_key and key.person == person]
    if not found:
        return (
            f"the key {fingerprint(public_key)} is none of this person's",
            "add the key's line to metrics/approvers/allowed_signers",
        )
    if any(_counts_on(key, day) for key in found):
        return None
    spans = " and ".join(_span(key) for key in found)
    return (
        f"the key {fingerprint(public_key)} counts {spans}, and this was decided on {day}",
        "sign with the key of that day",
    )


def refuse_signer(standing: Standing, person: str, asked: Asked) -> _Refusal | None:
    """Why a person may not approve an event, if they may not: what is wrong, and what to do."""
    about = person, asked
    known = standing.refusals.get(about, _UNASKED)
    if known is _UNASKED:
        known = standing.refusals[about] = _refusal(standing, person, asked)
    return known


def _refusal(standing: Standing, person: str, asked: Asked) -> _Refusal | None:
    day = asked.decided_on
    roles = standing.roles_of(person, day)
    if person != asked.approved_by and asked.approved_by not in roles:
        why = f"the signer did not hold the role `{asked.approved_by}` on {day}"
        return why, "let somebody sign who did, or date the appointment in metrics/approvers/authority.yml"
    if person == asked.proposed_by or asked.proposed_by in roles:
        return f"the signer proposed it, as `{asked.proposed_by}`", "let somebody else approve it: four eyes see more"
    if person == asked.holder or asked.holder in roles:
        return "the signer is held to it", "let somebody else approve it"
    may = roles if person == asked.approved_by else (asked.approved_by,)
    if not standing.may_approve(may, standing.units_of(asked.holder, day), day):
        why = f"`{asked.approved_by}` had no authority to approve for `{asked.holder}` on {day}"
        return why, "let somebody approve who has it, or give it in metrics/approvers/authority.yml"
    return None


def _counts_on(key: Key, day: date) -> bool:
    """As ssh-keygen judges at the first moment of the day in UTC, both ends included."""
    moment = datetime.combine(day, time(), UTC)
    begins = key.valid_after is None or key.valid_after <= moment
    return begins and (key.valid_before is None or moment <= key.valid_before)


def _span(key: Key) -> str:
    first = f"from {key.valid_after:%Y-%m-%d}" if key.valid_after else ""
    last = f"until {key.valid_before:%Y-%m-%d}" if key.valid_before else ""
    return " ".join(part for part in (first, last) if part) or "always"
