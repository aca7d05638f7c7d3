"""Random sales, with gaps, nulls and unknown customers: every value equals a plain loop over the rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from statistics import median

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpiledger.periods import Period, add_months
from kpiledger.vocabulary import Grain
from tests.soundness.small_company import Row, compute

FIRST = date(2014, 1, 1)
SEGMENTS = {"ann": "home", "bob": "work"}
GRAINS = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)

days = st.integers(0, 800).map(lambda n: FIRST + timedelta(days=n))
sales = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", "cas"]), days, st.sampled_from(["N", "S", None]),
        st.one_of(st.none(), st.integers(0, 200)), st.one_of(st.none(), st.integers(-50, 50)),
        st.one_of(st.none(), days),
    ),
    max_size=25,
)  # fmt: skip


def _interval(period: Period, span: str, as_of: date) -> tuple[date, date]:
    end = min(period.end, as_of)
    if span == "period":
        return period.start, end
    if span == "year_to_date":
        return date(period.start.year, 1, 1), end
    if span == "rolling_12":
        return add_months(period.following().start, -12), end
    start = period.start if span == "period_last_year" else date(period.start.year, 1, 1)
    last_end = (
        add_months(period.following().start, -12) - timedelta(days=1) if period.end <= as_of else add_months(as_of, -12)
    )
    return add_months(start, -12), last_end


def _answers(rows: list[Row], standing: list[Row], paid: list[Row]) -> dict[str, Fraction | None]:
    amounts = [Fraction(row[4]) for row in rows if row[4] is not None]
    costs = [Fraction(row[5]) for row in rows if row[5] is not None]
    total = sum(amounts) if amounts else None
    buyers = Fraction(len({row[1] for row in rows}))
    stood = [Fraction(row[4]) for row in standing if row[4] is not None]
    received = [Fraction(row[4]) for row in paid if row[4] is not None]
    return {
        "turnover": total,
        "sale_count": Fraction(len(rows)),
        "margin": sum(costs) / total if costs and total else None,
        "dear_share": Fraction(sum(amount >= 100 for amount in amounts), len(rows)) if rows else None,
        "buyers": buyers,
        "typical_amount": Fraction(median(amounts)) if amounts else None,
        "average_amount": sum(amounts) / len(amounts) if amounts else None,
        "largest_amount": max(amounts) if amounts else None,
        "turnover_per_buyer": total / buyers if total is not None and buyers else None,
        "standing_amount": sum(stood) if stood else None,
        "cash_in": sum(received) if received else None,
    }


def _members(row: Row) -> Iterable[tuple[str, str]]:
    return (("all", "all"), ("region", row[3] or "(not set)"), ("segment", SEGMENTS.get(str(row[1]), "(not set)")))


def _expected(rows: list[Row], as_of: date) -> dict[tuple[object, ...], tuple[Fraction | None, int]]:
    expected: dict[tuple[object, ...], tuple[Fraction | None, int]] = {}
    for grain in GRAINS:
        period = Period.holding(FIRST, grain)
        while period.start <= as_of:
            for span in ("period", "year_to_date", "rolling_12", "period_last_year", "year_to_date_last_year"):
                first, last = _interval(period, span, as_of)
                if first < FIRST:
                    continue
                inside = [row for row in rows if first <= row[2] <= last]
                latest = {row[1]: row for row in sorted(rows, key=lambda row: (row[2], row[0])) if row[2] <= last}
                paid = [row for row in rows if row[6] is not None and first <= row[6] <= last]
                for member in {member for row in [*inside, *latest.values(), *paid] for member in _members(row)}:
                    mine = [row for row in inside if member in _members(row)]
                    stood = [row for row in latest.values() if member in _members(row)]
                    got = [row for row in paid if member in _members(row)]
                    counted = {"standing_amount": stood, "cash_in": got}
                    for name, value in _answers(mine, stood, got).items():
                        if behind := counted.get(name, mine):
                            expected[name, str(grain), span, period.start, *member] = (value, len(behind))
            period = period.following()
    return expected


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=sales, as_of=days)
def test_every_value_equals_a_plain_loop_over_the_rows(drawn: list, as_of: date) -> None:
    rows: list[Row] = [(number, *sale) for number, sale in enumerate(drawn)]
    query = "select kpi, grain, span, period_start, slice, member, value, row_count from fct_kpi_value"
    found = {tuple(row[:6]): row[6:] for row in compute(rows, as_of).execute(query).fetchall()}
    expected = _expected(rows, as_of)
    assert found.keys() == expected.keys()
    for key, (value, count) in expected.items():
        assert found[key][1] == count, key
        if value is None:
            assert found[key][0] is None, key
        else:
            assert float(found[key][0]) == pytest.approx(float(value), abs=1e-9), key
