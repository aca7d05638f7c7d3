"""Where below a folder does a text or a salt stand, in whichever form, and in files whose bytes do not show it?

A DuckDB or Parquet file compresses its texts, and an archive all: such files are searched as they are and unpacked.
"""

from __future__ import annotations

import base64
import gzip
import io
import sqlite3
import tarfile
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import duckdb

_VIEWS = "select view_name, sql from duckdb_views() where not internal"
_TABLES = """
    select '"' || schema_name || '"."' || table_name || '"', sql || coalesce(comment, '') from duckdb_tables()
    union all
    select '"' || schema_name || '"."' || table_name || '"', coalesce(comment, '')
    from duckdb_columns() where not internal
"""


def forms_of(needle: bytes) -> tuple[bytes, ...]:
    """A needle as it is, in hexadecimal digits, and in base64 wherever in a text it begins."""
    told = {needle, needle.hex().encode(), needle.hex().upper().encode()}
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + needle).rstrip(b"=")
        # The first and last characters also tell of what stands beside the needle.
        sure = encoded[-(-before * 8 // 6) : (before + len(needle)) * 8 // 6]
        told |= {sure, sure.replace(b"+", b"-").replace(b"/", b"_")}
    return tuple(sorted(told))


def forms_of_salt(salt: str) -> tuple[bytes, ...]:
    """A salt is 32 bytes, which the side store has in hexadecimal digits."""
    return tuple({*forms_of(bytes.fromhex(salt)), *forms_of(salt.encode())})


def traces(folder: Path, needles: Mapping[str, Iterable[bytes]], leave_out: Iterable[str] = ()) -> dict[str, set[str]]:
    """By each needle that has some, the places that have it in one of its forms.

    A place is a file by its path from the folder, and behind `!` what is packed in it.
    """
    found: dict[str, set[str]] = {}
    for place, content in contents(folder, set(leave_out)):
        for name, forms in needles.items():
            if any(form in content for form in forms):
                found.setdefault(name, set()).add(place)
    return found


def contents(folder: Path, leave_out: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder with its name, so that names are searched too, and what is packed in each."""
    own = (path for path in folder.iterdir() if path.name not in leave_out)
    for path in sorted(file for one in own for file in (one, *one.rglob("*")) if file.is_file()):
        place = path.relative_to(folder).as_posix()
        yield place, place.encode() + b"\n" + path.read_bytes()
        yield from ((f"{place}!{inner}", content) for inner, content in _unpacked(path, path.read_bytes()))


def _unpacked(path: Path, content: bytes) -> Iterator[tuple[str, bytes]]:
    if content[8:12] == b"DUCK":
        yield from _of_duckdb(path)
    elif content[:4] == b"PAR1":
        with duckdb.connect() as connection:
            yield "rows", _told(connection, f"from read_parquet('{path}')")
            yield "notes", _told(connection, f"select key::varchar, value::varchar from parquet_kv_metadata('{path}')")
    elif content[:15] == b"SQLite format 3":
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as rows:
            yield "rows", "\n".join(rows.iterdump()).encode()
        rows.close()
    elif content[:2] == b"\x1f\x8b":
        yield "", gzip.decompress(content)
        yield from _members(gzip.decompress(content))
    else:
        yield from _members(content)


def _members(content: bytes) -> Iterator[tuple[str, bytes]]:
    """What an archive holds; nothing of what is none."""
    file = io.BytesIO(content)
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(file) as archive:
            yield from ((name, name.encode() + b"\n" + archive.read(name)) for name in archive.namelist())
    elif content[257:262] == b"ustar":
        with tarfile.open(fileobj=file) as tar:
            for member in tar:
                held = tar.extractfile(member) if member.isfile() else None
                yield member.name, member.name.encode() + b"\n" + (held.read() if held else b"")


def _of_duckdb(path: Path) -> Iterator[tuple[str, bytes]]:
    """The rows of every table, how tables and views are made, and what is noted of them."""
    with duckdb.connect(str(path), read_only=True) as connection:
        yield "made by", _told(connection, _VIEWS) + _told(connection, _TABLES)
        tables = "select schema_name, table_name from duckdb_tables()"
        for schema, table in connection.execute(tables).fetchall():
            yield f"{schema}.{table}", _told(connection, f'from "{schema}"."{table}"')


def _told(connection: duckdb.DuckDBPyConnection, query: str) -> bytes:
    return "\n".join(map(repr, connection.execute(query).fetchall())).encode()
