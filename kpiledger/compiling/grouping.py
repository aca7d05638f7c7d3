"""Which conditions share a cube, so that the fact is read seldom and no cube grows large?"""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.compiling.cubes import Families, Key
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.sizes import SHARED_AT_MOST, is_small

# A pass over the fact costs as much as about so many conditions on its rows.
CUBE_AT_LEAST = 5
# A pass that reads only rows with some of a column's many values costs as much as about so many.
FEW_AT_LEAST = 2
# A condition that is kept as true or false is computed for every row all the same: one alone pays for so many columns,
# several about the same columns for half as many each.
HELD_AT_LEAST = 3


def together(plan: FactPlan, families: Families) -> list[Families]:
    """Families put together as long as a cube of all their keys stays small; the largest ones first."""
    groups: list[Families] = []
    units = _units(plan, families)
    for unit in sorted(units, key=lambda one: (-_count(one), [key.name for keys in one for key in keys])):
        for group in groups:
            both = {key for keys in (*group, *unit) for key in keys}
            if _chooses_few(unit) == _chooses_few(group) and is_small(plan, both, SHARED_AT_MOST):
                group.update(unit)
                break
        else:
            if is_small(plan, {key for keys in unit for key in keys}):
                groups.append(unit)
    return groups


def _chooses_few(group: Families) -> bool:
    """Whether only rows with some of a column's many values are read; with others they would all be."""
    return all(keys and all(key.only and not key.about for key in keys) for keys in group)


def pays(group: Families) -> bool:
    """Whether a pass over the fact for these conditions costs less than computing each of them plainly."""
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
        if _count(unit) * 2 >= sum(1 for key in flags if key.about) * HELD_AT_LEAST and is_small(plan, flags):
            units.append(unit)
        else:
            units += [{keys: parts} for keys, parts in unit.items() if len(parts) >= HELD_AT_LEAST]
    return units


def _about(keys: Iterable[Key]) -> tuple[tuple[str, ...], ...]:
    """The columns that the conditions among some keys are about."""
    return tuple(sorted({key.about for key in keys if key.about}))


def _count(group: Families) -> int:
    return sum(map(len, group.values()))
