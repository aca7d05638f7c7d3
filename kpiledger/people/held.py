"""What is held about a person: in the ledger and its side store, the warehouse, pages, closes, the files?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import shorten

from duckdb import DuckDBPyConnection

from kpiledger.ledger.side_store import kept_of
from kpiledger.ledger.store import Ledger
from kpiledger.ledger_index.opening import open_index
from kpiledger.people.generated import journals_telling
from kpiledger.people.naming import is_named, named_in_specs, pattern_of
from kpiledger.people.staying import files_staying
from kpiledger.settings import Settings
from kpiledger.warehouse import open_reader

_EXCERPT = 70  # characters of a line: enough to know it, few enough for a table
_MENTIONS = """
    select entry.seq, entry.kind, entry.key, list(mention.place order by mention.place) as places
    from mention
    join entry on entry.seq = mention.seq
    where list_contains(?::varchar[], mention.commitment)
    group by entry.seq, entry.kind, entry.key
    order by entry.seq
"""
_COLUMNS = """
    select table_schema, table_name, column_name
    from information_schema.columns
    where data_type = 'VARCHAR' and table_catalog = current_database()
    order by all
"""


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that is held: in which store, where in it, and what it says. A salt is never shown."""

    store: str
    place: str
    what: str


def everything_held(settings: Settings, ledger: Ledger, person: str) -> tuple[Held, ...]:
    """All of it, with the ledger's entries from its index."""
    pattern_of(person)  # refuses what can be no id before anything is searched
    with open_index(settings, ledger) as index:
        return everything_about(settings, ledger, index, person)


def everything_about(settings: Settings, ledger: Ledger, index: DuckDBPyConnection, person: str) -> tuple[Held, ...]:
    """All of it, with an index that is open."""
    return (
        *in_entries(ledger, index, person),
        *in_side_store(ledger, person),
        *in_files(settings, person),
        *in_warehouse(settings, person),
        *in_pages(settings, person),
        *in_journal(settings, ledger, person),
        *in_staying_files(settings, person),
    )


def in_entries(ledger: Ledger, index: DuckDBPyConnection, person: str) -> Iterator[Held]:
    """Entries that have a commitment of the person, and where in them it stands."""
    own = [kept.commitment for kept in kept_of(ledger, person)]
    for seq, kind, key, places in index.execute(_MENTIONS, [own]).fetchall():
        # The key of some entries is the person's commitment, which says nothing to a reader.
        name = "" if key in own else f" {key}"
        yield Held("ledger", f"entry {seq}", f"{kind}{name}: {', '.join(places)}")


def in_side_store(ledger: Ledger, person: str) -> Iterator[Held]:
    """The person's id and each text about them."""
    for kept in kept_of(ledger, person):
        what = "the id" if kept.about is None else f"text: {kept.value}"
        yield Held("side store", f"subjects/{kept.commitment[:12]}", what)


def in_files(settings: Settings, person: str) -> Iterator[Held]:
    """Lines of the project's files."""
    for place in named_in_specs(settings.root, person):
        said = shorten(place.excerpt, _EXCERPT) or "the file is named after the person"
        yield Held("files", f"{place.path}:{place.line}", said)


def in_warehouse(settings: Settings, person: str) -> Iterator[Held]:
    """Columns of the published warehouse that have the id in some rows."""
    if not settings.warehouse.exists():
        return
    with open_reader(settings.warehouse) as connection:
        for schema, table, column in connection.execute(_COLUMNS).fetchall():
            count = _rows_naming(connection, f'"{schema}"."{table}"', f'"{column}"', person)
            if count:
                yield Held("warehouse", f"{schema}.{table}", f"{column} in {count} row{'' if count == 1 else 's'}")


def in_pages(settings: Settings, person: str) -> Iterator[Held]:
    """Published pages that name the person, in their text or by their own name."""
    for path in sorted(settings.pages.rglob("*")) if settings.pages.exists() else ():
        name = path.relative_to(settings.pages).as_posix()
        if path.is_file() and (is_named(name.encode(), person) or is_named(path.read_bytes(), person)):
            yield Held("pages", name, "names the person")


def in_journal(settings: Settings, ledger: Ledger, person: str) -> Iterator[Held]:
    """Reports of runs that name the person, or quote a text about them."""
    texts = [kept.value for kept in kept_of(ledger, person) if kept.about is not None]
    for path in journals_telling(settings, person, texts):
        yield Held("journal", path.name, "the run's report names the person or quotes a text about them")


def in_staying_files(settings: Settings, person: str) -> Iterator[Held]:
    """Source systems below the build folder, spot checks and closes; others are not ours to search."""
    for file in files_staying(settings, person):
        yield Held(file.store, file.place, "the file has the id")


def _rows_naming(connection: DuckDBPyConnection, table: str, column: str, person: str) -> int:
    """Contains first, as that is quick; then whole ids only."""
    query = f"""
        select count(*) from {table}
        where contains({column}, ?) and regexp_matches({column}, ?)
    """
    found = connection.execute(query, [person, f"(^|[^A-Za-z0-9]){person}([^A-Za-z0-9]|$)"]).fetchone()
    return int(found[0]) if found else 0
