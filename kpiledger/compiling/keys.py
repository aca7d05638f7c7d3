"""Which keys does a cube need so that conditions can be applied to its rows, and how do they read there?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kpiledger.compiling.columns import Column, coined
from kpiledger.compiling.cubes import Families, Key
from kpiledger.compiling.dialects import type_name
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.sizes import CUBE_AT_MOST, is_small
from kpiledger.expressions import columns_in, equalities, render


def families_of(plan: FactPlan, chosen: Sequence[Column]) -> Families:
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
    if is_small(plan, kept):
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
        if found and not is_small(plan, [_kept(plan, found[0])]):
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
