"""What is said of each entry: of those that were cleared at once, and of the others after a look at each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kpiledger.git_check.candidates import Candidates
from kpiledger.git_check.held import SpecsInGit
from kpiledger.git_check.judging import Looking, moved_said, where_is
from kpiledger.git_check.known import Fetch, Known
from kpiledger.git_check.mentions import Mentions
from kpiledger.git_check.objects import OBJECT_ID, Objects
from kpiledger.git_check.present import Repository, branches_of
from kpiledger.git_check.quick import searched, written
from kpiledger.git_check.report import GitFinding, GitState
from kpiledger.git_check.snapshots import Snapshots
from kpiledger.ledger.store import Ledger

_ROWS = """
    select told.seq, kind, key, told.commit_id, state, found_in, history.ord is not null
    from told
    left join cleared using (seq)
    left join history on history.commit_id = told.commit_id
    where {condition}
    order by told.seq
"""
_IS_SAME = f"state is not distinct from '{GitState.SAME}'"


class _Row(NamedTuple):
    """An entry, and how it was cleared where it was."""

    seq: int
    kind: str
    key: str
    commit: str | None
    state: str | None
    found_in: str | None
    is_in_history: bool


def findings_of(
    repository: Repository, ledger: Ledger, known: Known, objects: Objects, fetch: Fetch, erased: frozenset[str]
) -> Iterator[GitFinding]:
    """A finding for each entry in the table `told`, in their order; or for those that are not the same."""
    condition = "true" if known.tells_same else f"not ({_IS_SAME})"
    rows = [_Row(*row) for row in known.connection.execute(_ROWS.format(condition=condition)).fetchall()]
    outside = {row.commit for row in rows if row.commit and not row.is_in_history and OBJECT_ID.match(row.commit)}
    present = frozenset(_commits(objects, sorted(outside)))
    branches = branches_of(repository) if present else {}
    unclear = [row.seq for row in rows if row.state is None]
    whole = {entry.seq: entry for entry in fetch(unclear)}
    names = frozenset(entry.key.rpartition("/")[0].encode() for entry in whole.values())
    snapshots = Snapshots(objects, repository.prefix)
    looking = Looking(
        repository=repository,
        ledger=ledger,
        specs=SpecsInGit(snapshots, Mentions(snapshots, names)),
        candidates=Candidates(repository, written(known.connection), searched(known.connection)),
        in_history=frozenset(row.commit for row in rows if row.commit and row.is_in_history),
        present=present,
        erased=erased,
        branches=branches,
        known_definitions=frozenset(known.connection.execute("from known_definition").fetchall()),
    )
    for row in rows:
        yield looking.at(whole[row.seq]) if row.state is None else _cleared(row, present, branches)
    known.add("definition", sorted(looking.new_definitions - looking.known_definitions))


def same_left_out(known: Known) -> int:
    """How many entries have no finding, since they are the same."""
    if known.tells_same:
        return 0
    ((count,),) = known.connection.execute(f"select count(*) from cleared where {_IS_SAME}").fetchall()
    return int(count)


def _commits(objects: Objects, ids: Sequence[str]) -> Iterable[str]:
    """Those of some ids that the repository has as commits."""
    return (one for one, found in objects.read_all(ids) if found and found.kind == "commit")


def _cleared(row: _Row, present: frozenset[str], branches: Mapping[str, Sequence[str]]) -> GitFinding:
    if row.state == GitState.SAME or row.commit is None or row.found_in is None:
        return GitFinding(row.seq, row.kind, row.key, row.commit, GitState.SAME)
    said = moved_said(where_is(row.commit, present, branches), row.found_in)
    return GitFinding(row.seq, row.kind, row.key, row.commit, GitState.MOVED, said, (), row.found_in)
