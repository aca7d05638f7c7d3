"""What may an entry say of an objective: how sure somebody was, on a day, that a key result would be reached?"""

from __future__ import annotations

from typing_extensions import TypedDict

from kpiledger.ledger.schema.values import DateText, Number, Private, Text, closed


@closed
class CheckInContent(TypedDict):
    """That somebody looked at a key result, how sure they were that it would be reached, 0 to 1, and what they said.

    The note may tell of a person where a person checked in; then it is a commitment.
    """

    key_result: Text
    year: Number
    confidence: Number
    checked_in_on: DateText
    checked_in_by: Private
    note: Private | None
