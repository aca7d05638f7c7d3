"""In which form are a fact's additive measures computed: each condition on the fact's rows, or on cubes of them?

plain   each chosen part of a measure is a column of the aggregate, `sum(case when <condition> then <expr> end)`
        (`filter` on PostgreSQL). The fact is read once; the cost grows with the number of conditions times its rows.
cube    the aggregate keeps the columns that conditions read, and one sum for each expression; the conditions are
        applied to its few rows. A condition on a column of many values is kept itself, as true or false. Each cube
        reads the fact once more; then the cost hardly grows with the number of conditions.

Measured on 10 million rows (benchmarks/kpi_sql.py): below some 25 conditions plain wins on DuckDB, above it cubes;
on PostgreSQL plain always. A cube of too many rows is a trap, so they are estimated from the members that the fact
file states for its dimensions, and conditions that would make one too large get a cube of their own, or stay plain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod

from kpiledger.compiling.columns import Column, Route, coined
from kpiledger.compiling.dialects import Dialect
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.expressions import canonical, columns_in, render

# Above so many conditions cubes are faster.
PLAIN_AT_MOST = 25
# Rows of a cube that are still far fewer than the fact's.
CUBE_AT_MOST = 300_000
# A pass over the fact costs as much as about so many conditions on its rows.
CUBE_AT_LEAST = 8
# Assumed where nothing is stated: tiles of days, as ten years have.
MONTHS, DAYS = 120, 3650


@dataclass(frozen=True, slots=True)
class Key:
    """What a cube keeps of the fact's rows, a column or whether a condition holds, and the columns it is about."""

    name: str
    sql: str
    kind: str
    members: int
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A chosen part of a stored column, and the condition over keys that chooses it."""

    column: Column
    base: Column
    condition: str


@dataclass(frozen=True, slots=True)
class Family:
    """Parts whose conditions read the same keys."""

    keys: tuple[Key, ...]
    parts: tuple[Part, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its keys."""
        return tuple(key.name for key in self.keys)


@dataclass(frozen=True, slots=True)
class Cube:
    """Rows of the aggregate that keep some keys beside the dimensions, for the families that need no others."""

    keys: tuple[Key, ...]
    families: tuple[Family, ...]
    stored: tuple[Column, ...]

    @property
    def name(self) -> str:
        """How its rows are told from those of other cubes."""
        return ", ".join(key.name for key in self.keys) or "none"


@dataclass(frozen=True, slots=True)
class Form:
    """The cubes of the aggregate, one of them without keys where all is plain, and why it is so.

    The first cube holds, beside the bases of its families, every column that is wanted whole or stays plain.
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
    def is_divided(self) -> bool:
        """Whether the aggregate holds several cubes, and its rows say which they are of."""
        return len(self.cubes) > 1


@lru_cache(maxsize=256)
def form_of(plan: FactPlan) -> Form:
    """The form that the additive columns of a fact are computed in."""
    columns = plan.of_route(Route.ADDITIVE)
    chosen = [column for column in columns if column.where and not column.converted]
    if plan.dialect is Dialect.POSTGRES:
        return _plain(columns, "plain: PostgreSQL computes FILTER on the rows fastest")
    if len(chosen) <= PLAIN_AT_MOST:
        return _plain(columns, f"plain: {len(chosen)} conditions, at most {PLAIN_AT_MOST}")
    families = _families(plan, chosen)
    groups = [group for group in _together(plan, families) if sum(map(len, group.values())) >= CUBE_AT_LEAST]
    if not groups:
        return _plain(columns, "plain: too many members, or too few conditions that go together")
    return _cubes(columns, groups)


def _plain(columns: tuple[Column, ...], reason: str) -> Form:
    return Form((Cube((), (), columns),), reason)


def _families(plan: FactPlan, chosen: Iterable[Column]) -> dict[tuple[Key, ...], list[tuple[Column, str]]]:
    """The columns and their conditions over keys, by the keys these read."""
    members = {
        dimension.column: dimension.members
        for dimension in plan.fact.dimensions.values()
        if dimension.through is None and dimension.members
    }
    flags: dict[str, Key] = {}
    found: dict[tuple[Key, ...], list[tuple[Column, str]]] = {}
    for column in chosen:
        keys: dict[str, Key] = {}
        conditions = []
        for index, text in enumerate(column.where):
            about = tuple(sorted(columns_in(text)))
            if all(name in members for name in about):
                kinds = plan.project.columns.get(plan.fact.model, {})
                keys |= {one: Key(one, one, kinds.get(one) or "varchar", members[one] or 1, (one,)) for one in about}
                conditions.append(render(text, plan.dialect))
            else:
                name = coined(column.name, "holds", *("too",) * index)
                key = flags.setdefault(canonical(text), Key(name, render(text, plan.dialect), "boolean", 2, about))
                keys[key.name] = key
                conditions.append(key.name)
        condition = " and ".join(f"({one})" if len(conditions) > 1 else one for one in conditions)
        found.setdefault(tuple(keys[name] for name in sorted(keys)), []).append((column, condition))
    return found


Families = dict[tuple[Key, ...], list[tuple[Column, str]]]


def _together(plan: FactPlan, families: Families) -> list[Families]:
    """Families put together as long as a cube of all their keys stays small; the largest ones first."""
    rows = _rows(plan)
    groups: list[Families] = []
    for keys, parts in sorted(families.items(), key=lambda one: (-len(one[1]), [key.name for key in one[0]])):
        for group in groups:
            if rows * _members({key for others in group for key in others} | set(keys)) <= CUBE_AT_MOST:
                group[keys] = parts
                break
        else:
            if rows * _members(set(keys)) <= CUBE_AT_MOST:
                groups.append({keys: parts})
    return groups


def _rows(plan: FactPlan) -> int:
    """About how many rows the aggregate has without keys: tiles of days times the members of its dimensions."""
    dimensions = [plan.fact.dimensions[name] for name in plan.slices]
    return prod((dimension.members or 1 for dimension in dimensions), start=DAYS if plan.by_day else MONTHS)


def _members(keys: Iterable[Key]) -> int:
    """About how many combinations of some keys there are; conditions on one column exclude each other mostly."""
    held = Counter(key.about for key in keys if key.kind == "boolean" and key.name != key.sql)
    return prod((key.members for key in keys if key.about not in held or key.name == key.sql), start=1) * prod(
        count + 1 for count in held.values()
    )


def _cubes(columns: Sequence[Column], groups: Sequence[Families]) -> Form:
    moved = {column.name for group in groups for parts in group.values() for column, _ in parts}
    others = [column for column in columns if column.name not in moved]
    whole: dict[tuple[object, ...], Column] = {}
    whole |= {(one.agg, one.expr, one.group): one for one in others if not one.where and not one.converted}
    cubes = []
    for index, group in enumerate(groups):
        families = tuple(_family(keys, parts, whole) for keys, parts in sorted(group.items(), key=_by_names))
        bases = {part.base.name: part.base for family in families for part in family.parts}
        if index == 0:
            bases |= {column.name: column for column in others}
        keys = {key.name: key for family in families for key in family.keys}
        stored = tuple(bases[name] for name in sorted(bases))
        cubes.append(Cube(tuple(keys[name] for name in sorted(keys)), families, stored))
    plain = sum(1 for column in others if column.where)
    told = "; ".join(cube.name for cube in cubes)
    return Form(tuple(cubes), f"cube: {len(moved)} conditions in {len(cubes)} ({told}), {plain} plain")


def _by_names(one: tuple[tuple[Key, ...], object]) -> list[str]:
    return [key.name for key in one[0]]


def _family(
    keys: tuple[Key, ...], parts: Iterable[tuple[Column, str]], whole: dict[tuple[object, ...], Column]
) -> Family:
    made = []
    for column, condition in parts:
        base = replace(column, name=coined(column.name, "whole"), where=())
        made.append(Part(column, whole.setdefault((column.agg, column.expr, column.group), base), condition))
    return Family(keys, tuple(made))
