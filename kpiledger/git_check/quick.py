"""Which entries are as they should be, judged all at once? A file of their commit, or of a later one, says the same.

Whatever this does not clear is looked at one by one (`judging`): nothing is called different here. What is asked of
`known` follows from the hash of a commit or blob alone; what is in the present history is asked of git each time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import NamedTuple

from duckdb import DuckDBPyConnection

from kpiledger.git_check.held import QUOTED

_EVENT = r"^(.*)/[0-9]+$"
_ID = "[0-9a-f]{40}([0-9a-f]{24})?"
_NAME = " ".join(f"when kind = '{kind.value}' then '{folder}'" for kind, (folder, _) in QUOTED.items())
# What was recorded from which commit: the agreement that a file speaks of, or the folder where a text is quoted.
_ASKED = f"""
    create or replace temp table asked as
    with digests as (from known_entry_digest union from digest_for_now)
    select told.seq, told.commit_id, digests.digest, history.ord,
        case {_NAME} else nullif(regexp_extract(key, '{_EVENT}', 1), '') end as name,
        kind like 'agreement.%' as is_event
    from told
    join digests using (entry_hash)
    left join history using (commit_id)
    where regexp_full_match(commit_id, '{_ID}')
"""
_FOUND = """
    create or replace temp table found as
    with written as (select distinct commit_id, path, blob from known_touch),
    says as (select distinct blob, name, digest from known_said)
    select history.ord, written.commit_id, written.path, written.blob, says.name, says.digest
    from written
    join history using (commit_id)
    join says using (blob)
"""
# The names that lie in files of which something could not be read: of those nothing is cleared.
_UNSURE = "create or replace temp table unsure_name as select distinct name from found semi join unsure using (path)"
_HELD = """
    create or replace temp table held as
    select asked.seq, min(found.blob) as blob
    from asked
    join found using (name, digest, commit_id)
    group by asked.seq
"""
_OTHERWISE = """
    create or replace temp table otherwise as
    with later as (select distinct ord, name, blob from found)
    select distinct asked.seq
    from asked
    semi join held using (seq)
    join later on later.name = asked.name and later.ord > asked.ord
    anti join known_said as says on says.blob = later.blob and says.name = asked.name and says.digest = asked.digest
    where asked.is_event
"""
_CLEARED = """
    create or replace temp table cleared as
    select asked.seq, 'same' as state, asked.commit_id as found_in, held.blob
    from asked
    join held using (seq)
    anti join otherwise using (seq)
    anti join unsure_name using (name)
    union all
    select asked.seq, 'moved', arg_min(found.commit_id, found.ord), arg_min(found.blob, found.ord)
    from asked
    join found using (name, digest)
    anti join unsure_name using (name)
    where asked.ord is null and not ?
    group by asked.seq
"""
_WRITTEN = f"""
    with named as (select distinct name, path from found),
    writings as (
        select name, ord, commit_id, path from found
        union
        select name, ord, commit_id, path from unsure join history using (commit_id) join named using (path)
    ),
    wanted as (
        select distinct regexp_extract(key, '{_EVENT}', 1) as name
        from told anti join cleared using (seq) where kind like 'agreement.%'
    )
    select name, list(commit_id order by ord), count(distinct path)
    from writings semi join wanted using (name) group by name
"""
_SEARCHED = "select seq from asked anti join cleared using (seq) anti join unsure_name using (name) where ord is null"


class Writing(NamedTuple):
    """The commits of the present history that wrote events of an agreement, oldest first; to how many files."""

    commits: tuple[str, ...]
    path_count: int


def lay_history(connection: DuckDBPyConnection, commits: bytes) -> None:
    """The commits of the present history, oldest first, one a line, as a table."""
    connection.execute("create or replace temp table history (ord bigint, commit_id varchar)")
    if commits:
        with tempfile.NamedTemporaryFile(prefix="kpi-git-", suffix=".csv") as file:
            file.write(commits)
            file.flush()
            read = f"read_csv('{file.name}', header = false, columns = {{'commit_id': 'varchar'}}, auto_detect = false)"
            connection.execute(f"insert into history select row_number() over (), commit_id from {read}")


def clear(connection: DuckDBPyConnection, *, is_shallow: bool) -> None:
    """Make the table `cleared`: the entries that stand, and the commit and blob that say so."""
    for statement in (_ASKED, _FOUND, _UNSURE, _HELD, _OTHERWISE):
        connection.execute(statement)
    connection.execute(_CLEARED, [is_shallow])


def written(connection: DuckDBPyConnection) -> Mapping[str, Writing]:
    """Of the agreements with an entry that is not cleared, where they were written."""
    rows = connection.execute(_WRITTEN).fetchall()
    return {name: Writing(tuple(dict.fromkeys(commits)), count) for name, commits, count in rows}


def searched(connection: DuckDBPyConnection) -> frozenset[int]:
    """The entries of which no file that was written in the present history says the same."""
    return frozenset(seq for (seq,) in connection.execute(_SEARCHED).fetchall())
