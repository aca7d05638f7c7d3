"""What may an entry say of who may approve, with which key, how targets score, and what was approved?"""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

from kpiledger.ledger.schema.values import Commitment, DateText, Digest, MomentText, Number, Private, Text, closed


@closed
class GrantContent(TypedDict):
    """The right of a role to approve for units, all of them named."""

    role: Text
    units: list[Text]
    valid_from: DateText | None
    valid_to: DateText | None


@closed
class HoldingContent(TypedDict):
    """Who holds a role, on which days."""

    role: Text
    person: Commitment
    valid_from: DateText | None
    valid_to: DateText | None


@closed
class CloseSignaturesContent(TypedDict):
    """From which day on closes count only with the signature of their approver, who has the right for these units."""

    valid_from: DateText
    units: list[Text]


@closed
class AuthorityContent(TypedDict):
    """From when events need an approval, who may give it, who holds which role, and the unit of each role."""

    required_from: DateText
    authorities: list[GrantContent]
    holders: list[HoldingContent]
    role_units: dict[Text, Text | None]
    close_signatures: NotRequired[CloseSignaturesContent | None]


@closed
class ScoringContent(TypedDict):
    """What targets are worth by how far they are reached, from here on; before the first, 0.5, 1 and 1.2."""

    at_commit: Number
    at_target: Number
    at_stretch: Number
    reason: str | None


@closed
class KeyAddedContent(TypedDict):
    """A person's public key, and from when until when its signatures count; added again where that changes.

    `signs_closes` says that it is bound to closes as well.
    """

    person: Commitment
    fingerprint: Text
    public_key: Text
    valid_after: MomentText | None
    valid_before: MomentText | None
    signs_closes: NotRequired[bool]


@closed
class KeyRevokedContent(TypedDict):
    """A key whose later signatures do not count."""

    person: Commitment
    fingerprint: Text


@closed
class ApprovalContent(TypedDict):
    """That somebody signed an event: which one by its entry, over which bytes, in which role, with which key.

    Digest and signature tell whoever guesses a person's id that it is right, so they are commitments where the
    event names a person.
    """

    event: Text
    event_seq: Number
    event_hash: Digest
    content_hash: Digest | Commitment
    role: Private
    signer: Commitment
    fingerprint: Text
    signature: Private
