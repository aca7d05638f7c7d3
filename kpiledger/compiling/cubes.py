"""What is a cube made of: the keys that it keeps of the rows, the parts chosen by them, and the form they make."""

from __future__ import annotations

from dataclasses import dataclass

from kpiledger.compiling.columns import Column


@dataclass(frozen=True, slots=True)
class Key:
    """What a cube keeps of the fact's rows: a column, some of its values, or whether a condition holds.

    `about` are the columns that a condition reads; it is empty for the others. `only` is the condition on rows that
    can be chosen by it; it is empty where any can.
    """

    name: str
    sql: str
    kind: str
    members: int
    about: tuple[str, ...] = ()
    only: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A chosen part of a stored column, and the condition over keys that chooses it."""

    column: Column
    base: Column
    condition: str


@dataclass(frozen=True, slots=True)
class Cube:
    """Rows of the aggregate that keep some keys beside the dimensions, and the parts that are chosen by these."""

    keys: tuple[Key, ...]
    parts: tuple[Part, ...]
    stored: tuple[Column, ...]

    @property
    def name(self) -> str:
        """How its rows are told from those of other cubes."""
        return ", ".join(key.name for key in self.keys) or "none"


@dataclass(frozen=True, slots=True)
class Form:
    """The cubes of the aggregate, one of them without keys where all is plain, and why it is so.

    The first cube holds, beside the bases of its parts, every column that is wanted whole or stays plain.
    """

    cubes: tuple[Cube, ...]
    reason: str

    @property
    def stored(self) -> tuple[Column, ...]:
        """The measures of the aggregate, in order of their names."""
        unique = {column.name: column for cube in self.cubes for column in cube.stored}
        return tuple(unique[name] for name in sorted(unique))

    @property
    def keys(self) -> tuple[Key, ...]:
        """What any of the cubes keeps, in order of their names."""
        unique = {key.name: key for cube in self.cubes for key in cube.keys}
        return tuple(unique[name] for name in sorted(unique))

    @property
    def is_cube(self) -> bool:
        """Whether conditions are applied to the aggregate's rows."""
        return any(cube.parts for cube in self.cubes)

    @property
    def is_divided(self) -> bool:
        """Whether the aggregate holds several cubes, and its rows say which they are of."""
        return len(self.cubes) > 1


# Conditions over the same keys: the columns they choose parts for.
Families = dict[tuple[Key, ...], list[tuple[Column, str]]]
