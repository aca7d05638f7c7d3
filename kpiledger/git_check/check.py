"""Does the file at each recorded commit hold the recorded content, and is the commit in the present history?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from kpiledger.git_check.findings import findings_of, same_left_out
from kpiledger.git_check.held import QUOTED
from kpiledger.git_check.keeping import KnowledgeFile, close_known, keep, open_known
from kpiledger.git_check.known import Fetch, Known, lay_tables, learn_entries, learn_history
from kpiledger.git_check.objects import Objects
from kpiledger.git_check.packs import Pack, judge_packs, packs_of
from kpiledger.git_check.present import GitRefused, Repository, history_of, repository_of
from kpiledger.git_check.quick import clear, lay_history
from kpiledger.git_check.report import GitReport
from kpiledger.ledger.contents import EVENT_OF_KIND
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import erased_commitments, resolving
from kpiledger.ledger_index.entries import entries_at
from kpiledger.ledger_index.vouching import can_vouch

# Other kinds come from runs and commands, or say what the files no longer say.
FROM_FILES = frozenset({EntryKind.DEFINITION_RECORDED, *EVENT_OF_KIND, *QUOTED})
_TOLD = "(seq integer, kind varchar, key varchar, commit_id varchar, is_uncommitted boolean, entry_hash varchar)"


# As the index has them; what a question asks about is all or one agreement or KPI.
_FROM_INDEX = f"""
    create or replace temp table told as
    select seq, kind, key, commit_id, is_uncommitted, entry_hash from entry
    where kind in ({", ".join(f"'{kind.value}'" for kind in sorted(FROM_FILES))})
        and (coalesce(commit_id, '') <> '' or is_uncommitted)
        and (len(?::varchar[]) = 0 or split_part(key, '/', 1) in (select unnest(?::varchar[])))
"""


def check_git(root: Path, ledger: Ledger, entries: Sequence[Entry]) -> GitReport:
    """What git says of every entry that was read from a file, in the order of the entries; all is looked at anew."""
    repository = repository_of(root)
    if isinstance(repository, str):
        return GitReport(None, (), repository)
    told = [entry for entry in entries if entry.kind in FROM_FILES and (entry.commit or entry.uncommitted)]
    by_seq = {entry.seq: entry for entry in told}
    with duckdb.connect() as connection:
        connection.execute(f"create temp table told {_TOLD}")
        if told:
            rows = [(one.seq, one.kind.value, one.key, one.commit, one.uncommitted, one.entry_hash) for one in told]
            columns = [list(column) for column in zip(*rows, strict=True)]
            connection.execute(f"insert into told select {', '.join('unnest(?)' for _ in columns)}", columns)
        known = lay_tables(connection, None)
        erased = erased_commitments(entries)
        fetch: Fetch = lambda seqs: map(by_seq.__getitem__, seqs)  # noqa: E731
        return _judged(repository, ledger, known, fetch, erased, partial(history_of, repository))


def ask_of_git(
    root: Path,
    ledger: Ledger,
    index: DuckDBPyConnection,
    build: Path,
    names: Sequence[str],
    *,
    tells_same: bool = True,
) -> GitReport:
    """`check_git` for an auditor's question: entries by the ledger's index, and what is known of commits is kept.

    Unless it `tells_same`, entries that are the same have no finding and are counted.
    """
    repository = repository_of(root)
    if isinstance(repository, str):
        return GitReport(None, (), repository)
    with ThreadPoolExecutor(1) as beside:
        # Git walks through its history meanwhile.
        history = beside.submit(history_of, repository).result
        return _of_index(repository, ledger, index, build, names, history, tells_same=tells_same)


def learn_from_git(root: Path, ledger: Ledger, index: DuckDBPyConnection, build: Path) -> None:
    """Learn and keep now what `ask_of_git` would learn at its first question; it says itself what hinders that."""
    repository = repository_of(root)
    if isinstance(repository, str) or repository.is_shallow or not can_vouch(ledger):
        return
    file = KnowledgeFile(build, ledger)
    index.execute(_FROM_INDEX, [[], []])
    known, _ = open_known(index, file)
    try:
        with Objects(repository.root) as objects:
            fetch, history = partial(entries_at, index, ledger), partial(history_of, repository)
            _learn(repository, ledger, known, objects, fetch, history, partial(packs_of, repository))
        keep(known, file)
    except GitRefused:
        return
    finally:
        close_known(known)


def _of_index(
    repository: Repository,
    ledger: Ledger,
    index: DuckDBPyConnection,
    build: Path,
    names: Sequence[str],
    history: Callable[[], bytes],
    *,
    tells_same: bool,
) -> GitReport:
    index.execute(_FROM_INDEX, [list(names), list(names)])
    erased = frozenset(one for (one,) in index.execute("select commitment from erasure").fetchall())
    fetch = partial(entries_at, index, ledger)
    if repository.is_shallow:  # where history is cut, a commit seems to have written everything
        return _judged(repository, ledger, lay_tables(index, None), fetch, erased, history)
    file = KnowledgeFile(build, ledger)
    known, disbelieved = open_known(index, file)
    known.tells_same = tells_same
    try:
        report = _judged(repository, ledger, known, fetch, erased, history)
        return replace(report, kept=tuple(filter(None, (disbelieved, _used(known), keep(known, file)))))
    finally:
        close_known(known)


def _used(known: Known) -> str | None:
    """What was kept of earlier calls and used for this one."""
    if not known.kept:
        return None
    used = f"select (select count(*) from {known.kept}.walked), (select count(*) from {known.kept}.blob_read)"
    ((commits, blobs),) = known.connection.execute(used).fetchall()
    return (
        f"what {commits} commits wrote and {blobs} files say was kept from an earlier call and signed by the ledger's "
        "key; the present history, branches and damaged objects were looked for now. `kpi verify` uses nothing kept"
    )


def _judged(
    repository: Repository,
    ledger: Ledger,
    known: Known,
    fetch: Fetch,
    erased: frozenset[str],
    history: Callable[[], bytes],
) -> GitReport:
    """What git says of the entries in the table `told`, in their order; `fetch` gives some of them whole."""
    try:
        with Objects(repository.root) as objects, ThreadPoolExecutor(1) as beside:
            # What takes long and needs nobody else begins at once, where it is sure to be asked for.
            packs = beside.submit(packs_of, repository).result if known.is_kept else partial(packs_of, repository)
            _learn(repository, ledger, known, objects, fetch, history, packs)
            findings = tuple(findings_of(repository, ledger, known, objects, fetch, erased))
            return GitReport(repository.head, findings, same_left_out=same_left_out(known))
    except GitRefused as refusal:
        return GitReport(repository.head, (), str(refusal))


def _learn(
    repository: Repository,
    ledger: Ledger,
    known: Known,
    objects: Objects,
    fetch: Fetch,
    history: Callable[[], bytes],
    packs: Callable[[], tuple[Pack, ...]],
) -> None:
    """Complete what is known by the present history and the entries of the table `told`, and clear what stands."""
    lay_history(known.connection, history())
    learn_history(known, repository, objects)
    learn_entries(known, fetch, resolving(ledger))
    clear(known.connection, is_shallow=repository.is_shallow)
    judge_packs(known, objects, packs)
