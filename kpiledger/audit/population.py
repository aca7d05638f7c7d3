"""Which changes of targets were there, each held against what stood before it?

The index folds them with the approvals that it keeps. Of agreements that speak of people it keeps none: these are
judged when they are asked for, and their changes made from the fold itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import orjson

from kpiledger.approvals import judging
from kpiledger.audit.answer import Asked
from kpiledger.audit.changing import Change, Told, change_of, indexed_changes, narrowed, told_events
from kpiledger.collector import uncollected
from kpiledger.folding import RecordedEvent
from kpiledger.folding.approval import NOT_REQUIRED, Approval
from kpiledger.folding.moves import Key, Move, moves
from kpiledger.folding.replay import PromisedTarget
from kpiledger.ledger.contents import EVENT_OF_KIND, recorded_events
from kpiledger.ledger_index.approving import are_approvals_asked, judging_entries

_UNKEPT = """
    select distinct event.agreement from event join entry using (seq) anti join approval_state using (seq)
    where {condition}
"""
_EVENTS = "select seq from event where agreement in (select unnest(?::varchar[]))"


def changes_of(asked: Asked, only: str = "true") -> Sequence[Change]:
    """All changes recorded between the days `from` and `to`, narrowed by the words given, in the order of entries.

    `only` is a condition on tables `change` and `entry`: what the question leaves out anyway need not be looked at. Of
    agreements that speak of people it gets everything.

    An event that promises the same again changes nothing. Old is what held before it: never what waited for an
    approval.
    """
    index = asked.index()
    with uncollected():
        events = told_events(asked)
        found = list(indexed_changes(asked, events, only))
    if not are_approvals_asked(index):
        return found
    condition, values = narrowed(asked, of_kpi=False)
    unkept = {name for (name,) in index.execute(_UNKEPT.format(condition=condition), list(values)).fetchall()}
    if not unkept:
        return found
    kept = [change for change in found if change.agreement not in unkept]
    return sorted((*kept, *_judged_here(asked, unkept, events)), key=_place)


def _place(change: Change) -> tuple[object, ...]:
    return change.seq, change.kpi, change.slice, change.member, change.changed_from


def _judged_here(asked: Asked, agreements: set[str], told: Mapping[int, Told]) -> Iterator[Change]:
    """What the events of some agreements changed, by the definition of the fold itself."""
    index, ledger = asked.index(), asked.ledger
    recorded = judging_entries(index, ledger, (seq for (seq,) in index.execute(_EVENTS, [[*agreements]]).fetchall()))
    states, entries = judging(ledger, recorded).states(), [entry for entry in recorded if entry.kind in EVENT_OF_KIND]
    said = {(entry.seq, *_target_key(target)): target for entry in entries for target in entry.content["targets"]}
    by_agreement: dict[str, list[RecordedEvent]] = {}
    for event in recorded_events(ledger, entries):
        by_agreement.setdefault(event.event.agreement, []).append(event)
    for events in by_agreement.values():
        for move in moves(events, states):
            if move.source.seq not in told or asked.words.get("kpi", move.key[0]) != move.key[0]:
                continue
            approval = states.get(move.source.entry_hash, NOT_REQUIRED)
            if change := _change_of(move, told[move.source.seq], said):
                yield change._replace(approval_state=approval.state.value, approved_at=_since(approval))


def _since(approval: Approval) -> datetime | None:
    """As the index has moments: UTC, and does not say so."""
    return approval.since and approval.since.astimezone(UTC).replace(tzinfo=None)


def _change_of(move: Move, event: Told, said: Mapping[tuple[Any, ...], Mapping[str, Any]]) -> Change | None:
    old, new = (side and said[(side.source.seq, *move.key)] for side in (move.old, move.new))
    grain = (move.new or move.old).target.target.grain.value  # type: ignore[union-attr]  # one of them is there
    what = "set" if old is None else "dropped" if new is None else "changed"
    contents = [target and orjson.dumps(target).decode() for target in (old, new)]
    days = [day for side in (move.old, move.new) for day in _days_of(side)]
    return change_of(event, (*move.key, move.first, move.last, what, grain, *contents, *days))


def _days_of(side: PromisedTarget | None) -> tuple[date | None, date | None]:
    return (side.source.event.valid_from, side.last_day) if side else (None, None)


def _target_key(target: Mapping[str, Any]) -> Key:
    name, member = next(iter(target["slice"].items()), ("all", "all"))
    return target["kpi"], name, member
