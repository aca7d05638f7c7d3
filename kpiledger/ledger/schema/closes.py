"""What may an entry say of a closed period, and of a check that was set aside for it?"""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

from kpiledger.ledger.schema.values import DateText, Digest, Number, PeriodText, Private, Text, closed


@closed
class InForceContent(TypedDict):
    """A version of an agreement that held in a closed period, and the entry that made it."""

    agreement: Text
    version: Number
    entry_seq: Number
    entry_hash: Digest


@closed
class CheckContent(TypedDict):
    """How a check of the published run ended; `override` is the hash of the entry that let it pass."""

    source: Text
    table: Text
    rule: Text
    outcome: Text
    override: NotRequired[Digest | None]


@closed
class AnswerContent(TypedDict):
    """An answer of the quick check, and the reason for which a `no` was accepted."""

    kpi: Text
    question: Text
    is_yes: bool
    told: Text
    accepted: NotRequired[Text | None]


@closed
class CloseSignatureContent(TypedDict):
    """The approver's signature over the content of the close without it."""

    fingerprint: Text
    signature: Text


@closed
class CloseContent(TypedDict):
    """That a period was closed: what was frozen, by the hashes of its files, and what it rested on.

    `files` are paths below the folder of the close. `models` are the SQL texts that made the numbers, `inputs` the
    extracts, `definitions` hashes by KPI and version. `rules` are the hashes of what the checks were declared by, and
    `marts` of the tables that facts read; `is_mart_unchecked` where its publication was recorded without them.
    """

    period: PeriodText
    ordinal: Number
    first_day: DateText
    last_day: DateText
    closed_by: Private
    approved_by: Private
    is_locked: bool
    as_of_on: DateText
    run_id: Text
    publication_hash: Digest
    rows: dict[Text, Number]
    files: dict[Text, Digest]
    agreements: list[InForceContent]
    definitions: dict[Text, dict[Number, Digest]]
    models: dict[Text, Digest]
    inputs: dict[Text, Digest]
    checks: list[CheckContent]
    quick_check: list[AnswerContent]
    rules: NotRequired[dict[Text, Digest]]
    marts: NotRequired[dict[Text, Digest]]
    is_mart_unchecked: NotRequired[bool]
    signature: NotRequired[CloseSignatureContent | None]


@closed
class LockContent(TypedDict):
    """That a closed period was locked: it is not reopened any more."""

    period: PeriodText
    ordinal: Number
    close_hash: Digest
    locked_by: Private
    approved_by: Private
    quick_check: list[AnswerContent]
    signature: NotRequired[CloseSignatureContent | None]


@closed
class ReopeningContent(TypedDict):
    """That a closed period was opened again, why, and until when it is to be closed anew."""

    period: PeriodText
    ordinal: Number
    close_hash: Digest
    reason: Text
    reopened_by: Private
    approved_by: Private
    until: DateText | None
    signature: NotRequired[CloseSignatureContent | None]


@closed
class RestatementContent(TypedDict):
    """That figures of a closed period were restated: the rows by the hashes of their files, and how many by cause.

    `files` are paths below the folder of the close, the extracts and statements that made the figures among them.
    `as_of_on` is the day that the run was asked for which computed them.
    """

    period: PeriodText
    ordinal: Number
    restatement: Number
    close_hash: Digest
    run_id: Text
    reason: Text
    restated_by: Private
    approved_by: Private
    rows: dict[Text, Number]
    files: dict[Text, Digest]
    causes: dict[Text, Number]
    as_of_on: NotRequired[DateText | None]
    signature: NotRequired[CloseSignatureContent | None]


@closed
class OverrideContent(TypedDict):
    """That a check may fail for a period until that is closed, or a day is over, and why.

    `table` narrows it to one table of the source. One without `until` was recorded before overrides ran out.
    """

    check: Text
    source: Text
    period: PeriodText
    reason: Text
    overridden_by: Private
    approved_by: Private
    table: NotRequired[Text | None]
    until: NotRequired[DateText | None]
    signature: NotRequired[CloseSignatureContent | None]
