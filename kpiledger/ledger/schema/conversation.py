"""What may an entry say of the conversation on targets: a trigger that fired, and a decision that was noted?"""

from __future__ import annotations

from typing_extensions import TypedDict

from kpiledger.ledger.schema.values import DateText, Digest, Number, PeriodText, Private, Text, closed


@closed
class TriggerFiredContent(TypedDict):
    """That a period fired a trigger: its figure, what it was compared with, and the bounds, as known in that run.

    The sentence, and who is asked, stand in the event that agreed to it.
    """

    agreement: Text
    trigger: Text
    period: PeriodText
    event_seq: Number
    event_hash: Digest
    value: Number
    reference: Number | None
    change: Number | None
    at_least: Number | None
    at_most: Number | None
    in_a_row: Number
    then: Text
    run_id: Text
    as_of_on: DateText
    due_on: DateText


@closed
class DecisionContent(TypedDict):
    """What was decided in the conversation on a holder's period; `closes` is the review item that it answers.

    Both texts may tell of a person where the holder is one; then they are commitments.
    """

    holder: Private
    period: PeriodText
    kpi: Text | None
    says: Private
    decided_by: Private
    decided_on: DateText
    closes: Private | None
    evidence: str | None
