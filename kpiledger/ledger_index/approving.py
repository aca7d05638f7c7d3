"""How do recorded agreement events stand with those who may approve them? Few entries are read to judge it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from duckdb import DuckDBPyConnection

from kpiledger.ledger.entry import Entry
from kpiledger.ledger.store import Ledger
from kpiledger.ledger_index.entries import entries_at
from kpiledger.ledger_index.many import MANY, many

_POLICY = "select seq from entry where kind in ('authority.recorded', 'key.added', 'key.revoked')"
# Of the whole agreement: an approval that was given to an earlier event with the same words is none of a later one.
_APPROVALS = f"""
    select approval.seq from approval
    join entry on entry.key = approval.event
    join event on event.seq = entry.seq
    where event.agreement in (select agreement from event where seq in {MANY})
"""


def are_approvals_asked(index: DuckDBPyConnection) -> bool:
    """Whether a policy or a key was ever recorded; else no event needs an approval, and there is nothing to judge."""
    return bool(index.execute(f"{_POLICY} limit 1").fetchall())


def judging_entries(index: DuckDBPyConnection, ledger: Ledger, events: Iterable[int]) -> Sequence[Entry]:
    """The entries of some events, with the policy, keys and approvals that say how they stand; in the order recorded.

    Without a policy the events alone: nobody's approval was ever asked for.
    """
    asked = sorted(set(events))
    policy = [seq for (seq,) in index.execute(_POLICY).fetchall()]
    approving = [seq for (seq,) in index.execute(_APPROVALS, [many(asked)]).fetchall()] if policy else []
    return entries_at(index, ledger, [*policy, *approving, *asked])
