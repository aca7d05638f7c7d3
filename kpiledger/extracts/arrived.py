"""The rows of one table as they arrived, as text: do they read as declared, which keys repeat, what do they sum to?

A value counts as unreadable where its declared type cannot hold it exactly: 1.5 as an integer, a time of day in a
date, more decimals than declared. The noise of a binary fraction (19.990000000000002) is rounded away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

_EXAMPLES = 3
# Larger than the noise of a double that was added up a few times, smaller than any digit that was meant.
_NOISE = "(1e-12 + 1e-14 * abs(cast({text} as double)))"
_EXACT = ("decimal", "integer", "bigint")


@dataclass(frozen=True, slots=True)
class Found:
    """Values of a column, or keys, that cannot be used: how many, and some of them."""

    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrived:
    """The rows of a table in a private DuckDB, in columns of text with the names of `columns`."""

    link: duckdb.DuckDBPyConnection
    columns: Mapping[str, str]

    def fill(self, names: Sequence[str], parts: Iterable[Sequence[tuple[str | None, ...]]]) -> int:
        """Put the rows in, columns in the order of `names`; how many there are."""
        self.link.execute(f"create or replace table arrived ({', '.join(f'{_q(name)} varchar' for name in names)})")
        unnested = ", ".join("unnest(?::varchar[])" for _ in names)
        count = 0
        for part in parts:
            self.link.execute(
                f"insert into arrived select {unnested}", [list(column) for column in zip(*part, strict=True)]
            )
            count += len(part)
        return count

    def unreadable(self) -> dict[str, Found]:
        """The columns with values that their types cannot hold exactly."""
        found = {}
        for name, kind in self.columns.items():
            bad = _unreadable(_q(name), kind)
            if bad is None:
                continue
            query = f"select count(*), list({_q(name)})[1:{_EXAMPLES}] from arrived where {bad}"
            count, examples = self.link.execute(query).fetchall()[0]
            if count:
                found[name] = Found(count, tuple(examples))
        return found

    def repeated_keys(self, key: Sequence[str]) -> Found | None:
        """The keys that stand more than once; None where each stands once."""
        names = ", ".join(map(_typed, key, [self.columns[name] for name in key]))
        written = " || ' / ' || ".join(f"coalesce({_q(name)}, '(empty)')" for name in key)
        query = f"""
            with repeated as (
                select min({written}) as record_key from arrived group by {names} having count(*) > 1
            )
            select count(*), list(record_key order by record_key)[1:{_EXAMPLES}] from repeated
        """
        count, examples = self.link.execute(query).fetchall()[0]
        return Found(count, tuple(examples)) if count else None

    def empty_keys(self, key: Sequence[str]) -> int:
        """How many rows have an empty part in their key."""
        empty = " or ".join(f"{_q(name)} is null" for name in key)
        return int(self.link.execute(f"select count(*) from arrived where {empty}").fetchall()[0][0])

    def total(self, name: str) -> str:
        """The sum of a column, exactly, as text."""
        figure = _typed(name, self.columns[name])
        return str(self.link.execute(f"select coalesce(sum({figure}), 0) from arrived").fetchall()[0][0])

    def ends(self, name: str) -> tuple[str | None, str | None]:
        """The lowest and the highest value of a column, as text."""
        typed = _typed(name, self.columns[name])
        lowest, highest = self.link.execute(
            f"select min({typed})::varchar, max({typed})::varchar from arrived"
        ).fetchall()[0]
        return lowest, highest

    def write(self, path: Path, key: Sequence[str]) -> None:
        """A Parquet file of the rows as declared, in the order of the key: equal rows give equal bytes."""
        columns = ", ".join(f"{_typed(name, kind)} as {_q(name)}" for name, kind in self.columns.items())
        order = ", ".join(map(_q, [*key, *(name for name in self.columns if name not in key)]))
        address = str(path).replace("'", "''")
        # A common table expression, so that the order is that of the types and not of their texts.
        query = f"with typed as (select {columns} from arrived) select * from typed order by {order}"
        self.link.execute(f"copy ({query}) to '{address}' (format parquet, compression zstd)")


def private_link(aside: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB of its own that puts onto the disk what does not fit into its memory."""
    settings = {"temp_directory": str(aside), "memory_limit": "1GB", "threads": 1, "preserve_insertion_order": True}
    return duckdb.connect(":memory:", config=settings)


def _typed(name: str, kind: str) -> str:
    return f"cast({_q(name)} as {kind})"


def _unreadable(text: str, kind: str) -> str | None:
    """A condition that holds for the texts that a type cannot hold exactly; None for text itself."""
    if kind == "varchar":
        return None
    read = f"try_cast({text} as {kind})"
    unread = f"{text} is not null and {read} is null"
    if kind.startswith(_EXACT):
        apart = f"abs(try_cast({text} as double) - cast({read} as double)) > {_NOISE.format(text=read)}"
        # A double has 17 digits at most: a longer text was meant digit by digit.
        fraction = f"length(rtrim(regexp_extract({text}, '[.]([0-9]+)$', 1), '0'))"
        longer = f"{fraction} > {_scale(kind)} and length(regexp_replace({text}, '[^0-9]', '', 'g')) > 17"
        return f"({unread}) or {apart} or ({longer})"
    if kind == "date":
        return f"({unread}) or not isfinite({read}) or try_cast({text} as timestamp) <> cast({read} as timestamp)"
    if kind == "timestamp":
        return f"({unread}) or not isfinite({read})"
    return unread


def _scale(kind: str) -> int:
    return int(kind.rpartition(",")[2].rstrip(")")) if kind.startswith("decimal") else 0


def _q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
