"""How many rows, tiles and days will there be about, by what calendar and fact file say?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import prod

from kpiledger.compiling.cubes import Key
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.vocabulary import Grain

# Rows of a cube that are still far fewer than the fact's; and of one that is to serve different conditions, since
# each of them is then applied to the rows that all of them need.
CUBE_AT_MOST, SHARED_AT_MOST = 300_000, 60_000
# Assumed where the calendar does not end: ten years.
_DAYS = 3650
DAYS_OF = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 30, Grain.QUARTER: 91, Grain.YEAR: 365}


def is_small(plan: FactPlan, keys: Iterable[Key], at_most: int = CUBE_AT_MOST) -> bool:
    """Whether a cube of some keys stays small; conditions on the same columns are taken to exclude each other."""
    given = list(keys)
    held = Counter(key.about for key in given if key.about)
    combinations = prod(key.members for key in given) * prod(count + 1 for count in held.values())
    return rows_of(plan) * combinations <= at_most


def rows_of(plan: FactPlan) -> int:
    """About how many rows the aggregate has without keys: tiles of days times the members of its dimensions."""
    dimensions = [plan.fact.dimensions[name] for name in plan.slices]
    return prod((one.members or 1 for one in dimensions), start=tiles_of(plan))


def tiles_of(plan: FactPlan) -> int:
    """How many tiles of days the aggregate keeps."""
    days = days_of(plan)
    return days if plan.by_day else days // DAYS_OF[Grain.MONTH] + 1


def days_of(plan: FactPlan) -> int:
    """How many days the calendar has until the as-of date."""
    calendar = plan.project.calendar
    return (calendar.as_of - calendar.starts_on).days + 1 if calendar.as_of else _DAYS
