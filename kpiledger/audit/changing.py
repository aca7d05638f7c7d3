"""Which changes of targets were recorded between two days: the population that several questions look into?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from kpiledger.audit.answer import Asked
from kpiledger.audit.cells import ByColumn, Row, columns_of
from kpiledger.audit.naming import cells_of
from kpiledger.audit.words import recorded_between
from kpiledger.folding.approval import COUNTING
from kpiledger.ledger_index.promising import Figures, figures_of, in_words, told_of

# One row per event, KPI, slice, member and run of days that it changed; who and why beside.
COLUMNS = (
    "entry", "recorded_at", "agreement", "version", "event", "holder", "kpi", "slice", "member", "changed_from",
    "changed_to", "change", "moved", "old", "new", "decided_on", "reason_kind", "reason_text", "evidence",
    "proposed_by", "approved_by", "approval_state", "commit", "entry_hash",
)  # fmt: skip
# What is told of an event stands beside each of its changes, and is read once. The targets named are looked up for the
# changes chosen only: their content is most of the index. An event of which no approval state is kept needs none, or is
# judged when it is asked for (`population`).
_EVENTS = """
    select event.seq, entry.recorded_at, agreement, agreement_version, event, holder, decided_on, reason_kind,
        reason_text, evidence, proposed_by, approved_by, coalesce(approval_state.state, 'not_required'),
        entry.commit_id, entry.entry_hash, case when approval_state.state = 'approved' then given.recorded_at end
    from event join entry using (seq) left join approval_state using (seq)
    left join entry as given on given.seq = approval_state.approval_seq
    where {condition}
"""
_CHANGES = """
    with chosen as materialized (
        select change.* from change join event using (seq) join entry using (seq) where {condition}
    ),
    named as materialized (
        select seq, kpi, slice, member, content from target
        where seq in (select old_seq from chosen union select new_seq from chosen)
    )
    select chosen.seq, chosen.kpi, chosen.slice, chosen.member, changed_from, changed_to, change, grain,
        old_target.content, new_target.content, old_from, old_to, new_from, new_to
    from chosen
    left join named as old_target on old_target.seq = chosen.old_seq and old_target.kpi = chosen.kpi
        and old_target.slice = chosen.slice and old_target.member = chosen.member
    left join named as new_target on new_target.seq = chosen.new_seq and new_target.kpi = chosen.kpi
        and new_target.slice = chosen.slice and new_target.member = chosen.member
    order by chosen.seq, chosen.kpi, chosen.slice, chosen.member, chosen.changed_from
"""
_AT_ONCE = 10_000
_COUNTING = frozenset(state.value for state in COUNTING)
# The words by which a population may be narrowed; a question that looks into it takes them all.
NARROWING = ("from", "to", "kpi", "holder", "agreement")

Target = Mapping[str, Any]  # as the ledger keeps it
Told = tuple[Any, ...]  # what is told of an event, in the order of _EVENTS


class Change(NamedTuple):
    """What one event changed in the promise for one KPI and member on a run of days.

    First what is told of it, in the order of COLUMNS: old and new in words, of a promise that changed the figures that
    moved. Behind it both sides as recorded, in JSON: read when they are asked for, since they fill the memory. Then the
    first day of the event that named each side, and its agreement's end as that event left it. Last when the approval
    was recorded by which it counts, where it needed one.
    """

    seq: int
    recorded_at: datetime
    agreement: str
    version: int
    event: str
    holder: str
    kpi: str
    slice: str
    member: str
    changed_from: date
    changed_to: date
    change: str
    moved: str
    old: str | None
    new: str | None
    decided_on: date
    reason_kind: str
    reason_text: str
    evidence: str | None
    proposed_by: str
    approved_by: str
    approval_state: str
    commit: str | None
    entry_hash: str
    grain: str
    old_content: str | None
    new_content: str | None
    old_from: date | None
    old_to: date | None
    new_from: date | None
    new_to: date | None
    approved_at: datetime | None

    @property
    def counts(self) -> bool:
        """Whether what it promises counts as agreed."""
        return self.approval_state in _COUNTING

    @property
    def old_target(self) -> Target | None:
        """What was promised before."""
        return _read(self.old_content)

    @property
    def new_target(self) -> Target | None:
        """What is promised instead."""
        return _read(self.new_content)

    @property
    def row(self) -> Row:
        """The change as a row of COLUMNS."""
        return self[: len(COLUMNS)]


def table_of(changes: Sequence[Change]) -> ByColumn:
    """Changes as rows of COLUMNS."""
    return ByColumn(columns_of(changes, len(Change._fields))[: len(COLUMNS)])


def narrowed(asked: Asked, of_kpi: bool = True) -> tuple[str, tuple[object, ...]]:
    """A condition on tables `event` and `entry` (and `change`, where a KPI is named) with its values."""
    conditions = ["entry.recorded_at >= ? and entry.recorded_at < ?"]
    values: list[object] = [*recorded_between(asked.words)]
    if of_kpi and "kpi" in asked.words:
        conditions.append("change.kpi = ?")
        values.append(asked.words["kpi"])
    if "agreement" in asked.words:
        conditions.append("event.agreement = ?")
        values.append(asked.words["agreement"])
    if "holder" in asked.words:
        conditions.append("list_contains(?::varchar[], event.holder)")
        values.append(cells_of(asked.ledger, asked.words["holder"]))
    return " and ".join(conditions), tuple(values)


def told(words: Mapping[str, str]) -> str:
    """Which changes were asked for, in words."""
    first, last = words.get("from"), words.get("to")
    days = "at any time"
    if first or last:
        days = f"from {first or 'the beginning'} to {last or 'today'}, both days included (UTC)"
    named = "".join(f", {word} {words[word]}" for word in ("kpi", "holder", "agreement") if word in words)
    return f"recorded {days}{named}"


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 change`, `2 changes`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def told_events(asked: Asked) -> dict[int, Told]:
    """What is told of the events recorded between the days asked for, by entry: what a Change says of its event."""
    condition, values = narrowed(asked, of_kpi=False)
    found = asked.index().execute(_EVENTS.format(condition=condition), list(values)).fetchall()
    return {row[0]: row for row in found}


def indexed_changes(asked: Asked, events: Mapping[int, Told], only: str = "true") -> Iterator[Change]:
    """The changes of events as the index folds them; what promises the same again changes nothing.

    `only` is a condition of ours on tables `change` and `entry`.
    """
    condition, values = narrowed(asked)
    found = asked.index().execute(_CHANGES.format(condition=f"{condition} and {only}"), list(values))
    # Not all at once: a year of a large ledger names some hundred megabytes of targets.
    while rows := found.fetchmany(_AT_ONCE):
        for seq, *moved in rows:
            if change := change_of(events[seq], moved):
                yield change


def change_of(event: Told, moved: Sequence[Any]) -> Change | None:
    """What an event moved as a change, told in words; None where the same is promised again.

    `event` is as `told_events` has it; `moved` are KPI, slice, member, the first and last day, what kind of change it
    is, grain, both sides in JSON, and the days of each.
    """
    first, last = moved[3].toordinal(), moved[4].toordinal()
    old, new = (figures_of(target, first, last) if (target := _read(moved[at])) else {} for at in (7, 8))
    if old == new:
        return None
    return Change._make((*event[:6], *moved[:6], *_told(old, new), *event[6:15], *moved[6:], event[15]))


def _read(content: str | None) -> Target | None:
    return orjson.loads(content) if content else None


def _told(old: Figures, new: Figures) -> tuple[str, str | None, str | None]:
    """The names of the figures that moved, those of the old side first, and both sides in words."""
    if not (old and new):
        return "", in_words(old) if old else None, in_words(new) if new else None
    moved = [name for name, value in old.items() if new.get(name) != value]
    moved += [name for name in new if name not in old]
    named = {*moved}
    return ", ".join(moved), told_of(old, named), told_of(new, named)
