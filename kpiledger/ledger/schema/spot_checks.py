"""What may an entry say of a spot check: its plan, the rows drawn, and the verdict?"""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

from kpiledger.ledger.schema.values import Digest, Number, PeriodText, Private, Text, closed


@closed
class SampledPart(TypedDict):
    """One stratum in one direction: how many rows there are, how many are drawn, and how many may be wrong.

    `population` is null where the source could not be reached: then nothing is drawn in that direction.
    """

    stratum: dict[Text, str | None]
    direction: Text
    population: Number | None
    sample_size: Number
    allowed_errors: Number


@closed
class SpotCheckPlanContent(TypedDict):
    """What is to be looked at, fixed before any row is drawn; `reason` says why a period is drawn once more."""

    source: Text
    table: Text
    model: Text
    period: PeriodText | None
    ordinal: Number
    reason: Text | None
    error_share_below: Number
    confidence: Number
    key: list[Text]
    columns: list[Text]
    parts: list[SampledPart]


@closed
class DrawnPart(TypedDict):
    """The keys drawn of a part, in the order drawn, by the SHA-256 of their lines; `rows_hash` has their values too.

    A draw that was recorded before values were has no `rows_hash`.
    """

    stratum: dict[Text, str | None]
    direction: Text
    keys_hash: Digest
    rows_hash: NotRequired[Digest | None]


@closed
class SpotCheckDrawContent(TypedDict):
    """The sample of a plan. Its seed comes from the root of the tree that ends with the plan, so nobody chose it.

    `word` is what an auditor added to the seed once the plan stood.
    """

    plan_seq: Number
    root: Digest
    seed: Digest
    parts: list[DrawnPart]
    word: NotRequired[Text | None]


@closed
class JudgedPart(TypedDict):
    """How many rows of a part were found wrong."""

    stratum: dict[Text, str | None]
    direction: Text
    sample_size: Number
    errors_found: Number


@closed
class SpotCheckVerdictContent(TypedDict):
    """What was found, by whom, on which sheet; `method` is `person`, or `machine` where values were compared by it."""

    drawn_seq: Number
    method: Text
    sheet_hash: Digest
    parts: list[JudgedPart]
    judged_by: Private
    fingerprint: Text | None
    signature: Private | None
