"""Who is held to which KPI now, and which departments does that concern?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

import duckdb

from kpiledger.project import Project
from kpiledger.specs.organisation import Organisation
from kpiledger.warehouse import rows_of

# What is promised for the period that the last day lies in, by whom; a weight is of the agreement, not of a period.
_PROMISED = """
select
    holder,
    kpi,
    slice,
    member,
    grain,
    arg_max(weight, period_start) as weight,
    arg_max(target_value, period_start) as target_value,
    arg_max(comparison, period_start) as comparison
from kpi.fct_kpi_target
cross join kpi.as_of
where superseded_at is null
    and not is_pending
    and as_of_on between valid_from and valid_to
    and period_start <= as_of_on
group by holder, kpi, slice, member, grain
order by holder, kpi, slice, member, grain
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A promise in force; `department` is the holder's, None for the company as a whole."""

    holder: str
    department: str | None
    kpi: str
    slice: str
    member: str
    grain: str
    weight: Decimal | None
    target: Decimal | None
    comparison: str | None

    @property
    def number(self) -> tuple[str, str, str, str]:
        """The very number that is promised."""
        return self.kpi, self.slice, self.member, self.grain

    @property
    def told(self) -> str:
        """The holder, with the weight where there is one."""
        return self.holder if self.weight is None else f"{self.holder} ({self.weight.normalize():f})"


def held_now(connection: duckdb.DuckDBPyConnection, project: Project) -> tuple[Held, ...]:
    """The promises in force on the warehouse's last day, by holder and KPI; those of single people are left out."""
    return tuple(
        Held(
            holder=row["holder"],
            department=department_of(project.organisation, row["holder"]),
            kpi=row["kpi"],
            slice=row["slice"],
            member=row["member"],
            grain=row["grain"],
            weight=row["weight"],
            target=row["target_value"],
            comparison=row["comparison"],
        )
        for row in rows_of(connection, _PROMISED)
        if row["holder"] not in project.organisation.people
    )


def department_of(organisation: Organisation, holder: str) -> str | None:
    """The department of a unit, or of the unit that a role works in; None for the company as a whole."""
    role = organisation.roles.get(holder)
    unit = organisation.units.get(role.unit or "" if role else holder)
    return unit.department if unit else None


def by_kpi(held: Iterable[Held]) -> Mapping[str, tuple[Held, ...]]:
    """The promises of each KPI."""
    found: defaultdict[str, list[Held]] = defaultdict(list)
    for one in held:
        found[one.kpi].append(one)
    return {kpi: tuple(promises) for kpi, promises in found.items()}


def two_targets(held: Iterable[Held], organisation: Organisation) -> Iterator[tuple[Held, Held]]:
    """Two holders who are promised different figures, or different comparisons, for the very same number.

    A unit may ask more of itself than the unit above asks: who meets the stricter target meets both.
    """
    numbers: defaultdict[tuple[str, str, str, str], list[Held]] = defaultdict(list)
    for one in held:
        numbers[one.number].append(one)
    for _, promises in sorted(numbers.items()):
        for one, other in combinations(promises, 2):
            is_same = (one.target, one.comparison) == (other.target, other.comparison)
            if not is_same and not _asks_more(one, other, organisation) and not _asks_more(other, one, organisation):
                yield one, other


def _asks_more(one: Held, above: Held, organisation: Organisation) -> bool:
    """Whether a unit below another is held to a target that meets the other's as well."""
    if one.comparison != above.comparison or one.target is None or above.target is None:
        return False
    is_stricter = {"at_least": one.target > above.target, "at_most": one.target < above.target}
    return is_stricter.get(one.comparison or "", False) and above.holder in _units_above(one.holder, organisation)


def _units_above(holder: str, organisation: Organisation) -> Iterator[str]:
    unit, seen = organisation.units.get(holder), {holder}
    while unit and unit.parent and unit.parent not in seen:
        yield unit.parent
        seen.add(unit.parent)
        unit = organisation.units.get(unit.parent)
