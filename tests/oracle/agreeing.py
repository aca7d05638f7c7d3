"""Companies drawn so that we and MetricFlow must agree where we differ in general."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from tests.oracle import generate
from tests.oracle.company import Company, Row

WINDOWS = ("1 day", "7 days", "2 months")
# In days: about as long as the windows; 2 months are 59 to 62 of them.
DELAYS = (-1, 0, 1, 6, 7, 8, 59, 60, 61, 62)
DAYS = [date(2024, 1, 31), *(date(2024, 2, day) for day in (1, 2, 6, 7, 8, 29)), date(2024, 3, 1), date(2024, 3, 31)]
EMPTY = {"amount": None, "cost": None, "paid_on": None}
MONDAY = date(2023, 10, 30)
WEEKS = 14


@st.composite
def states_in_every_week(draw: st.DrawFn) -> Company:
    """Three customers, each with one row in every week: nothing has to be carried forward."""
    customers = ["ann", "bob", "nobody"]
    state = st.tuples(st.integers(0, 6), st.sampled_from(generate.REGIONS), generate.costs)
    drawn = draw(st.lists(state, min_size=len(customers) * WEEKS, max_size=len(customers) * WEEKS))
    rows: list[Row] = []
    for number, (weekday, region, cost) in enumerate(drawn):
        day = MONDAY + timedelta(days=number // len(customers) * 7 + weekday)
        customer = customers[number % len(customers)]
        rows.append({"sale_id": number, "customer": customer, "sold_on": day, "region": region, "cost": cost})
    return Company(tuple(rows), (), generate.SEGMENTS, MONDAY + timedelta(days=WEEKS * 7 - 1), generate.STARTS_ON)


@st.composite
def journeys(draw: st.DrawFn) -> Company:
    """Visits, and sales that follow them after about as long as the windows that conversions are asked for."""
    step = st.tuples(
        st.sampled_from(["ann", "bob", None]), st.sampled_from(DAYS), st.sampled_from(generate.REGIONS),
        st.lists(st.sampled_from(DELAYS), max_size=2),
    )  # fmt: skip
    visits: list[Row] = []
    sales: list[Row] = []
    for customer, day, region, delays in draw(st.lists(step, min_size=5, max_size=14)):
        visits.append({"visit_id": len(visits), "customer": customer, "seen_on": day, "region": region, "minutes": 1})
        for delay in delays:
            sold_on = day + timedelta(days=delay)
            sales.append({"sale_id": len(sales), "customer": customer, "sold_on": sold_on, "region": None, "floor": 1})
    as_of = draw(st.sampled_from([date(2024, 3, 1), date(2024, 6, 30), date(2024, 6, 30)]))
    rows = tuple({**EMPTY, **row} for row in sales)
    return Company(rows, tuple(visits), generate.SEGMENTS, as_of, generate.STARTS_ON)


@st.composite
def conversions_without_doubt(draw: st.DrawFn) -> Company:
    """Journeys with at most one visit a day and customer, and one sale between two visits: none converts twice."""
    company = draw(journeys())
    visits = {(row["customer"], row["seen_on"]): row for row in company.visits}
    sales: dict[tuple[str, date | None], Row] = {}
    for row in company.sales:
        before = [day for customer, day in visits if customer == row["customer"] and day <= row["sold_on"]]
        if row["customer"]:
            sales[row["customer"], max(before, default=None)] = row
    return replace(company, sales=tuple(sales.values()), visits=tuple(visits.values()))
