"""Random companies and random KPIs over them: gaps, nulls, unknown keys, twins, negative and zero amounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from kpiledger.specs.kpi import Kpi
from tests.oracle.company import Company, Row, kpi
from tests.oracle.generate_formulas import Made

STARTS_ON = date(2022, 1, 1)
FIRST = date(2023, 2, 25)
# Where calendars go wrong: leap days, ends of months, quarters and years, the first days of ISO years.
EDGES = [
    date(2023, 2, 28), date(2023, 3, 31), date(2023, 12, 31), date(2024, 1, 1), date(2024, 2, 28), date(2024, 2, 29),
    date(2024, 3, 1), date(2024, 3, 31), date(2024, 4, 30), date(2024, 5, 31), date(2024, 6, 30), date(2024, 7, 1),
]  # fmt: skip
CUSTOMERS = ["ann", "bob", "cas", "dee", "nobody", None]  # nobody is in no dimension model
SEGMENTS = {"ann": "home", "bob": "work", "cas": "home", "dee": None}
REGIONS = ["N", "S", "W", None]
GRAINS = ("day", "week", "month", "quarter", "year")

any_day = st.one_of(st.sampled_from(EDGES), st.integers(0, 520).map(lambda number: FIRST + timedelta(days=number)))
# Days to which going back by months leads from exactly one day: neither the last of February nor any after the 28th.
plain_day = st.tuples(st.sampled_from([2023, 2024]), st.integers(1, 12), st.integers(1, 27)).map(
    lambda parts: date(*parts)
)
amounts = st.one_of(
    st.none(), st.sampled_from([Decimal(0), Decimal(20)]), st.decimals(-40, 90, places=2, allow_nan=False)
)
costs = st.one_of(st.none(), st.integers(-5, 30))


def sales(day: st.SearchStrategy[date]) -> st.SearchStrategy[tuple[Row, ...]]:
    """Sales on some days, some of them never paid, some without a day; twins differ by their key alone."""
    row = st.fixed_dictionaries({
        "customer": st.sampled_from(CUSTOMERS), "sold_on": _mostly(day), "paid_on": st.one_of(st.none(), day),
        "region": st.sampled_from(REGIONS), "floor": st.sampled_from([1, 2, 3, None]), "amount": amounts, "cost": costs,
    })  # fmt: skip
    return _keyed("sale_id", row, 30)


def visits(day: st.SearchStrategy[date]) -> st.SearchStrategy[tuple[Row, ...]]:
    """Visits on some days."""
    row = st.fixed_dictionaries({
        "customer": st.sampled_from(CUSTOMERS), "seen_on": _mostly(day), "region": st.sampled_from(REGIONS),
        "minutes": st.one_of(st.none(), st.integers(0, 40)),
    })  # fmt: skip
    return _keyed("visit_id", row, 18)


def _mostly(day: st.SearchStrategy[date]) -> st.SearchStrategy[date | None]:
    return st.tuples(st.integers(0, 19), day).map(lambda drawn: drawn[1] if drawn[0] else None)


def _keyed(key: str, row: st.SearchStrategy[dict[str, Any]], most: int) -> st.SearchStrategy[tuple[Row, ...]]:
    twins = st.tuples(row, st.sampled_from([1, 1, 1, 2]))
    return st.lists(twins, min_size=4, max_size=most).map(
        lambda drawn: tuple(
            {key: number, **one} for number, one in enumerate([one for one, times in drawn for _ in range(times)], 1)
        )
    )


@st.composite
def companies(draw: st.DrawFn, /, day: st.SearchStrategy[date] = any_day, **calendar: Any) -> Company:
    """A company whose as-of date is the last day that something happened on, the end of a month, or any day."""
    sold, seen = draw(sales(day)), draw(visits(day))
    happened = [row["sold_on"] for row in sold if row["sold_on"]] or [date(2024, 6, 30)]
    as_of = draw(st.sampled_from([max(happened), date(2024, 12, 31), date(2024, 3, 31), date(2024, 5, 16)]))
    return Company(sold, seen, SEGMENTS, as_of, calendar.pop("starts_on", STARTS_ON), **calendar)


@st.composite
def lists_of_kpis(draw: st.DrawFn, formula: st.SearchStrategy[Made], most: int) -> list[Kpi]:
    """KPIs named k1, k2, ... with some grains and some of the slices that their formula allows."""
    found = []
    for number in range(1, draw(st.integers(2, most)) + 1):
        made, slices = draw(formula)
        grains = draw(st.lists(st.sampled_from(GRAINS), min_size=1, max_size=2, unique=True))
        cut = draw(st.lists(st.sampled_from(list(slices)), max_size=2, unique=True))
        found.append(kpi(f"k{number}", made, grains=grains, slices=cut))
    return found


@st.composite
def kpis_by_grain(draw: st.DrawFn, made: Callable[[str], st.SearchStrategy[Made]], most: int) -> list[Kpi]:
    """KPIs of one grain each, whose formula depends on the grain."""
    found = []
    for number in range(1, draw(st.integers(2, most)) + 1):
        grain = draw(st.sampled_from(GRAINS))
        formula, slices = draw(made(grain))
        cut = draw(st.lists(st.sampled_from(list(slices)), max_size=2, unique=True))
        found.append(kpi(f"k{number}", formula, grains=[grain], slices=cut))
    return found
