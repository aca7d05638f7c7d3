"""Random rows, calendars, spans and versions: the compiled models hold every row that plain loops find, no other."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from kpiledger.compiling.dialects import Dialect
from kpiledger.compiling.fact_plan import fact_plans
from kpiledger.compiling.forms import form_of
from kpiledger.compiling.resolving import all_values
from kpiledger.specs.formula import Simple
from kpiledger.specs.kpi import Kpi
from tests.oracle import generate_projects
from tests.oracle.agreeing import WINDOWS, journeys
from tests.oracle.brute_force import BruteForce
from tests.oracle.company import Company, answers, kpi, project, tables
from tests.oracle.comparing import assert_same, repeatable
from tests.oracle.plain_calendar import is_complete

COUNT = Simple(type="simple", measure="sales")
SLICES = [[], ["region"], ["floor", "segment"]]


@settings(repeatable, max_examples=25)
@given(generate_projects.companies_with_calendars(), generate_projects.kpis_of_all_kinds(6))
def test_every_kpi_is_what_plain_loops_over_the_rows_find(company: Company, kpis: list[Kpi]) -> None:
    _compare(company, kpis)


@settings(repeatable, max_examples=16)
@given(journeys(), st.sampled_from(WINDOWS), st.sampled_from([None, "region in ('N', 'S')"]))
def test_conversions_are_what_plain_loops_over_the_events_find(
    company: Company, window: str, where: str | None
) -> None:
    base = {"measure": "visits", **({"where": where} if where else {})}
    formula = {"type": "conversion", "base": base, "converted": "sales", "entity": "customer", "window": window}
    _compare(company, [kpi("converted", formula, grains=["week", "month"], slices=["region", "segment"])])


@settings(repeatable, max_examples=5)
@given(generate_projects.companies_with_calendars(), generate_projects.many_chosen, st.sampled_from(SLICES))
def test_so_many_conditions_that_the_compiler_makes_cubes_of_them_change_nothing(
    company: Company, chosen: list[tuple[str, str]], slices: list[str]
) -> None:
    kpis = [
        kpi(f"k{number}", {"type": "simple", "measure": measure, "where": where}, slices=slices)
        for number, (measure, where) in enumerate(chosen)
    ]
    inputs = {"one": {"measure": "smallest"}, "two": {"measure": "payments", "where": "amount between 0 and 15.5"}}
    kpis.append(kpi("two_dates", {"type": "derived", "expr": "one - two", "inputs": inputs}, slices=slices))
    asked = project(kpis, company.calendar)
    assert form_of(fact_plans(asked, all_values(asked, Dialect.DUCKDB), Dialect.DUCKDB)["sale"]).is_cube
    _compare(company, kpis)


def _compare(company: Company, kpis: Sequence[Kpi]) -> None:
    ours = answers(tables(company), company, kpis)
    expected = BruteForce(company, {one.kpi: one for one in kpis}).answers()
    counting = {one.kpi for one in kpis if one.versions[0].formula == COUNT and len(one.versions) == 1}
    formulas = {one.kpi: one.versions for one in kpis}
    for part in ("value", "numerator", "denominator"):
        mine = {key: getattr(figures, part) for key, figures in ours.items()}
        assert_same(mine, {key: getattr(answer, part) for key, answer in expected.items()}, f"{part} of {formulas}")
    for key, figures in ours.items():
        assert figures.is_complete == is_complete(company, key.grain, key.period_start), key
        assert figures.row_count is not None, key
        if key.kpi in counting:  # a plain count of rows counts the rows behind it
            assert figures.row_count == figures.value, key
