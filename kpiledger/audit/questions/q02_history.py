"""Question 2: the full history of an agreement: every version, who, when, why, and how its approval stands."""

from __future__ import annotations

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.changing import counted
from kpiledger.audit.standing import tree_facts
from kpiledger.errors import WrongUse
from kpiledger.folding.approval import NOT_REQUIRED
from kpiledger.reports.history import change_line, history

_COLUMNS = (
    "version", "event", "holder", "valid_from", "valid_to", "is_pending", "displaced_at", "proposed_by", "approved_by",
    "approval_state", "approval_entry", "approval_recorded_at", "reason_kind", "reason_text", "fired_trigger",
    "evidence", "changes", "decided_on", "entry", "recorded_at", "commit", "entry_hash",
)  # fmt: skip


def answer(asked: Asked) -> Answer:
    """Each version in the order recorded, with old and new figures."""
    index, name = asked.index(), asked.words["agreement"]
    found = history(asked.ledger, index, name)
    if not all(step.decided_on for step in found.steps):
        hint = "`kpi history` shows what was agreed on a KPI, question 10 how it was defined"
        raise WrongUse(f"`{name}` is a KPI and no agreement", hint)
    rows = []
    for step in found.steps:
        approval = step.approval or NOT_REQUIRED
        rows.append((
            step.version, step.event, step.holder, step.valid_from, step.valid_to, step.is_pending, step.superseded_at,
            step.proposed_by, step.approved_by, approval.state.value, approval.seq, approval.recorded_at,
            step.reason_kind, step.reason_text, step.fired_trigger, step.evidence,
            "; ".join(change_line(one) for one in step.changes), step.decided_on, step.seq,
            step.recorded_at, step.commit, step.entry_hash,
        ))  # fmt: skip
    summary = f"{name}: {counted(len(rows), 'version')}"
    return Answer(_COLUMNS, rows, (summary,), facts={"versions": len(rows), **tree_facts(index)})


QUESTION = Question(
    2,
    "The full history of an agreement: each version, who, when, from when, why, approval, evidence and commit",
    answer,
    needs=("agreement",),
)
