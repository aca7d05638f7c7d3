"""Which changes of targets were recorded between two days: the population that several questions look into?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from kpiledger.audit.answer import Asked
from kpiledger.audit.naming import cells_of
from kpiledger.audit.words import recorded_between
from kpiledger.ledger_index.promising import figures_of, in_words
from kpiledger.vocabulary import ApprovalState

# One row per event, KPI, slice, member and run of days that it changed; who and why beside.
COLUMNS = (
    "entry", "recorded_at", "agreement", "version", "event", "holder", "kpi", "slice", "member", "changed_from",
    "changed_to", "change", "moved", "old", "new", "decided_on", "reason_kind", "reason_text", "evidence",
    "proposed_by", "approved_by", "approval_state", "commit", "entry_hash",
)  # fmt: skip
# The targets named are looked up for the changes chosen only: their content is most of the index.
_QUERY = """
    with chosen as materialized (
        select change.*, entry.recorded_at, entry.commit_id, entry.entry_hash, event.event, event.holder,
            event.decided_on, event.reason_kind, event.reason_text, event.evidence, event.proposed_by,
            event.approved_by
        from change
        join event using (seq)
        join entry using (seq)
        where {condition}
    ),
    named as materialized (
        select seq, kpi, slice, member, content from target
        where seq in (select old_seq from chosen union select new_seq from chosen)
    )
    select chosen.seq, recorded_at, agreement, agreement_version, event, holder, chosen.kpi, chosen.slice,
        chosen.member, grain, changed_from, changed_to, change, old_target.content, new_target.content, decided_on,
        reason_kind, reason_text, evidence, proposed_by, approved_by, commit_id, entry_hash
    from chosen
    left join named as old_target on old_target.seq = chosen.old_seq and old_target.kpi = chosen.kpi
        and old_target.slice = chosen.slice and old_target.member = chosen.member
    left join named as new_target on new_target.seq = chosen.new_seq and new_target.kpi = chosen.kpi
        and new_target.slice = chosen.slice and new_target.member = chosen.member
    order by chosen.seq, chosen.kpi, chosen.slice, chosen.member, chosen.changed_from
"""
_AT_ONCE = 10_000
_UNASKED = ApprovalState.NOT_REQUIRED.value
# The words by which a population may be narrowed; a question that looks into it takes them all.
NARROWING = ("from", "to", "kpi", "holder", "agreement")


class Change(NamedTuple):
    """What one event changed in the promise for one KPI and member on a run of days; old and new as recorded.

    The figures are those of old and new on the days that changed; none where nothing was promised.
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
    grain: str
    changed_from: date
    changed_to: date
    change: str
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None
    decided_on: date
    reason_kind: str
    reason_text: str
    evidence: str | None
    proposed_by: str
    approved_by: str
    commit: str | None
    entry_hash: str
    old_figures: Mapping[str, str]
    new_figures: Mapping[str, str]
    approval_state: str = _UNASKED

    @property
    def row(self) -> tuple[object, ...]:
        """The change as a row of COLUMNS; of a promise that changed, the figures that moved."""
        old, new = self.old_figures, self.new_figures
        moved = _moved(old, new) if old and new else []
        told_old, told_new = _moved_words(old, moved), _moved_words(new, moved)
        return (
            self.seq, self.recorded_at, self.agreement, self.version, self.event, self.holder, self.kpi, self.slice,
            self.member, self.changed_from, self.changed_to, self.change, ", ".join(moved), told_old, told_new,
            self.decided_on, self.reason_kind, self.reason_text, self.evidence, self.proposed_by, self.approved_by,
            self.approval_state, self.commit, self.entry_hash,
        )  # fmt: skip


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


def indexed_changes(asked: Asked, only: str = "true") -> Iterator[Change]:
    """The changes as the index folds them, without approvals; what promises the same again changes nothing.

    `only` is a condition of ours on tables `change` and `entry`.
    """
    condition, values = narrowed(asked)
    found = asked.index().execute(_QUERY.format(condition=f"{condition} and {only}"), list(values))
    # Not all at once: a year of a large ledger names some hundred megabytes of targets.
    while rows := found.fetchmany(_AT_ONCE):
        for row in rows:
            old, new = row[13] and orjson.loads(row[13]), row[14] and orjson.loads(row[14])
            first, last = row[10].toordinal(), row[11].toordinal()
            old_figures = figures_of(old, first, last) if old else {}
            new_figures = figures_of(new, first, last) if new else {}
            if old_figures != new_figures:
                yield Change._make((*row[:13], old, new, *row[15:], old_figures, new_figures, _UNASKED))


def _moved(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """The names of the figures that are not the same on both sides: those of the old one first."""
    names = [*old, *(name for name in new if name not in old)]
    return [name for name in names if old.get(name) != new.get(name)]


def _moved_words(figures: Mapping[str, str], moved: list[str]) -> str | None:
    """One side of a change in words: the figures that moved, or all where there is no other side."""
    if not (figures and moved):
        return in_words(figures) if figures else None
    return in_words({"comparison": figures["comparison"], **{name: figures[name] for name in figures if name in moved}})
