"""Question 20: which periods were reopened, by whom, why, for how long, and what changed meanwhile?

A reopened close is held against the close that followed it, or against what counts now where none did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.changing import counted
from kpiledger.audit.closes import closes_of, frozen_rows, uncounted
from kpiledger.audit.published import published
from kpiledger.audit.standing import tree_facts
from kpiledger.closing.columns import SCORECARD_KEY
from kpiledger.closing.places import SCORECARD_FILE
from kpiledger.closing.standing import Close
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.subjects import holder_name, resolving
from kpiledger.ledger_index.privacy import private_text, recorded_value
from kpiledger.warehouse import rows_of

COLUMNS = (
    "period", "close", "closed_at", "reopened_at", "reopened_by", "approved_by", "reason", "until", "closed_again_at",
    "changed", "entry",
)  # fmt: skip
Figures = Mapping[tuple[object, ...], tuple[Decimal | None, str, Decimal | None]]
_SHOWN = 20
_NOW = f"select {', '.join(SCORECARD_KEY)}, actual, status, target_value from kpi.fct_scorecard"


def answer(asked: Asked) -> Answer:
    """A row for each reopening; the figures that it changed are below, each as it was and as it became."""
    closes = closes_of(asked)
    reopened = [close for close in closes if close.reopening is not None]
    rows, notes = [], []
    for close in reopened:
        after = next((one for one in closes if one.period == close.period and one.ordinal == close.ordinal + 1), None)
        changed = list(_changed(asked, close, after))
        rows.append(_row(close, after, len(changed)))
        notes += [f"{close.period}/{close.ordinal} {text}" for text in changed[:_SHOWN]]
        if len(changed) > _SHOWN:
            notes.append(f"{close.period}/{close.ordinal} and {len(changed) - _SHOWN} more figures")
    told = f"{counted(len(reopened), 'reopening')} of {counted(len(closes), 'close')}"
    facts = {"reopenings": len(reopened), **tree_facts(asked.index())}
    void = uncounted(asked, EntryKind.PERIOD_REOPENED)
    return Answer(COLUMNS, rows, (told, *void), tuple(notes), holds=not void, facts=facts)


def _row(close: Close, after: Close | None, changed: int) -> tuple[object, ...]:
    entry = close.reopening
    assert entry is not None
    said = entry.content
    return (
        close.period, close.ordinal, close.closed_at, entry.recorded_at, private_text(said["reopened_by"]),
        private_text(said["approved_by"]), said["reason"], said["until"], after.closed_at if after else None, changed,
        entry.seq,
    )  # fmt: skip


def _changed(asked: Asked, close: Close, after: Close | None) -> Iterator[str]:
    then = _figures(asked, frozen_rows(asked, close, SCORECARD_FILE, "true", {}))
    if after is not None:
        now = _figures(asked, frozen_rows(asked, after, SCORECARD_FILE, "true", {}))
    else:
        with published(asked.settings) as warehouse:
            now = _figures(asked, rows_of(warehouse, _NOW))
    for key, (actual, status, target) in then.items():
        actual_now, status_now, target_now = now.get(key, (None, "not computed", None))
        if (actual, status, target) != (actual_now, status_now, target_now):
            name = " ".join(str(part) for part in key[:4] if part != "all")
            became = _said(actual_now, target_now, status_now)
            yield f"{name} {key[4]} from {key[5]}: {_said(actual, target, status)} -> {became}"


def _figures(asked: Asked, rows: Sequence[Mapping[str, Any]]) -> Figures:
    value_of = resolving(asked.ledger)

    def key(row: Mapping[str, Any]) -> tuple[object, ...]:
        return (holder_name(value_of(recorded_value(row["holder"]))), *(row[name] for name in SCORECARD_KEY[1:]))

    return {key(row): (row["actual"], row["status"], row["target_value"]) for row in rows}


def _said(actual: Decimal | None, target: Decimal | None, status: str) -> str:
    """A figure, what it was held against, and how it stood."""
    shown = "nothing" if actual is None else f"{actual.normalize():f}"
    return f"{shown} {status}" if target is None else f"{shown} of {target.normalize():f} {status}"


QUESTION = Question(
    20, "All reopenings: by whom, why, for how long, and what changed meanwhile", answer, takes=("period",)
)
