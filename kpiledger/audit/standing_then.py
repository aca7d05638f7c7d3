"""Who stood behind a name on a day, by every recorded policy that speaks of it: also by those replaced since?

What counts begins with the policy that was recorded last by the day of a decision, else by its recording, else the
first. A later one may say otherwise of that day: it then stands beside, and takes nothing away.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import pairwise

from kpiledger.approvals.contents import recorded_standing
from kpiledger.approvals.rewritten import named, rewritten
from kpiledger.approvals.standing import Standing, standing_in_files
from kpiledger.audit.answer import Asked
from kpiledger.ledger.subjects import holder_name, resolving

_POLICIES = """
    select seq, entry.recorded_at, entry.entry_hash, other.content from other join entry using (seq)
    where other.kind = 'authority.recorded' order by seq
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """A recorded policy, with people by their ids."""

    seq: int
    recorded_at: datetime
    entry_hash: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Known:
    """Who stands behind a name on a day, and in which units, by one policy: looked up once for the events of a day."""

    seq: int | None  # None: by the files
    people_behind: Callable[[str, date], frozenset[str]]
    units_of: Callable[[str, date], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Then:
    """What the policies say, the oldest first; the files where none is recorded."""

    known: Sequence[Known]
    days: Sequence[date]
    seqs: Sequence[int]

    def speaking_of(self, day: date, seq: int) -> Sequence[Known]:
        """By whom an event of that day is judged, which was recorded as that entry."""
        begins = min(bisect_right(self.days, day), bisect_left(self.seqs, seq)) - 1
        return self.known[max(begins, 0) :]


def policies_of(asked: Asked) -> list[Policy]:
    """The oldest first."""
    value_of = resolving(asked.ledger)

    def name_of(commitment: str) -> str:
        return holder_name(value_of({"commitment": commitment}))

    return [
        Policy(seq, recorded_at, entry_hash, named(recorded_standing(json.loads(content)), name_of))
        for seq, recorded_at, entry_hash, content in asked.index().execute(_POLICIES).fetchall()
    ]


def then_by(policies: Sequence[Policy], asked: Asked) -> Then:
    """What is said of any day."""
    known = [_known(policy.seq, policy.standing) for policy in policies]
    days = [policy.recorded_at.date() for policy in policies]
    return Then(known or [_known(None, standing_in_files(asked.project()))], days, [one.seq for one in policies])


def told_by(known: Sequence[Known], says: Callable[[Known], Iterable[str]]) -> Iterator[str]:
    """Each thing that one of them says, and which ones say it."""
    said: dict[str, list[int]] = {}
    for one in known:
        for text in says(one):
            said.setdefault(text, []).append(one.seq or 0)
    for text, seqs in said.items():
        others = [one.seq for one in known if one.seq is not None and one.seq not in seqs]
        by = "" if known[0].seq is None else f", by {_policies(seqs)}"
        yield text + by + (f"; {_policies(others)} says otherwise" if others else "")


def changes_of_the_past(policies: Sequence[Policy]) -> Iterator[tuple[Policy, str]]:
    """Each thing that a recorded policy changed for days before it was recorded, with what it was by the one before."""
    for old, new in pairwise(policies):
        for change in rewritten(old.standing, new.standing, new.recorded_at.date()):
            yield new, f"{change.told}, other than by the policy of entry {old.seq}"


def _known(seq: int | None, standing: Standing) -> Known:
    return Known(seq, cache(standing.people_behind), cache(standing.units_of))


def _policies(seqs: Sequence[int]) -> str:
    return f"the policy of {'entry' if len(seqs) == 1 else 'entries'} {', '.join(map(str, seqs))}"
