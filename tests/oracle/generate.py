"""Random companies and random KPIs over them: gaps, nulls, unknown keys, twins, negative and zero amounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from kpiledger.specs.fact import Fact
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Aggregation
from tests.oracle.company import FACTS, Company, Row, kpi
from tests.oracle.texts import CONDITIONS, FORMULAS_OF_ONE, FORMULAS_OF_TWO

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
OWN, SHARED = ("region", "floor", "segment"), ("region", "segment")
GRAINS = ("day", "week", "month", "quarter", "year")

COUNTS = ("sales", "costed_sales", "dear_sales", "buyers", "payments", "visits", "visitors")
# By grain, what MetricFlow can be asked for as well.
REACHES = {
    "month": [{"window": "2 months"}, {"window": "12 months"}, {"to_date": "quarter"}, {"to_date": "year"}],
    "quarter": [{"window": "2 quarters"}, {"to_date": "year"}],
    "day": [{"window": "7 days"}, {"window": "1 month"}, {"to_date": "month"}, {"to_date": "week"}],
    "week": [{"window": "3 weeks"}, {"window": "10 days"}],
    "year": [{"window": "2 years"}, {"window": "6 months"}],
}
OFFSETS = {
    "month": ["1 month", "12 months"], "quarter": ["1 quarter", "1 year"], "year": ["1 year"],
    "week": ["1 week", "4 weeks"], "day": ["7 days", "1 day"],
}  # fmt: skip

Formula = dict[str, Any]
Made = tuple[Formula, Sequence[str]]

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
def companies(draw: st.DrawFn, day: st.SearchStrategy[date] = any_day, **calendar: Any) -> Company:
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


def measures(fact: Fact, *without: Aggregation) -> st.SearchStrategy[str]:
    """The name of a measure of a fact, of any aggregation but some."""
    return st.sampled_from([name for name, measure in fact.measures.items() if measure.agg not in without])


def parts(fact: Fact, *without: Aggregation) -> st.SearchStrategy[dict[str, Any]]:
    """A measure of a fact, or the part of it where a condition holds."""
    where = st.one_of(st.none(), st.sampled_from(sorted(CONDITIONS[fact.fact])))
    return st.tuples(measures(fact, *without), where).map(
        lambda drawn: {"measure": drawn[0], **({"where": drawn[1]} if drawn[1] else {})}
    )


def _slices(fact: Fact) -> Sequence[str]:
    return OWN if fact.fact == "sale" else SHARED


@st.composite
def simple(draw: st.DrawFn, always_where: bool = False) -> Made:
    """Any aggregation but `last`, of any fact."""
    fact = draw(st.sampled_from(list(FACTS.values())))
    part = draw(parts(fact, Aggregation.LAST).filter(lambda part: "where" in part or not always_where))
    return {"type": "simple", **part}, _slices(fact)


@st.composite
def ratio(draw: st.DrawFn, with_states: bool = False) -> Made:
    """Two measures of one fact, or of two; on request states as well."""
    top, bottom = draw(st.sampled_from(list(FACTS.values()))), draw(st.sampled_from(list(FACTS.values())))
    without = (Aggregation.AVERAGE, *([] if with_states else [Aggregation.LAST]))
    made = {"type": "ratio", "numerator": draw(parts(top, *without)), "denominator": draw(parts(bottom, *without))}
    return made, _slices(top) if top is bottom else SHARED


@st.composite
def derived(draw: st.DrawFn, offsets: Sequence[str | None], kpis: Sequence[str] | None = None) -> Made:
    """One or two inputs, each over the period or earlier; where `kpis` are given they and states may be inputs."""
    names = ["one", "two"] if draw(st.booleans()) else ["one"]
    inputs, facts = {}, set()
    for name in names:
        offset = draw(st.sampled_from(list(offsets)))
        fact = draw(st.sampled_from(list(FACTS.values())))
        named = st.sampled_from(list(kpis)).map(lambda other: {"kpi": other}) if kpis else st.nothing()
        without = [Aggregation.LAST] if kpis is None else []
        given = draw(st.one_of(parts(fact, *without), named))
        inputs[name] = {
            **given, **({"offset": offset} if offset else {}), "missing": draw(st.sampled_from(["null", "zero"])),
        }  # fmt: skip
        facts.add(fact.fact if "measure" in given else "visit")
    texts = FORMULAS_OF_TWO if len(names) == 2 else FORMULAS_OF_ONE
    return {"type": "derived", "expr": draw(st.sampled_from(sorted(texts))), "inputs": inputs}, (
        OWN if facts == {"sale"} else SHARED
    )


@st.composite
def cumulative(draw: st.DrawFn, reaches: Sequence[Formula]) -> Made:
    """A measure over a window or to date."""
    fact = draw(st.sampled_from(list(FACTS.values())))
    made = {"type": "cumulative", **draw(parts(fact, Aggregation.LAST)), **draw(st.sampled_from(list(reaches)))}
    return made, _slices(fact)


def comparable_derived(grain: str) -> st.SearchStrategy[Made]:
    """Expressions whose offsets are whole periods of the grain."""
    return derived([None, *OFFSETS[grain]])


def comparable_cumulative(grain: str) -> st.SearchStrategy[Made]:
    """Measures over windows that MetricFlow counts by days as well."""
    return cumulative(REACHES[grain])
