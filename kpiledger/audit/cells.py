"""How are the millions of cells of a large answer handled: a column at a time, and each distinct value once?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import NoneType
from typing import TypeVar, overload

Row = tuple[object, ...]
Told = TypeVar("Told")
# So many rows are turned at a time: they are still at hand for the processor then.
_AT_ONCE = 2000
# Equal values of one of these types look the same, which 1 and True, or a moment in two zones, do not.
_ALIKE: tuple[set[type], ...] = (set(), {str}, {int}, {bool}, {date})


@dataclass(frozen=True, slots=True)
class ByColumn(Sequence[Row]):
    """The rows of a table that is kept by column: each row is made when it is asked for."""

    columns: Sequence[Sequence[object]]

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def __iter__(self) -> Iterator[Row]:
        return zip(*self.columns, strict=True)

    @overload
    def __getitem__(self, at: int) -> Row: ...

    @overload
    def __getitem__(self, at: slice) -> ByColumn: ...

    def __getitem__(self, at: int | slice) -> Row | ByColumn:
        if isinstance(at, slice):
            return ByColumn([column[at] for column in self.columns])
        return tuple(column[at] for column in self.columns)


def columns_of(rows: Sequence[Row], width: int) -> Sequence[Sequence[object]]:
    """The cells of a table by column."""
    if isinstance(rows, ByColumn):
        return rows.columns
    columns: list[list[object]] = [[] for _ in range(width)]
    for first in range(0, len(rows), _AT_ONCE):
        for column, part in zip(columns, zip(*rows[first : first + _AT_ONCE], strict=True), strict=True):
            column.extend(part)
    return columns


def types_in(column: Iterable[object]) -> set[type]:
    """The types of its cells, None left out."""
    return set(map(type, column)) - {NoneType}


def together(column: Sequence[object]) -> str:
    """All its texts one after the other: to see at once what none of them has."""
    types = set(map(type, column))
    if types == {str}:
        return "".join(column)  # type: ignore[arg-type]
    if str not in types:
        return ""
    return "".join([cell for cell in column if isinstance(cell, str)])


def has_any(text: str, marks: str) -> bool:
    """Whether a text has any of some characters; ten times as fast as a pattern, where it is long and has none."""
    return any(map(text.__contains__, marks))


def each_told(column: Sequence[object], tell: Callable[[object], Told]) -> list[Told]:
    """What is to be told of each cell; told once for all equal ones where these look the same."""
    types = types_in(column)
    if types in _ALIKE or (types == {datetime} and _have_no_zone(column)):
        told = {value: tell(value) for value in set(column)}
        return list(map(told.__getitem__, column))
    return list(map(tell, column))


def _have_no_zone(column: Iterable[object]) -> bool:
    return all(moment.tzinfo is None for moment in column if isinstance(moment, datetime))
