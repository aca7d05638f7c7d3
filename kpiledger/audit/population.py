"""Which changes of targets were there, each held against what stood before it?

The index folds without approvals, which are judged when they are asked for. So the changes of the few agreements with a
pending event are made from the fold itself, and all others are taken from the index.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from kpiledger.audit.answer import Asked
from kpiledger.audit.approving import Approvals, states_among
from kpiledger.audit.changing import Change, change_of, indexed_changes, narrowed, told_events
from kpiledger.collector import uncollected
from kpiledger.folding import RecordedEvent
from kpiledger.folding.approval import Approval
from kpiledger.folding.moves import Key, Move, moves
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger_index.entries import event_entries

_TOUCHED = """
    select event.seq, event.agreement, event.agreement_version, entry.entry_hash from event join entry using (seq)
    where event.agreement in (select event.agreement from event join entry using (seq) where {condition})
"""


def changes_of(asked: Asked, only: str = "true") -> list[Change]:
    """All changes recorded between the days `from` and `to`, narrowed by the words given, in the order of entries.

    `only` is a condition on tables `change` and `entry`: what the question leaves out anyway need not be looked at. Of
    agreements with a pending event it gets everything.

    An event that promises the same again changes nothing. Old is what held before it: never what waited for an
    approval.
    """
    return changes_with_approvals(asked, only)[0]


def changes_with_approvals(asked: Asked, only: str = "true") -> tuple[list[Change], Approvals]:
    """`changes_of`, and how their events stand, which need not be judged a second time."""
    index = asked.index()
    with uncollected():
        found = list(indexed_changes(asked, only))
    if not index.execute("select 1 from entry where kind = 'authority.recorded' limit 1").fetchall():
        return found, states_among(asked, {change.entry_hash: change.seq for change in found})
    condition, values = narrowed(asked, of_kpi=False)
    touched = index.execute(_TOUCHED.format(condition=condition), list(values)).fetchall()
    approvals = states_among(asked, {entry_hash: seq for seq, _, _, entry_hash in touched})
    pending = {
        agreement
        for _, agreement, version, entry_hash in touched
        if version > 1 and not approvals.of(entry_hash).counts
    }
    kept = [change for change in found if change.agreement not in pending]
    whole = [*kept, *_of_pending(asked, pending, approvals.states)] if pending else kept
    whole.sort(key=lambda one: (one.seq, one.kpi, one.slice, one.member, one.changed_from))
    return [one._replace(approval_state=approvals.of(one.entry_hash).state.value) for one in whole], approvals


def _of_pending(asked: Asked, agreements: set[str], states: Mapping[str, Approval]) -> Iterator[Change]:
    """What the events of some agreements changed, by the definition of the fold itself."""
    entries, told = event_entries(asked.index(), asked.ledger, agreements), told_events(asked)
    said = {(entry.seq, *_target_key(target)): target for entry in entries for target in entry.content["targets"]}
    by_agreement: dict[str, list[RecordedEvent]] = {}
    for event in recorded_events(asked.ledger, entries):
        by_agreement.setdefault(event.event.agreement, []).append(event)
    for events in by_agreement.values():
        for move in moves(events, states):
            if move.source.seq not in told or asked.words.get("kpi", move.key[0]) != move.key[0]:
                continue
            if change := _change_of(move, told[move.source.seq], said):
                yield change


def _change_of(move: Move, event: tuple[Any, ...], said: Mapping[tuple[Any, ...], Mapping[str, Any]]) -> Change | None:
    old, new = (side and said[(side.source.seq, *move.key)] for side in (move.old, move.new))
    grain = (move.new or move.old).target.target.grain.value  # type: ignore[union-attr]  # one of them is there
    what = "set" if old is None else "dropped" if new is None else "changed"
    contents = [target and orjson.dumps(target).decode() for target in (old, new)]
    return change_of(event, (*move.key, move.first, move.last, what, grain, *contents))


def _target_key(target: Mapping[str, Any]) -> Key:
    name, member = next(iter(target["slice"].items()), ("all", "all"))
    return target["kpi"], name, member
