"""Had the signer's key, role or right run out by the time the ledger got the approval?

The day of a decision is its author's word. Whoever may no longer approve could still write a day on which they might,
and sign: so a signature counts only where it reached the ledger while they could, or soon after. What was over before
the ledger knew of it at all is history that is being brought in, and counts; question 6 shows both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from kpiledger.approvals.judging import Asked
from kpiledger.approvals.standing import Key, Standing

# A signature lies in git until it is merged and the next run records it. A month of closing lies between at worst.
GRACE = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that counts on the day of the decision: by whom, with which key, under which policy."""

    standing: Standing
    key: Key
    asked: Asked


@dataclass(frozen=True, slots=True)
class Lapse:
    """What had run out when the approval was recorded; `is_too_late` where it does not count for it."""

    what: str
    is_too_late: bool


def lapse_of(signed: Signed, recorded_on: date, key_known_on: date, policy_known_on: date) -> Lapse | None:
    """What had run out by the day of recording, if anything; the days say since when the ledger knew key and policy."""
    for over, known_on in ((_key_over, key_known_on), (_role_over, policy_known_on)):
        what = over(signed, recorded_on)
        if what:
            was_over = over(signed, recorded_on - GRACE) is not None
            return Lapse(what, was_over and over(signed, known_on) is None)
    return None


def _key_over(signed: Signed, day: date) -> str | None:
    last = signed.key.valid_before
    if day <= signed.asked.decided_on or last is None or datetime.combine(day, time(), UTC) <= last:
        return None
    return f"the key counted until {last:%Y-%m-%d}"


def _role_over(signed: Signed, day: date) -> str | None:
    standing, asked, person = signed.standing, signed.asked, signed.key.person
    if day <= asked.decided_on:
        return None
    roles = standing.roles_of(person, day)
    if person != asked.approved_by and asked.approved_by not in roles:
        return f"the signer no longer held the role `{asked.approved_by}`"
    may = roles if person == asked.approved_by else (asked.approved_by,)
    if not standing.may_approve(may, standing.units_of(asked.holder, asked.decided_on), day):
        return f"`{asked.approved_by}` could no longer approve for `{asked.holder}`"
    return None
