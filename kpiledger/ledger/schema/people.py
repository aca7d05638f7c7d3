"""What may an entry say of what happened to figures and texts about people?"""

from __future__ import annotations

from typing_extensions import TypedDict

from kpiledger.ledger.schema.values import Commitment, DateText, Digest, Private, Text, closed


@closed
class ErasureContent(TypedDict):
    """The commitments whose values were deleted, and why."""

    commitments: list[Digest]
    reason: Text


@closed
class ExportContent(TypedDict):
    """That figures of single people left the house: what, for what, by whom, and whose."""

    what: Text
    purpose: Text
    exported_by: Private
    holders: list[Commitment]


@closed
class InformationContent(TypedDict):
    """That a person was told of the KPIs they are held to; `agreement` where it was about one of them.

    `notice` is the length that was required before they count when it was recorded, as `6 weeks`.
    """

    holder: Commitment
    agreement: Text | None
    informed_on: DateText
    informed_by: Private
    notice: Text | None
