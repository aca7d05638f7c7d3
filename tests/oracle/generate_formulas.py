"""Random formulas over the two facts, and the slices that each allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from kpiledger.specs.fact import Fact
from kpiledger.vocabulary import Aggregation
from tests.oracle.facts import FACTS
from tests.oracle.texts import CONDITIONS, FORMULAS_OF_ONE, FORMULAS_OF_TWO

OWN, SHARED = ("region", "floor", "segment"), ("region", "segment")
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
