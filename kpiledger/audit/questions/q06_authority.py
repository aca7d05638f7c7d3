"""Question 6: which changes were decided by someone who should not have, was only just let in, or came too late?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from kpiledger.approvals.doubts import doubts_of
from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.approving import Approvals, approvals_among
from kpiledger.audit.asking import all_resolved
from kpiledger.audit.changing import counted, narrowed, told
from kpiledger.audit.standing import tree_facts
from kpiledger.audit.standing_then import Known, Policy, Then, changes_of_the_past, policies_of, then_by, told_by
from kpiledger.audit.words import number_of, recorded_between
from kpiledger.vocabulary import ApprovalState

_COLUMNS = (
    "what", "detail", "entry", "recorded_at", "agreement", "version", "event", "holder", "proposed_by", "approved_by",
    "approval_state", "decided_on", "valid_from", "reason_kind", "reason_text", "entry_hash",
)  # fmt: skip
_QUERY = """
    select event.seq, entry.recorded_at, event.agreement, event.agreement_version, event.event, event.holder,
        event.proposed_by, event.approved_by, event.decided_on, event.valid_from, event.reason_kind,
        event.reason_text, entry.entry_hash
    from event join entry using (seq) where {condition} order by event.seq
"""
_NOTES = (
    "Who held which role on the day of a decision is judged by the policy that was recorded by then, else by the first "
    "one, and by every later one: what any of them says stands. Where none is recorded, by metrics/organisation.yml "
    "and metrics/approvers/authority.yml as they are now. Keys, roles and rights behind an approval are those that the "
    "ledger had when it was recorded.",
    "A key or a right to approve is new for so many days after it was recorded as `new_approver_days` in kpiledger.yml "
    "says, or --days here.",
    "Where no approval is asked for, an event counts as approved on the day that it says it was decided on.",
)


class Event(NamedTuple):
    """An agreement event with its people by their ids."""

    seq: int
    recorded_at: datetime
    agreement: str
    version: int
    event: str
    holder: str
    proposed_by: str
    approved_by: str
    decided_on: date
    valid_from: date
    reason_kind: str
    reason_text: str
    entry_hash: str


def answer(asked: Asked) -> Answer:
    """One row for each thing that is wrong with who decided an event, and when."""
    condition, values = narrowed(asked)
    found = asked.index().execute(_QUERY.format(condition=condition), list(values)).fetchall()
    events = [Event(*row) for row in all_resolved(found, len(Event._fields), asked.ledger)]  # type: ignore[arg-type]
    days = number_of(asked.words, "days", asked.settings.new_approver_days)
    approvals = approvals_among(asked, {event.entry_hash: event.seq for event in events}, days)
    policies = policies_of(asked)
    then = then_by(policies, asked)
    rows = [
        (what, detail, *_shown(event, approvals))
        for event in events
        for what, detail in (*_wrong(event, approvals, then), *_doubtful(event, approvals, days))
    ]
    flagged = len({row[2] for row in rows})
    rewritten = _rewritten(policies, asked)
    rows += rewritten
    summary = f"{flagged} of {counted(len(events), 'event')} are flagged, {told(asked.words)}"
    changes = [f"{counted(len(rewritten), 'change')} of the past by a later policy"] if rewritten else []
    kinds = {what: sum(row[0] == what for row in rows) for what in sorted({str(row[0]) for row in rows})}
    facts = {"events": len(events), "flagged": flagged, **kinds, **tree_facts(asked.index())}
    return Answer(_COLUMNS, rows, (summary, *changes), _NOTES, holds=not rows, facts=facts)


def _rewritten(policies: Sequence[Policy], asked: Asked) -> list[tuple[object, ...]]:
    """Of no agreement, and so not told where one or its holder is asked for."""
    if asked.words.keys() & {"holder", "agreement"}:
        return []
    first, end = recorded_between(asked.words)
    unsaid = (None,) * (len(_COLUMNS) - 5)
    return [
        ("policy changes the past", detail, policy.seq, policy.recorded_at, *unsaid, policy.entry_hash)
        for policy, detail in changes_of_the_past(policies)
        if first <= policy.recorded_at < end
    ]


def _wrong(event: Event, approvals: Approvals, then: Then) -> Iterator[tuple[str, str]]:
    judges = then.speaking_of(event.decided_on, event.seq)
    for what, says in (("author is approver", _is_both), ("approver sits in the measured unit", _sits_there)):
        yield from ((what, detail) for detail in told_by(judges, partial(says, event)))
    approval = approvals.of(event.entry_hash)
    if approval.state is not ApprovalState.APPROVED:
        verdicts = approvals.verdicts.get(event.entry_hash, ())
        for verdict in verdicts:
            yield f"approval {verdict.state.value}", verdict.why
        if approval.state is ApprovalState.UNAPPROVED:
            yield "not approved", f"the policy asks for an approval by {event.approved_by}, and none is recorded"
    if not approval.counts:
        return  # what nobody approved took no effect yet, so nothing came after it
    in_effect, decided = event.valid_from, event.decided_on
    if approval.state is ApprovalState.APPROVED and approval.recorded_at:
        decided = approval.recorded_at.date()
    if decided > in_effect:
        yield "approved after effect", f"{(decided - in_effect).days} days after {in_effect}"


def _is_both(event: Event, known: Known) -> Iterator[str]:
    day, names = event.decided_on, f"proposed by {event.proposed_by}, approved by {event.approved_by}"
    if event.proposed_by == event.approved_by:
        yield names
    elif own := known.people_behind(event.proposed_by, day) & known.people_behind(event.approved_by, day):
        yield f"{', '.join(sorted(own))} was both on {day}: {names}"


def _sits_there(event: Event, known: Known) -> Iterator[str]:
    """By the role's unit; where that is another, by the units of the other roles of whoever has it on the day."""
    day, approver = event.decided_on, event.approved_by
    measured = known.units_of(event.holder, day)
    if shared := known.units_of(approver, day) & measured:
        yield f"{approver} works in {', '.join(sorted(shared))}"
        return
    for person in sorted(known.people_behind(approver, day)):
        if shared := known.units_of(person, day) & measured:
            yield f"{person}, who was {approver} on {day}, works in {', '.join(sorted(shared))}"


def _doubtful(event: Event, approvals: Approvals, days: int) -> Iterator[tuple[str, str]]:
    """Of the approval that let the event count: a second one adds nothing."""
    for approval in approvals.verdicts.get(event.entry_hash, ()):
        if approval.seq == approvals.of(event.entry_hash).seq:
            yield from doubts_of(approval, days)


def _shown(event: Event, approvals: Approvals) -> tuple[object, ...]:
    return (
        event.seq, event.recorded_at, event.agreement, event.version, event.event, event.holder, event.proposed_by,
        event.approved_by, approvals.of(event.entry_hash).state.value, event.decided_on, event.valid_from,
        event.reason_kind, event.reason_text, event.entry_hash,
    )  # fmt: skip


QUESTION = Question(
    6,
    "Changes where the author is the approver, the approver sits in the measured unit, lacked authority or came late",
    answer,
    takes=("from", "to", "holder", "agreement", "days"),
)
