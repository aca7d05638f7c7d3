"""Question 7: which events give no reason of the policy, or one whose text says nothing, and which trigger fired?"""

from __future__ import annotations

import re

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.asking import resolving_cells
from kpiledger.audit.changing import counted, narrowed, told
from kpiledger.audit.fired import UNRECORDED, fired_triggers
from kpiledger.audit.standing import tree_facts
from kpiledger.ledger.subjects import ERASED
from kpiledger.vocabulary import ReasonKind

_COLUMNS = (
    "what", "entry", "recorded_at", "agreement", "version", "event", "holder", "reason_kind", "reason_text",
    "evidence", "trigger", "proposed_by", "approved_by", "commit", "entry_hash",
)  # fmt: skip
_QUERY = """
    select event.seq, entry.recorded_at, event.agreement, event.agreement_version, event.event, event.holder,
        event.reason_kind, event.reason_text, event.evidence, event.fired_trigger, event.proposed_by,
        event.approved_by, entry.commit_id, entry.entry_hash, {unrecorded} as is_unrecorded
    from event join entry using (seq)
    where {condition} and (
        not list_contains(?::varchar[], event.reason_kind)
        or event.reason_text like 'commitment:%'
        or not regexp_matches(event.reason_text, '[\\pL\\pN]{{2}}.*[^\\pL\\pN][\\pL\\pN]{{2}}')
        or {unrecorded}
    )
    order by event.seq
"""
_COUNT = "select count(*) from event join entry using (seq) where {condition}"
# Two words of two letters or digits are the least that can say why.
_SAYS_SOMETHING = re.compile(r"[^\W_]{2}.*[\W_][^\W_]{2}", re.DOTALL)
_UNRECORDED = "it names a trigger that was not recorded as fired before"
_NOTES = ("No trigger that would explain a change is recorded in this ledger.",)


def answer(asked: Asked) -> Answer:
    """The events whose reason is of no known kind, or has no two words; erased texts cannot be judged."""
    condition, values = narrowed(asked)
    index, kinds = asked.index(), [kind.value for kind in ReasonKind]
    found = index.execute(_QUERY.format(condition=condition, unrecorded=UNRECORDED), [*values, kinds]).fetchall()
    resolved = resolving_cells(asked.ledger)
    rows, erased = [], 0
    for row in found:
        text = str(resolved(row[7]))
        erased += text == ERASED != row[7]
        *said, is_unrecorded = row
        what = _lacking(str(row[6]), text) or (_UNRECORDED if is_unrecorded else None)
        if what:
            rows.append((what, *said))
    (looked_at,) = index.execute(_COUNT.format(condition=condition), list(values)).fetchall()[0]
    summary = [f"{counted(len(rows), 'event')} of {looked_at} lack a reason, {told(asked.words)}"]
    if erased:
        summary.append(f"{counted(erased, 'text')} about people cannot be judged: erased")
    fired = fired_triggers(asked)
    summary += [one.told for one in fired]
    facts = {"events": looked_at, "lacking": len(rows), "erased": erased, **tree_facts(index)}
    if fired:
        facts["triggers"] = len(fired)
    return Answer(_COLUMNS, rows, tuple(summary), () if fired else _NOTES, holds=not rows, facts=facts)


def _lacking(kind: str, text: str) -> str | None:
    if kind not in set(ReasonKind):
        return f"the kind is none of {', '.join(ReasonKind)}"
    if text != ERASED and not _SAYS_SOMETHING.search(text):
        return "the text does not say why"
    return None


QUESTION = Question(
    7,
    "Changes without a reason from the policy's list or with a text that says nothing, and which trigger fired",
    answer,
    takes=("from", "to", "holder", "agreement"),
)
