"""In which form are a fact's measures computed? Sums, counts and extremes either plain or from cubes:

plain   each chosen part of a measure is a column of the aggregate, `sum(case when <condition> then <expr> end)`
        (`filter` on PostgreSQL). The fact is read once; the cost grows with the number of conditions times its rows.
cube    the aggregate keeps the columns that conditions read, and one sum for each expression; the conditions are
        applied to its few rows. Of a column of many values those are kept that conditions ask for, or each condition
        itself, as true or false. A cube reads the fact once; then the cost hardly grows with the number of conditions.

Measured on 10 million rows (benchmarks/kpi_sql.py): below some 25 conditions plain wins on DuckDB, above it cubes;
on PostgreSQL plain always. A cube of too many rows is a trap, so they are estimated from the members that the fact
file states for its dimensions, and conditions that would make one too large get a cube of their own, or stay plain.

Distinct counts are computed anew from the rows, or on DuckDB from rows of bits, where the fact file states how many
members the counted column and the dimensions have and the bits of them all stay small.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod

from kpiledger.compiling.columns import Column, Group, Route, coined
from kpiledger.compiling.dialects import Dialect, type_name
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.expressions import columns_in, equalities, render
from kpiledger.vocabulary import Grain

# Above so many conditions cubes are faster.
PLAIN_AT_MOST = 25
# Rows of a cube that are still far fewer than the fact's; and of one that is to serve different conditions, since
# each of them is then applied to the rows that all of them need.
CUBE_AT_MOST, SHARED_AT_MOST = 300_000, 60_000
# A pass over the fact costs as much as about so many conditions on its rows.
CUBE_AT_LEAST = 5
# A pass that reads only rows with some of a column's many values costs as much as about so many.
FEW_AT_LEAST = 2
# A condition that is kept as true or false is computed for every row all the same: one alone pays for so many columns,
# several about the same columns for half as many each.
HELD_AT_LEAST = 3
# Bytes that the rows of bits of one distinct count may take: as many as lie near the processor. At four times as many
# counting them costs more than it saves, unless days serve many periods and spans.
BITS_AT_MOST, SHARED_BITS_AT_MOST = 16 * 2**20, 64 * 2**20
# Assumed where the calendar does not end: ten years.
DAYS = 3650
DAYS_OF = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 30, Grain.QUARTER: 91, Grain.YEAR: 365}


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


@lru_cache(maxsize=256)
def form_of(plan: FactPlan) -> Form:
    """The form that the additive columns of a fact are computed in."""
    columns = plan.of_route(Route.ADDITIVE)
    chosen = [column for column in columns if column.where and not column.converted]
    if plan.dialect is Dialect.POSTGRES:
        return _plain(columns, "plain: PostgreSQL computes FILTER on the rows fastest")
    if len(chosen) <= PLAIN_AT_MOST:
        return _plain(columns, f"plain: {len(chosen)} conditions, at most {PLAIN_AT_MOST}")
    groups = [group for group in _together(plan, _families(plan, chosen)) if _pays(group)]
    if not groups:
        return _plain(columns, "plain: too many members, or too few conditions that go together")
    return _cubes(columns, groups)


def bits_pay(plan: FactPlan, group: Group) -> bool:
    """Whether distinct counts are computed from rows of bits: on DuckDB, where these are known to stay small.

    There is a bit for each tile or stretch of days, each member of each slice and each value counted.
    """
    dimensions, cuts = plan.fact.dimensions, plan.slices_of([group])
    own = {one.column: one.members for one in dimensions.values() if not one.through}
    counted = own.get(plan.of_group(group)[0].expr or "")
    members = [dimensions[cut].members for cut in cuts]
    if plan.dialect is not Dialect.DUCKDB or counted is None or not all(members):
        return False
    need = plan.need_of([group])
    lengths = {(stretch.span, stretch.rolling) for stretch in need.stretches}
    stretches = sum(_days(plan) // DAYS_OF[grain] + 1 for grain in need.grains) * len(lengths)
    bits = max(_tiles(plan), stretches) * (1 + sum(one or 0 for one in members)) * counted
    return bits <= 8 * (BITS_AT_MOST if need.is_single else SHARED_BITS_AT_MOST)


def _plain(columns: tuple[Column, ...], reason: str) -> Form:
    return Form((Cube((), (), columns),), reason)


def _count(group: Families) -> int:
    return sum(map(len, group.values()))


def _families(plan: FactPlan, chosen: Sequence[Column]) -> Families:
    """The columns and their conditions over keys, by the keys these read."""
    asked = _asked(plan, chosen)
    held: dict[str, Key] = {}
    found: Families = {}
    for column in chosen:
        keys: dict[str, Key] = {}
        conditions = []
        for index, text in enumerate(column.where):
            named = coined(column.name, "holds", *("too",) * index)
            read, condition = _key(plan, text, asked, held, named)
            keys |= {key.name: key for key in read}
            conditions.append(condition)
        condition = " and ".join(f"({one})" if len(conditions) > 1 else one for one in conditions)
        found.setdefault(tuple(keys[name] for name in sorted(keys)), []).append((column, condition))
    return found


def _key(
    plan: FactPlan, text: str, asked: Mapping[str, Key], held: dict[str, Key], named: str
) -> tuple[list[Key], str]:
    """The keys that a condition can be applied to, and how it reads there."""
    names = columns_in(text)
    kept = [_kept(plan, name) for name in names]
    if _is_small(plan, kept):
        return kept, render(text, plan.dialect)
    value = _value(plan, text)
    if value and value[0] in asked:
        key = asked[value[0]]
        return [key], f"{key.name} = {value[1]}"
    holds = render(text, plan.dialect)
    flag = Key(named, holds, "boolean", 1, tuple(sorted(names)), only=holds)
    key = held.setdefault(text, flag)
    return [key], key.name


def _kept(plan: FactPlan, name: str) -> Key:
    """A column as a key; one that the aggregate is cut by anyway costs nothing, others as much as they have members."""
    dimensions = plan.fact.dimensions
    own = {one.column: one.members for one in dimensions.values() if not one.through}
    is_cut = any(dimensions[one].column == name and not dimensions[one].through for one in plan.slices)
    kind = plan.project.columns.get(plan.fact.model, {}).get(name) or type_name("text", plan.dialect)
    return Key(name, name, kind, 1 if is_cut else own.get(name) or CUBE_AT_MOST + 1)


def _asked(plan: FactPlan, chosen: Iterable[Column]) -> dict[str, Key]:
    """For columns of too many members, the values that conditions ask for, all others together as null."""
    values: dict[str, dict[str, None]] = {}
    for text in (text for column in chosen for text in column.where):
        found = _value(plan, text)
        if found and not _is_small(plan, [_kept(plan, found[0])]):
            values.setdefault(found[0], {})[found[1]] = None
    keys = {}
    for name, literals in values.items():
        only = f"{name} in ({', '.join(sorted(literals))})"
        kind, members = _kept(plan, name).kind, len(literals) + 1
        keys[name] = Key(coined(name, "asked"), f"case when {only} then {name} end", kind, members, only=only)
    return keys


def _value(plan: FactPlan, text: str) -> tuple[str, str] | None:
    """The column and value of a condition that says no more than that they are equal."""
    pairs = equalities(text, plan.dialect)
    return pairs[0] if pairs and len(pairs) == 1 else None


def _together(plan: FactPlan, families: Families) -> list[Families]:
    """Families put together as long as a cube of all their keys stays small; the largest ones first."""
    groups: list[Families] = []
    units = _units(plan, families)
    for unit in sorted(units, key=lambda one: (-_count(one), [key.name for keys in one for key in keys])):
        for group in groups:
            both = {key for keys in (*group, *unit) for key in keys}
            if _chooses_few(unit) == _chooses_few(group) and _is_small(plan, both, SHARED_AT_MOST):
                group.update(unit)
                break
        else:
            if _is_small(plan, {key for keys in unit for key in keys}):
                groups.append(unit)
    return groups


def _chooses_few(group: Families) -> bool:
    """Whether only rows with some of a column's many values are read; with others they would all be."""
    return all(keys and all(key.only and not key.about for key in keys) for keys in group)


def _pays(group: Families) -> bool:
    return _count(group) >= (FEW_AT_LEAST if _chooses_few(group) else CUBE_AT_LEAST)


def _units(plan: FactPlan, families: Families) -> list[Families]:
    """Each family; those of conditions that are held, as one where they are about the same columns, if that pays."""
    units = [{keys: parts} for keys, parts in families.items() if not _about(keys)]
    held: dict[tuple[tuple[str, ...], ...], Families] = {}
    for keys, parts in families.items():
        if _about(keys):
            held.setdefault(_about(keys), {})[keys] = parts
    for unit in held.values():
        flags = {key for keys in unit for key in keys}
        if _count(unit) * 2 >= sum(1 for key in flags if key.about) * HELD_AT_LEAST and _is_small(plan, flags):
            units.append(unit)
        else:
            units += [{keys: parts} for keys, parts in unit.items() if len(parts) >= HELD_AT_LEAST]
    return units


def _about(keys: Iterable[Key]) -> tuple[tuple[str, ...], ...]:
    """The columns that the conditions among some keys are about."""
    return tuple(sorted({key.about for key in keys if key.about}))


def _is_small(plan: FactPlan, keys: Iterable[Key], at_most: int = CUBE_AT_MOST) -> bool:
    """Whether a cube of some keys stays small; conditions on the same columns are taken to exclude each other."""
    given = list(keys)
    held = Counter(key.about for key in given if key.about)
    combinations = prod(key.members for key in given) * prod(count + 1 for count in held.values())
    return _rows(plan) * combinations <= at_most


def _rows(plan: FactPlan) -> int:
    """About how many rows the aggregate has without keys: tiles of days times the members of its dimensions."""
    dimensions = [plan.fact.dimensions[name] for name in plan.slices]
    return prod((one.members or 1 for one in dimensions), start=_tiles(plan))


def _tiles(plan: FactPlan) -> int:
    days = _days(plan)
    return days if plan.by_day else days // DAYS_OF[Grain.MONTH] + 1


def _days(plan: FactPlan) -> int:
    calendar = plan.project.calendar
    return (calendar.as_of - calendar.starts_on).days + 1 if calendar.as_of else DAYS


def _cubes(columns: Sequence[Column], groups: Sequence[Families]) -> Form:
    moved = {column.name for group in groups for parts in group.values() for column, _ in parts}
    others = [column for column in columns if column.name not in moved]
    whole: dict[tuple[object, ...], Column] = {}
    whole |= {(one.agg, one.expr, one.group): one for one in others if not one.where and not one.converted}
    cubes = []
    for index, group in enumerate(groups):
        parts = sorted(_parts(group, whole), key=lambda part: part.column.name)
        stored = {part.base.name: part.base for part in parts}
        if index == 0:
            stored |= {column.name: column for column in others}
        keys = {key.name: key for read in group for key in read}
        kept, columns_of = (tuple(keys[one] for one in sorted(keys)), tuple(stored[one] for one in sorted(stored)))
        cubes.append(Cube(kept, tuple(parts), columns_of))
    plain = sum(1 for column in others if column.where)
    told = "; ".join(cube.name for cube in cubes)
    return Form(tuple(cubes), f"cube: {len(moved)} conditions in {len(cubes)} ({told}), {plain} plain")


def _parts(group: Families, whole: dict[tuple[object, ...], Column]) -> Iterable[Part]:
    for parts in group.values():
        for column, condition in parts:
            base = replace(column, name=coined(column.name, "whole"), where=())
            yield Part(column, whole.setdefault((column.agg, column.expr, column.group), base), condition)
