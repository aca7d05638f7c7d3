"""Random rows and random KPIs: our rows are MetricFlow's rows wherever both mean the same.

Where they do not, the data are drawn so that they must agree; each difference has a test of its own in
test_differences_*.py, and what we say on any data is held against plain loops in
test_against_plain_loops.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from kpiledger.specs.kpi import Kpi
from tests.oracle import generate, generate_formulas
from tests.oracle.agreeing import WINDOWS, conversions_without_doubt, states_in_every_week
from tests.oracle.company import Company, answers, kpi, tables
from tests.oracle.comparing import assert_same, cells, is_same, repeatable
from tests.oracle.metricflow_manifest import manifest
from tests.oracle.metricflow_oracle import Oracle
from tests.oracle.plain_calendar import DAY, is_complete, next_first_day, periods


@settings(repeatable, max_examples=12)
@given(
    generate.companies(), generate.lists_of_kpis(st.one_of(generate_formulas.simple(), generate_formulas.ratio()), 5)
)
def test_measures_and_ratios_are_the_same(company: Company, kpis: list[Kpi]) -> None:
    _compare(company, kpis)


@settings(repeatable, max_examples=16)
@given(generate.companies(generate.plain_day), generate.kpis_by_grain(generate_formulas.comparable_derived, 6))
def test_expressions_over_periods_and_earlier_ones_are_the_same(company: Company, kpis: list[Kpi]) -> None:
    # MetricFlow compares an unfinished period with the whole earlier one, and goes back day by day
    # where the offset is of another unit than the grain.
    _compare(company, kpis, complete=True)


@settings(repeatable, max_examples=12)
@given(generate.companies(generate.plain_day), generate.kpis_by_grain(generate_formulas.comparable_cumulative, 5))
def test_what_adds_up_over_a_window_is_the_same_on_the_last_day_of_a_period(company: Company, kpis: list[Kpi]) -> None:
    # At a coarser grain MetricFlow shows the last day that has a row at all, so it is asked day by day.
    connection = tables(company)
    ours, oracle = answers(connection, company, kpis), Oracle(connection, company, manifest(kpis))
    for one, grain, slice_name in _asked(kpis):
        starts = {next_first_day(grain, start) - DAY: start for start in periods(company, grain)}
        by_day = oracle.rows(one, "day", slice_name)
        theirs = {(starts[day], member): value for (day, member), value in by_day.items() if day in starts}
        assert_same(cells(ours, one, grain, slice_name, complete=True), theirs, _told(one, grain, slice_name))


@settings(repeatable, max_examples=6)
@given(states_in_every_week(), st.sampled_from([None, "cost > 3", "region = 'N'"]))
def test_the_last_states_are_the_same_where_every_key_has_one_in_every_period(
    company: Company, where: str | None
) -> None:
    formula = {"type": "simple", "measure": "standing", **({"where": where} if where else {})}
    grains = ["week", "month", "quarter", "year"]
    _compare(company, [kpi("state", formula, grains=grains, slices=["region", "segment"])], complete=True)


@settings(repeatable, max_examples=10)
@given(conversions_without_doubt(), st.sampled_from(WINDOWS))
def test_conversions_are_the_same_where_each_visit_leads_to_one_sale_at_most(company: Company, window: str) -> None:
    formula = {"type": "conversion", "base": "visits", "converted": "sales", "entity": "customer", "window": window}
    one = kpi("converted", formula, grains=["day", "month"], slices=["region", "segment"])
    connection = tables(company)
    ours, oracle = answers(connection, company, [one]), Oracle(connection, company, manifest([one]))
    for _, grain, slice_name in _asked([one]):
        # Where nothing converted MetricFlow has no number; nothing out of some is 0.
        theirs = {cell: value or Fraction(0) for cell, value in oracle.rows(one, grain, slice_name).items()}
        assert_same(cells(ours, one, grain, slice_name), theirs, _told(one, grain, slice_name))


@settings(repeatable, max_examples=6)
@given(generate.companies(), st.data())
def test_rows_that_a_filter_chooses_are_the_same(company: Company, data: st.DataObject) -> None:
    # MetricFlow's own filter takes rows away before anything is counted: where it leaves none it has no row.
    for number in range(4):
        made, slices = data.draw(generate_formulas.simple(always_where=True))
        one = kpi(f"k{number}", made, grains=["month"], slices=list(slices))
        connection = tables(company)
        ours, oracle = answers(connection, company, [one]), Oracle(connection, company, manifest([one], filters=True))
        left_out = 0 if made["measure"] in generate_formulas.COUNTS else None
        for _, grain, slice_name in _asked([one]):
            mine, theirs = cells(ours, one, grain, slice_name), oracle.rows(one, grain, slice_name)
            assert theirs.keys() <= mine.keys(), _told(one, grain, slice_name)
            for cell, value in mine.items():
                assert is_same(value, theirs.get(cell, left_out)), (_told(one, grain, slice_name), cell, value)


def _compare(company: Company, kpis: list[Kpi], complete: bool = False) -> None:
    """Our rows of every KPI, grain and slice are MetricFlow's; on request those of finished periods only."""
    connection = tables(company)
    ours, oracle = answers(connection, company, kpis), Oracle(connection, company, manifest(kpis))
    for one, grain, slice_name in _asked(kpis):
        theirs = {
            (start, member): value
            for (start, member), value in oracle.rows(one, grain, slice_name).items()
            if not complete or is_complete(company, grain, start)
        }
        assert_same(cells(ours, one, grain, slice_name, complete), theirs, _told(one, grain, slice_name))


def _asked(kpis: list[Kpi]) -> Iterator[tuple[Kpi, str, str]]:
    return ((one, str(grain), name) for one in kpis for grain in one.grains for name in ("all", *one.slices))


def _told(one: Kpi, grain: str, slice_name: str) -> str:
    return f"{one.versions[0].formula} by {grain} and {slice_name}"
