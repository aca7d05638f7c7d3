"""What is known of commits and blobs, whatever happens to the history: what they wrote, and what that says.

Each row follows from the hash that names a commit, a blob or an entry, and from this version of kpiledger. Tables
`kept_` lie in a file of an earlier call (`keeping`), tables `new_` are of this one, views `known_` are both.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger.git_check.digests import LOOKED_UP, digest_of_entry, digest_of_text, digests_of_file
from kpiledger.git_check.held import QUOTED
from kpiledger.git_check.objects import Objects
from kpiledger.git_check.present import Repository
from kpiledger.git_check.walking import Touch, confirmed, touches_of
from kpiledger.ledger.contents import EVENT_OF_KIND
from kpiledger.ledger.entry import Entry

TABLES = {
    "walked": ("commit_id",),
    "touch": ("commit_id", "folder", "path", "blob"),
    "blob_read": ("blob",),
    "said": ("blob", "name", "digest"),
    "entry_digest": ("entry_hash", "digest"),
    "definition": ("entry_hash", "blob", "tree"),
    "pack": ("name", "digest"),
}
_AT_ONCE = 20_000
# To walk through so many commits takes seconds, and silence would look like a fault.
_WORTH_A_WORD = 5_000
_WITH_DIGEST = ", ".join(f"'{kind.value}'" for kind in (*EVENT_OF_KIND, *QUOTED))
Fetch = Callable[[Sequence[int]], Iterable[Entry]]


@dataclass
class Known:
    """The tables on a connection, to be kept or not; `kept` is the database of earlier calls.

    `verified` are the objects that were held against their hashes in this call. Unless it `tells_same`, entries that
    are the same are counted only.
    """

    connection: DuckDBPyConnection
    is_kept: bool
    kept: str | None = None
    verified: set[str] = field(default_factory=set)
    added: int = 0
    tells_same: bool = True

    def add(self, table: str, rows: Sequence[Sequence[str]]) -> None:
        """Lay rows that were learnt in this call."""
        columns = TABLES[table]
        for begin in range(0, len(rows), _AT_ONCE):
            lists = [list(column) for column in zip(*rows[begin : begin + _AT_ONCE], strict=True)]
            self.connection.execute(f"insert into new_{table} select {', '.join('unnest(?)' for _ in columns)}", lists)
        self.added += len(rows)

    def add_for_now(self, rows: Sequence[tuple[str, str]]) -> None:
        """Digests of entries that are not kept: who they are about may be erased tomorrow."""
        lists = [list(column) for column in zip(*rows, strict=True)] or [[], []]
        self.connection.execute("insert into digest_for_now select unnest(?::varchar[]), unnest(?::varchar[])", lists)


def lay_tables(connection: DuckDBPyConnection, kept: str | None, *, is_kept: bool = False) -> Known:
    """Empty tables for what is learnt, beside those of a database `kept`; `is_kept` where they will be kept."""
    for table, columns in TABLES.items():
        connection.execute(
            f"create or replace temp table new_{table} ({', '.join(f'{name} varchar' for name in columns)})"
        )
        earlier = f"from {kept}.{table} union all " if kept else ""
        connection.execute(f"create or replace temp view known_{table} as {earlier}from new_{table}")
    connection.execute("create or replace temp table digest_for_now (entry_hash varchar, digest varchar)")
    connection.execute("create or replace temp table unsure (commit_id varchar, path varchar)")
    return Known(connection, is_kept, kept)


def learn_history(known: Known, repository: Repository, objects: Objects) -> None:
    """Walk the commits of the present history that were not walked before, and read what they wrote."""
    ask = "select commit_id from history anti join known_walked using (commit_id) order by ord"
    commits = [commit for (commit,) in known.connection.execute(ask).fetchall()]
    if known.is_kept and len(commits) >= _WORTH_A_WORD:
        print(f"kpi: what {len(commits)} commits wrote is read from git, and kept for the next time", file=sys.stderr)
    touches = touches_of(repository, commits, LOOKED_UP)
    held = confirmed(objects, repository.prefix, touches)
    known.verified.update(touch.commit for touch in held)
    unsure = set(touches) - set(held)
    unread = _learn_blobs(known, objects, held)
    _note_unsure(known, [*unsure, *(touch for touch in held if touch.blob in unread)])
    known.add("touch", [(touch.commit, touch.folder, _place(touch), touch.blob) for touch in held])
    doubtful = {touch.commit for touch in unsure}
    known.add("walked", [(commit,) for commit in commits if commit not in doubtful])


def _learn_blobs(known: Known, objects: Objects, touches: Sequence[Touch]) -> set[str]:
    """Read the files that nobody read before; the blobs that are missing or damaged."""
    read = {blob for (blob,) in known.connection.execute("select blob from known_blob_read").fetchall()}
    new = {touch.blob: touch for touch in touches if touch.blob not in read}
    unread, said, learnt = set(), [], []
    for blob, found in objects.read_all(list(new)):
        if found is None or found.kind != "blob":
            unread.add(blob)
            continue
        learnt.append((blob,))
        said += [(blob, *one) for one in digests_of_file(new[blob].folder, new[blob].path, found.content)]
    known.verified.update(blob for (blob,) in learnt)
    known.add("blob_read", learnt)
    known.add("said", said)
    return unread


def _note_unsure(known: Known, touches: Sequence[Touch]) -> None:
    """What git says was written, and what cannot be shown to be so."""
    columns = [[touch.commit for touch in touches], [_place(touch) for touch in touches]]
    known.connection.execute("insert into unsure select unnest(?::varchar[]), unnest(?::varchar[])", columns)


def _place(touch: Touch) -> str:
    """A path as it is kept: files may be named after people, and an erased person is named nowhere."""
    return digest_of_text(touch.path)


def learn_entries(known: Known, fetch: Fetch, resolve: Callable[[Any], Any]) -> None:
    """The digests of what was recorded; of an entry about people it is made for this call alone."""
    ask = f"""
        select seq from told anti join known_entry_digest using (entry_hash)
        where commit_id is not null and kind in ({_WITH_DIGEST}) order by seq
    """
    seqs = [seq for (seq,) in known.connection.execute(ask).fetchall()]
    for begin in range(0, len(seqs), _AT_ONCE):
        rows: list[tuple[str, str]] = []
        about_people: list[tuple[str, str]] = []
        for entry in fetch(seqs[begin : begin + _AT_ONCE]):
            digest = digest_of_entry(entry, resolve)
            if digest is not None:
                is_about_people = entry.has_commitments and entry.kind in EVENT_OF_KIND
                (about_people if is_about_people else rows).append((entry.entry_hash, digest))
        known.add("entry_digest", rows)
        known.add_for_now(about_people)
