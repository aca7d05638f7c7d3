"""Which recorded approvals have a signature that fits? Checked once, when the index is made, and kept in it.

Whether it counts is a question of keys, days and rights, and judged each time. `kpi verify` checks every signature
itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from duckdb import DuckDBPyConnection

from kpiledger.approvals.signed_content import signed_bytes
from kpiledger.approvals.sshsig import SignatureProblem, read_signature, require_signed, what_is_checked
from kpiledger.ledger.entry import decode_entry
from kpiledger.ledger_index.lines import Lines

# What is signed for a person is not known where the values lie elsewhere.
_NEW = """
    select approval.seq, approval.content ->> 'signature', entry.seq, entry.first_byte, entry.length
    from approval
    join entry on entry.entry_hash = (approval.content ->> 'event_hash')
    where approval.seq > ? and json_type(approval.content::json, '$.signature') = 'VARCHAR'
        and entry.kind like 'agreement.%'
    order by approval.seq
"""
_OF_EVENTS = """
    select checked from signed
    where seq in (
        select approval.seq from approval
        join entry on entry.key = (approval.content ->> 'event')
        join event on event.seq = entry.seq
        where event.agreement in (select agreement from event where seq in (select unnest(?::integer[])))
    )
"""


def lay_signed(connection: DuckDBPyConnection, lines: Lines, known_size: int) -> None:
    """Check the approvals after the entries known."""
    found = list(_sound(connection, lines, known_size))
    if found:
        columns = [list(column) for column in zip(*found, strict=True)]
        connection.execute("insert into signed select unnest(?), unnest(?)", columns)


def checked_for(index: DuckDBPyConnection, events: Iterable[int]) -> frozenset[str]:
    """What was checked of the approvals of the agreements of some events, and found to fit."""
    return frozenset(text for (text,) in index.execute(_OF_EVENTS, [sorted(set(events))]).fetchall())


def _sound(connection: DuckDBPyConnection, lines: Lines, known_size: int) -> Iterator[tuple[int, str]]:
    rows = connection.execute(_NEW, [known_size]).fetchall()
    events = lines.at((event, first_byte, length) for _, _, event, first_byte, length in rows)
    for (seq, text, *_), line in zip(rows, events, strict=True):
        event = decode_entry(line)
        if event.has_commitments:
            continue
        content = signed_bytes(dict, event)
        try:
            signature = read_signature(text)
            require_signed(signature, content or b"")
        except SignatureProblem:
            continue
        yield seq, what_is_checked(signature, content or b"")
