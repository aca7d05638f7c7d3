"""What may an entry say of a number: its definition, and what a run published?"""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

from kpiledger.ledger.schema.values import DateText, Digest, Number, PlainMap, Private, Text, closed


@closed
class ChangeContent(TypedDict):
    """Why a version of a KPI was made."""

    reason: Text
    requested_by: Private


@closed
class DefinitionContent(TypedDict):
    """A version of a KPI. `definition` is what makes its numbers; `definition_hash` is of its bytes.

    `depends_on` has the definition hash of each version of a KPI that it was derived from when it was recorded.
    """

    kpi: Text
    version: Number
    valid_from: DateText
    change: ChangeContent
    definition: PlainMap
    definition_hash: Digest
    depends_on: dict[Text, dict[Number, Digest]]


@closed
class WaiverContent(TypedDict):
    """That something was accepted for a while; `reason_hash` is of the reason's words."""

    of: Text
    valid_from: DateText
    expires_on: DateText
    reason_hash: Digest


@closed
class PublicationContent(TypedDict):
    """What a run published: the hash of each table, or whatever else was published, by its name.

    `inputs` are the extracts that it was made from: the hash of each by its source and table, as `erp.orders`;
    `recipe` is the hash of the statements that made the values of them. `marts` are the hashes of the tables that facts
    read, `rules` of what the checks were declared by: each source's file of expectations, and the waivers. `waivers`
    are those of the file, so that it is known which there were when they are taken out.
    """

    run_id: Text
    as_of_on: DateText | None
    hashes: dict[Text, Digest]
    inputs: NotRequired[dict[Text, Digest]]
    recipe: NotRequired[Digest | None]
    marts: NotRequired[dict[Text, Digest]]
    rules: NotRequired[dict[Text, Digest]]
    waivers: NotRequired[list[WaiverContent]]
