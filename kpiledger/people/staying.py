"""Which files below the project name a person and stay when the person is erased, and why does each stay?

They are not ours to change: a source system is erased in by its owner, and what a close or a judged spot check rests
on lies under a hash that the ledger holds. There a person is named only by what a source system said: who is held to a
target stands in a close as a commitment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from kpiledger.people.naming import is_named, pattern_of
from kpiledger.settings import Settings
from kpiledger.warehouse import literal

_OF_A_SOURCE = "a source system: erase them there"
_OF_A_SPOT_CHECK = "a spot check: the ledger holds the hash of what was judged"
_OF_A_CLOSE = (
    "evidence of a close: a source system named them, and the ledger holds its hash; no later extract has what is "
    "erased in the source; a file that must go all the same is removed by hand, and `kpi verify` misses it for good"
)
# Of these kinds no value can be an id, which begins with a letter.
_NO_TEXT = ("DECIMAL", "DATE", "TIME", "BOOLEAN", "DOUBLE", "FLOAT", "TINYINT", "SMALLINT", "INTEGER", "BIGINT")


@dataclass(frozen=True, slots=True)
class Staying:
    """A file that names the person: in which store, where in it, and why it is left as it is."""

    store: str
    place: str
    why: str


def files_staying(settings: Settings, person: str) -> Iterator[Staying]:
    """Source systems and spot checks below the build folder, and everything that periods were closed with."""
    pattern_of(person)  # refuses what can be no id before anything is searched
    for path in _files(settings.sources):
        if is_named(path.read_bytes(), person):
            yield Staying("sources", path.name, _OF_A_SOURCE)
    for path in _files(settings.spot_checks):
        if is_named(path.read_bytes(), person):
            yield Staying("spot checks", path.relative_to(settings.build).as_posix(), _OF_A_SPOT_CHECK)
    for path in _naming(_files(settings.closes), person):
        yield Staying("closes", f"closes/{path.relative_to(settings.closes).as_posix()}", _OF_A_CLOSE)


def _naming(files: list[Path], person: str) -> Iterator[Path]:
    """Those that name the person; an extract that several closes have a link to is read once."""
    known: dict[tuple[int, int], bool] = {}
    with duckdb.connect() as connection:
        for path in files:
            stat = path.stat()
            place = stat.st_dev, stat.st_ino
            if place not in known:
                is_table = path.suffix == ".parquet"
                known[place] = (is_table and _has_row(connection, path, person)) or is_named(path.read_bytes(), person)
            if known[place]:
                yield path


def _has_row(connection: duckdb.DuckDBPyConnection, path: Path, person: str) -> bool:
    """Whether a row names the person: Parquet compresses its texts, so that its bytes may not show them."""
    rows = f"read_parquet({literal(path)})"
    try:
        columns = connection.execute(f"describe select * from {rows}").fetchall()
        texts = [_quoted(name) for name, kind, *_ in columns if not str(kind).startswith(_NO_TEXT) or "[" in str(kind)]
        said = " or ".join(f"(contains({text}, $id) and regexp_matches({text}, $word))" for text in texts)
        words = {"id": person, "word": f"(^|[^A-Za-z0-9]){person}([^A-Za-z0-9]|$)"}
        return (
            bool(texts)
            and connection.execute(f"select 1 from {rows} where {said} limit 1", words).fetchone() is not None
        )
    except duckdb.Error:  # no Parquet any more: its bytes are searched, and `kpi verify` says that it was changed
        return False


def _quoted(name: str) -> str:
    return 'cast("' + name.replace('"', '""') + '" as varchar)'


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
