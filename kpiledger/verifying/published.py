"""Do the tables that readers see hash to what the last publication recorded: no more, no fewer, no others?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kpiledger.ledger.entry import Entry
from kpiledger.ledger.problem import Problem
from kpiledger.ledger.schema import EntryKind
from kpiledger.verifying.check import Check, Held, Looked

NAME = "published tables"
_CAUSE = "a number was changed outside of a run, or a run was interrupted while publishing; `kpi run` publishes again"


def _look(held: Held) -> Looked:
    return Looked.found(_problems(held.beside.published or {}, held.entries))


def _problems(published: Mapping[str, str], entries: Sequence[Entry]) -> Iterator[Problem]:
    last = next((entry for entry in reversed(entries) if entry.kind is EntryKind.RUN_PUBLISHED), None)
    if last is None:
        if published:
            tables = ", ".join(sorted(published))
            yield Problem(NAME, f"{tables}: published, but no `run.published` is recorded; {_CAUSE}")
        return
    recorded = last.content["hashes"]
    for table in sorted({*recorded, *published}):
        old, new = recorded.get(table, "nothing"), published.get(table, "nothing")
        if old != new:
            yield Problem(NAME, f"{table}: recorded {old}, found {new}; {_CAUSE}", last.seq, last.key)


CHECK = Check(NAME, _look, is_given=lambda _, beside: beside.published is not None)
