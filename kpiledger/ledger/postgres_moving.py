"""How does a ledger that was begun in files go on in PostgreSQL, byte for byte?

As SQL that an administrator runs once. The server checks all of it as it checks what a writer adds, but for
the clock: these entries keep the times at which they were recorded.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.ledger.storage import NOTE_LINES, Stored

# Rows of one statement: many, so that it goes quickly, and few enough to be read.
_ROWS = 500

_BEGIN = """begin;
set local client_encoding = 'UTF8';
set local standard_conforming_strings = on;
grant kpi_ledger_owner to current_user;
set local role kpi_ledger_owner;
-- Only the check against the server's clock is off, and only in this transaction.
alter table ledger.entry disable trigger entry_is_of_now;
"""
_COMMIT = """set constraints all immediate;
alter table ledger.entry enable trigger entry_is_of_now;
reset role;
revoke kpi_ledger_owner from current_user;
commit;
"""


def moving_sql(stored: Stored) -> Iterator[str]:
    """Statements that add the entries batch by batch, each with the checkpoint that acknowledged it."""
    lines = stored.entries.decode().split("\n")
    leaves = stored.leaves.decode().split("\n")
    yield _BEGIN
    done = 0
    for note in _notes(stored):
        size = int(note.split("\n")[1])
        for start in range(done, size, _ROWS):
            places = range(start, min(start + _ROWS, size))
            rows = ",\n".join(f"({place + 1}, {_literal(lines[place])}, '{leaves[place]}')" for place in places)
            yield f"insert into ledger.entry (seq, line, leaf) values\n{rows};\n"
        yield f"insert into ledger.checkpoint (size, note) values ({size}, {_literal(note)});\n"
        done = size
    yield _COMMIT


def _notes(stored: Stored) -> Iterator[str]:
    """Every checkpoint that was kept; a ledger from before they were kept has its newest."""
    lines = (stored.checkpoints or stored.checkpoint).decode().splitlines(keepends=True)
    for start in range(0, len(lines), NOTE_LINES):
        yield "".join(lines[start : start + NOTE_LINES])


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
