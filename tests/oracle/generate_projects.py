"""Random projects as rich as ours can be: calendars, spans, versions, KPIs made of KPIs, many conditions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st

from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Aggregation
from tests.oracle import generate, generate_formulas
from tests.oracle.company import Company, kpi
from tests.oracle.facts import FACTS
from tests.oracle.generate_formulas import Formula, Made
from tests.oracle.texts import CONDITIONS

SPANS = (
    "period", "year_to_date", "quarter_to_date", "month_to_date", "week_to_date",
    "rolling_12", "rolling_3", "rolling_28_days", "rolling_2_weeks",
)  # fmt: skip
REACHES: Sequence[Formula] = (
    {"window": "12 months"}, {"window": "2 months"}, {"window": "7 days"}, {"window": "4 weeks"},
    {"to_date": "year"}, {"to_date": "quarter"}, {"to_date": "month"}, {"to_date": "week"},
)  # fmt: skip
# Offsets that lead to a whole period again, by grain.
OFFSETS = {
    "day": (None, "1 day", "1 week", "1 month", "1 year"), "week": (None, "2 weeks", "1 year"),
    "month": (None, "1 month", "1 year"), "quarter": (None, "3 months", "2 quarters"), "year": (None, "1 year"),
}  # fmt: skip


@st.composite
def companies_with_calendars(draw: st.DrawFn) -> Company:
    """Companies whose weeks and years begin anywhere, and whose calendar begins before or amid the rows."""
    return draw(
        generate.companies(
            starts_on=draw(st.sampled_from([date(2022, 1, 1), date(2023, 1, 1), date(2023, 4, 12)])),
            week_starts=draw(st.sampled_from(["monday", "monday", "sunday", "saturday"])),
            fiscal_year_starts=draw(st.sampled_from(["january", "january", "february", "july", "october"])),
        )
    )


@st.composite
def kpis_of_all_kinds(draw: st.DrawFn, most: int) -> list[Kpi]:
    """KPIs in one or two versions; some of the later ones are made of earlier ones."""
    found: list[Kpi] = []
    reaching: set[str] = set()  # those whose values cover a window of their own have no other spans
    for number in range(1, draw(st.integers(2, most)) + 1):
        grains = sorted(draw(st.lists(st.sampled_from(generate.GRAINS), min_size=1, max_size=2, unique=True)))
        versions = draw(st.lists(_formulas(grains, [one.kpi for one in found]), min_size=1, max_size=2))
        slices = min((slices for _, slices in versions), key=len)
        cut = draw(st.lists(st.sampled_from(list(slices)), max_size=2, unique=True))
        if any(_reaches(formula, reaching) for formula, _ in versions):
            reaching.add(f"k{number}")
        all_spans = ["period"] if f"k{number}" in reaching else SPANS
        spans = draw(st.lists(st.sampled_from(all_spans), min_size=1, max_size=2, unique=True))
        kept = draw(_versions([formula for formula, _ in versions]))
        found.append(kpi(f"k{number}", grains=grains, spans=spans, slices=cut, versions=kept))
    return found


# Every part that a condition chooses of a sum, count, average or extreme of sales.
CHOSEN = [
    (name, where)
    for name, measure in FACTS["sale"].measures.items()
    if measure.agg not in (Aggregation.COUNT_DISTINCT, Aggregation.MEDIAN, Aggregation.PERCENTILE, Aggregation.LAST)
    for where in CONDITIONS["sale"]
]
# More than the compiler computes one by one.
many_chosen = st.lists(st.sampled_from(CHOSEN), min_size=32, max_size=48, unique=True)


def _formulas(grains: Sequence[str], kpis: Sequence[str]) -> st.SearchStrategy[Made]:
    fitting = [offset for offset in OFFSETS[grains[0]] if all(offset in OFFSETS[grain] for grain in grains)]
    derived = generate_formulas.derived(fitting, kpis)
    plain = (generate_formulas.simple(), generate_formulas.ratio(with_states=True))
    return st.one_of(*plain, generate_formulas.cumulative(REACHES), _states(), _conversions(), derived, derived)


@st.composite
def _states(draw: st.DrawFn) -> Made:
    where = draw(st.one_of(st.none(), st.sampled_from(sorted(CONDITIONS["sale"]))))
    part = {"measure": "standing", **({"where": where} if where else {})}
    return {"type": "simple", **part}, generate_formulas.OWN


@st.composite
def _conversions(draw: st.DrawFn) -> Made:
    made: dict[str, Any] = {"type": "conversion", "entity": "customer"}
    window = draw(st.sampled_from(["1 day", "30 days", "13 weeks", "6 months"]))
    base, converted = draw(st.sampled_from([("visits", "sales"), ("visits", "payments"), ("sales", "visits")]))
    for place, measure in (("base", base), ("converted", converted)):
        fact = "visit" if measure == "visits" else "sale"
        where = draw(st.one_of(st.none(), st.sampled_from(sorted(CONDITIONS[fact]))))
        made[place] = {"measure": measure, **({"where": where} if where else {})}
    return {**made, "window": window}, generate_formulas.SHARED


def _reaches(formula: Formula, reaching: Collection[str]) -> bool:
    inputs = formula.get("inputs", {}).values()
    return formula["type"] == "cumulative" or any(given.get("kpi") in reaching for given in inputs)


@st.composite
def _versions(draw: st.DrawFn, formulas: Sequence[Formula]) -> list[dict[str, Any]]:
    """One version for ever, or two that follow each other, the one or the other computed for longer than it holds."""
    if len(formulas) == 1:
        return [{"version": 1, "valid_from": date(2021, 1, 1), "formula": formulas[0]}]
    first, second = formulas
    longer = draw(st.sampled_from([{}, {"computed_to": date(2024, 6, 1)}]))
    back = draw(st.sampled_from([{}, {"computed_from": date(2023, 1, 1)}]))
    return [
        {"version": 1, "valid_from": date(2021, 1, 1), "valid_to": date(2023, 12, 31), "formula": first, **longer},
        {"version": 2, "valid_from": date(2024, 1, 1), "formula": second, **back},
    ]
