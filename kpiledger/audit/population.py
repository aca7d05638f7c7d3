"""Which changes of targets were there, each held against what stood before it?

The index folds without approvals, which are judged when they are asked for. So the changes of the few agreements with a
pending event are made from the fold itself, and all others are taken from the index.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kpiledger.audit.answer import Asked
from kpiledger.audit.approving import approvals_among
from kpiledger.audit.changing import Change, indexed_changes, narrowed
from kpiledger.folding import RecordedEvent
from kpiledger.folding.approval import Approval
from kpiledger.folding.moves import Key, Move, moves
from kpiledger.ledger.collector import uncollected
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger_index.entries import event_entries
from kpiledger.ledger_index.promising import figures_of

_TOUCHED = """
    select event.seq, event.agreement, event.agreement_version, entry.entry_hash from event join entry using (seq)
    where event.agreement in (select event.agreement from event join entry using (seq) where {condition})
"""
_EVENTS = """
    select event.seq, recorded_at, agreement, agreement_version, event, holder, decided_on, reason_kind, reason_text,
        evidence, proposed_by, approved_by, commit_id, entry_hash
    from event join entry using (seq) where {condition}
"""


def changes_of(asked: Asked, only: str = "true") -> list[Change]:
    """All changes recorded between the days `from` and `to`, narrowed by the words given, in the order of entries.

    `only` is a condition on tables `change` and `entry`: what the question leaves out anyway need not be looked at. Of
    agreements with a pending event it gets everything.

    An event that promises the same again changes nothing. Old is what held before it: never what waited for an
    approval.
    """
    index = asked.index()
    with uncollected():
        found = list(indexed_changes(asked, only))
    if not index.execute("select 1 from entry where kind = 'authority.recorded' limit 1").fetchall():
        return found
    condition, values = narrowed(asked, of_kpi=False)
    touched = index.execute(_TOUCHED.format(condition=condition), list(values)).fetchall()
    approvals = approvals_among(asked, [seq for seq, *_ in touched])
    pending = {
        agreement
        for _, agreement, version, entry_hash in touched
        if version > 1 and not approvals.of(entry_hash).counts
    }
    kept = [change for change in found if change.agreement not in pending]
    whole = [*kept, *_of_pending(asked, pending, approvals.states)] if pending else kept
    whole.sort(key=lambda one: (one.seq, one.kpi, one.slice, one.member, one.changed_from))
    return [one._replace(approval_state=approvals.of(one.entry_hash).state.value) for one in whole]


def _of_pending(asked: Asked, agreements: set[str], states: Mapping[str, Approval]) -> Iterator[Change]:
    """What the events of some agreements changed, by the definition of the fold itself."""
    condition, values = narrowed(asked, of_kpi=False)
    entries = event_entries(asked.index(), asked.ledger, agreements)
    rows = asked.index().execute(_EVENTS.format(condition=condition), list(values)).fetchall()
    cells = {row[0]: row for row in rows}
    said = {(entry.seq, *_target_key(target)): target for entry in entries for target in entry.content["targets"]}
    by_agreement: dict[str, list[RecordedEvent]] = {}
    for event in recorded_events(asked.ledger, entries):
        by_agreement.setdefault(event.event.agreement, []).append(event)
    for events in by_agreement.values():
        for move in moves(events, states):
            if move.source.seq in cells and asked.words.get("kpi", move.key[0]) == move.key[0]:
                change = _change_of(move, cells[move.source.seq], said)
                if change.old_figures != change.new_figures:
                    yield change


def _change_of(move: Move, cells: tuple[Any, ...], said: Mapping[tuple[Any, ...], Mapping[str, Any]]) -> Change:
    old, new = (side and said[(side.source.seq, *move.key)] for side in (move.old, move.new))
    days = move.first.toordinal(), move.last.toordinal()
    old_figures, new_figures = (figures_of(target, *days) if target else {} for target in (old, new))
    grain = (move.new or move.old).target.target.grain.value  # type: ignore[union-attr]  # one of them is there
    what = "set" if old is None else "dropped" if new is None else "changed"
    whole: list[Any] = [*cells[:6], *move.key, grain, move.first, move.last, what, old, new, *cells[6:]]
    whole += [old_figures, new_figures]
    return Change(*whole)


def _target_key(target: Mapping[str, Any]) -> Key:
    name, member = next(iter(target["slice"].items()), ("all", "all"))
    return target["kpi"], name, member
