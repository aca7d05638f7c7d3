"""Companies drawn so that we and MetricFlow must agree where we differ in general."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from tests.oracle import generate
from tests.oracle.company import Company, Row

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
def conversions_without_doubt(draw: st.DrawFn) -> Company:
    """Visits at most one a day and customer, and at most one sale between two of them: none is converted twice."""
    company = draw(generate.companies())
    visits = {(row["customer"], row["seen_on"]): row for row in company.visits if row["seen_on"]}
    sales: dict[tuple[str, date | None], Row] = {}
    for row in company.sales:
        if row["sold_on"] and row["customer"]:
            before = [day for customer, day in visits if customer == row["customer"] and day <= row["sold_on"]]
            sales[row["customer"], max(before, default=None)] = row
    return Company(tuple(sales.values()), tuple(visits.values()), company.segments, company.as_of, company.starts_on)
