"""How do recorded approvals stand, and so the events that they are of? Judged once, when the index is made, and kept.

Of agreements that speak of people nothing is kept: what stood behind their commitments may be erased, and then there is
less to judge by. `kpi verify` judges every approval again, and holds what is kept against that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger.approvals import Judged, Reading
from kpiledger.approvals.judged import Recorded
from kpiledger.approvals.lapsing import Lapse
from kpiledger.collector import uncollected
from kpiledger.folding.approval import Approval
from kpiledger.ledger.contents import EVENT_OF_KIND
from kpiledger.ledger.entry import Entry, decode_entry
from kpiledger.ledger.lines import Lines
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger_index.many import MANY, many
from kpiledger.ledger_index.privacy import commitment_in
from kpiledger.ledger_index.tables import add_rows
from kpiledger.vocabulary import ApprovalState

_POLICY_KINDS = (EntryKind.AUTHORITY_RECORDED, EntryKind.KEY_ADDED, EntryKind.KEY_REVOKED)
_POLICY = """
    select seq, kind, first_byte, length from entry
    where kind in ('authority.recorded', 'key.added', 'key.revoked') order by seq
"""
# Agreements with something new to judge; all of them where `is_all`.
_TOUCHED = """
    select agreement from event
    where $is_all or seq > $known or agreement in (
        select event.agreement from approval
        join entry on entry.key = approval.event
        join event on event.seq = entry.seq
        where approval.seq > $known
    )
    group by agreement order by min(seq)
"""
# Their events and every approval given to one of them, where nothing in any of these stands behind a commitment but who
# signed.
_ENTRIES = """
    with asked as (select unnest($agreements::varchar[]) as agreement),
    own as (
        select agreement, event.seq, entry.key, entry.first_byte, entry.length
        from event join asked using (agreement) join entry using (seq)
    ),
    given as (
        select own.agreement, approval.seq, entry.first_byte, entry.length, approval.is_plain
        from approval join own on own.key = approval.event join entry on entry.seq = approval.seq
    ),
    left_out as (
        select agreement from own where seq in (select seq from mention)
        union select agreement from given where not is_plain
    )
    select distinct seq, first_byte, length from (
        select agreement, seq, first_byte, length from own
        union all select agreement, seq, first_byte, length from given
    ) where agreement not in (from left_out) order by seq
"""
_STATES = f"""
    select entry.entry_hash, approval_state.state, approval_state.approval_seq, given.recorded_at
    from approval_state join entry using (seq) left join entry as given on given.seq = approval_state.approval_seq
    where approval_state.seq in {MANY}
"""
# Of an event that counts by an approval which nobody doubts they may be left out: nearly all are such.
_VERDICTS = f"""
    select given.seq, given.recorded_at, approval.event, event.entry_hash, approval.role, approval.signer,
        approval.fingerprint, verdict.state, verdict.why, given.commit_id, key.seq, key.recorded_at, key.commit_id,
        policy.seq, policy.recorded_at, policy.commit_id, verdict.lapse, verdict.is_too_late
    from verdict
    join approval using (seq)
    join entry as given on given.seq = verdict.seq
    join entry as event on event.seq = verdict.event_seq
    left join approval_state on approval_state.seq = verdict.event_seq
    left join entry as key on key.seq = verdict.key_seq
    left join entry as policy on policy.seq = verdict.authority_seq
    where verdict.event_seq in {MANY.replace("?", "$events")} and (
        $new_days is null or approval_state.state is distinct from 'approved' or verdict.lapse is not null
        or given.recorded_at < key.recorded_at + to_days($new_days)
        or given.recorded_at < policy.recorded_at + to_days($new_days)
    )
    order by verdict.seq
"""
# So many agreements at a time: the entries of all of them at once would need ten times the ledger's size in memory.
_AT_ONCE = 10_000
_ALL_DAYS = 4_000_000  # no two recorded moments lie further apart, and DuckDB's moments end some way behind

Row = tuple[Any, ...]


@uncollected()
def lay_verdicts(connection: DuckDBPyConnection, lines: Lines, known_size: int) -> Sequence[str]:
    """Judge the agreements that have something new after the entries known, and keep what was found; which they are."""
    policy = connection.execute(_POLICY).fetchall()
    if not policy:
        return ()
    # The first policy says of every event before it whether it needs an approval; a later one loosens and adds nothing.
    is_all = not any(kind == EntryKind.AUTHORITY_RECORDED and seq <= known_size for seq, kind, *_ in policy)
    asked = {"is_all": is_all and policy[-1][0] > known_size, "known": known_size}
    agreements = [name for (name,) in connection.execute(_TOUCHED, asked).fetchall()]
    waiting = iter(agreements)
    while touched := list(islice(waiting, _AT_ONCE)):
        if known_size:
            own = "(select seq from event where agreement in (select unnest(?::varchar[])))"
            connection.execute(f"delete from verdict where event_seq in {own}", [touched])
            connection.execute(f"delete from approval_state where seq in {own}", [touched])
        places = connection.execute(_ENTRIES, {"agreements": touched}).fetchall()
        judging = Reading(_as_it_is)
        for line in lines.at(sorted([*((seq, begin, length) for seq, _, begin, length in policy), *places])):
            judging.read(decode_entry(line))
        for table, rows in rows_of(judging).items():
            add_rows(connection, table, rows)
    return agreements


def rows_of(judging: Reading, left_out: Iterable[str] = ()) -> Mapping[str, Sequence[Row]]:
    """What is kept of what was judged, by table; nothing of events of the agreements left out."""
    without = frozenset(left_out)
    kept = {
        entry_hash: one.event.seq
        for entry_hash, one in judging.events.items()
        if one.event.content["agreement"] not in without
    }
    verdicts, states = judging.by_event(), judging.states()
    return {
        "verdict": [_row(seq, one) for entry_hash, seq in kept.items() for one in verdicts.get(entry_hash, ())],
        "approval_state": [
            (seq, states[entry_hash].state.value, states[entry_hash].seq) for entry_hash, seq in kept.items()
        ],
    }


def left_out(entries: Sequence[Entry]) -> frozenset[str]:
    """The agreements of which nothing is kept: an event or approval has something behind a commitment."""
    events = [entry for entry in entries if entry.kind in EVENT_OF_KIND]
    committed = {
        entry.content["event"]
        for entry in entries
        if entry.kind is EntryKind.APPROVAL_RECORDED
        and not all(isinstance(entry.content[name], str) for name in ("signature", "content_hash"))
    }
    return frozenset(one.content["agreement"] for one in events if one.has_commitments or one.key in committed)


def has_policy(entries: Iterable[Entry]) -> bool:
    """Whether anything was recorded by which an approval could be judged."""
    return any(entry.kind in _POLICY_KINDS for entry in entries)


def kept_states(index: DuckDBPyConnection, events: Iterable[int]) -> Mapping[str, Approval]:
    """How events stand, by the hash of their entries, where it is kept."""
    return {
        entry_hash: Approval(ApprovalState(state), seq, seq and _moment(recorded_at))
        for entry_hash, state, seq, recorded_at in index.execute(_STATES, [many(events)]).fetchall()
    }


def kept_verdicts(
    index: DuckDBPyConnection, events: Iterable[int], new_days: int | None = None
) -> Mapping[str, Sequence[Judged]]:
    """The approvals of events with their verdicts, by the hash of the events' entries, where they are kept.

    With `new_days` those of approved events only that one may doubt: the key or the right to approve was not yet
    recorded for so many days, or had lapsed.
    """
    found: dict[str, list[Judged]] = {}
    asked = {"events": many(events), "new_days": new_days if new_days is None else min(new_days, _ALL_DAYS)}
    for row in index.execute(_VERDICTS, asked).fetchall():
        found.setdefault(row[3], []).append(_judged(row))
    return found


def _judged(row: Row) -> Judged:
    seq, recorded_at, event, event_hash, role, signer, fingerprint, state, why, commit, *beside = row
    *key_and_policy, lapse, is_too_late = beside
    return Judged(
        seq=seq,
        recorded_at=_moment(recorded_at),
        event=event,
        event_hash=event_hash,
        role=commitment_in(role) or role,
        signer=commitment_in(signer) or signer,
        fingerprint=fingerprint,
        state=ApprovalState(state),
        why=why,
        commit=commit,
        key_entry=_recorded(*key_and_policy[:3]),
        authority_entry=_recorded(*key_and_policy[3:]),
        lapse=Lapse(lapse, is_too_late) if lapse is not None else None,
    )


def _recorded(seq: int | None, recorded_at: datetime | None, commit: str | None) -> Recorded | None:
    return Recorded(seq, _moment(recorded_at), commit) if seq is not None and recorded_at is not None else None


def _row(event_seq: int, one: Judged) -> Row:
    key, policy, lapse = one.key_entry, one.authority_entry, one.lapse
    return (
        one.seq, event_seq, one.state.value, one.why, key and key.seq, policy and policy.seq, lapse and lapse.what,
        lapse and lapse.is_too_late,
    )  # fmt: skip


def _moment(recorded_at: datetime) -> datetime:
    return recorded_at.replace(tzinfo=UTC)


def _as_it_is(value: Any) -> Any:
    """What stands behind a commitment is not asked for here."""
    return value
