"""One text for all ways of writing the same expression, and never one text for two meanings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kpiledger.expressions import canonical, check_expression, render
from tests.unit.expression_examples import ACCEPTED, COLUMNS, lay_rows

SAME = [
    ("amount>5", "5 < AMOUNT", "((amount)) > (5.0)", "not amount <= 5"),
    ("status <> 'a'", "status != 'a'", "not status = 'a'", "not (status in ('a'))", "'a' <> status"),
    ("status in ('a', 'b')", "status IN ('b', 'a', 'b')", "status = 'b' or 'a' = status"),
    ("amount between 1 and 2", "amount >= 1 and amount <= 2", "not (amount < 1 or 2 < amount)"),
    ("amount not between 1 and 2", "amount < 1.00 or amount > 02"),
    ("is_open", "not not is_open", "is_open and is_open", "((is_open))"),
    ("amount + cost", "cost + amount", "( cost ) + amount"),
    ("amount * -cost", "-cost*amount", "-(-(-cost)) * amount"),
    ("case status when 'a' then 1 end", "case when status = 'a' then 1 else null end"),
    ("not (is_open or amount > 1)", "amount <= 1 and not is_open"),
    ("greatest(amount, cost)", "greatest(cost, amount)"),
]
DIFFERENT = [
    ("amount - cost", "cost - amount"),
    ("amount / cost", "cost / amount"),
    ("amount < 5", "amount <= 5"),
    ("not is_open", "is_open is not true"),  # null is neither
    ("is_open", "is_open is true"),
    ("status <> 'a'", "status <> 'A'"),
    ("status = ''", "status is null"),
    ("amount = amount", "true"),
    ("coalesce(amount, cost)", "coalesce(cost, amount)"),
    ("case when is_open then 1 else 0 end", "case when not is_open then 0 else 1 end"),
    ("round(amount, 1)", "round(amount)"),
    ("is_open or amount > 1 and cost > 1", "(is_open or amount > 1) and cost > 1"),
    ("status like 'a%'", "status = 'a%'"),
    ("amount is not null", "not (amount = 0) or amount = 0"),
    ("quantity / 2 * 2", "quantity"),
]

Run = Callable[[str], list[Any]]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with duckdb.connect() as connection:
        lay_rows(connection.execute)
        yield lambda text: [row[0] for row in connection.execute(f"select {render(text)} from sale").fetchall()]


@pytest.mark.parametrize("texts", SAME, ids=[texts[0] for texts in SAME])
def test_ways_of_writing_the_same_share_their_canonical_text(texts: tuple[str, ...]) -> None:
    assert len({canonical(text) for text in texts}) == 1


@pytest.mark.parametrize("texts", DIFFERENT, ids=[texts[0] for texts in DIFFERENT])
def test_different_meanings_have_different_canonical_texts(texts: tuple[str, str]) -> None:
    assert canonical(texts[0]) != canonical(texts[1])


@pytest.mark.parametrize("text", ACCEPTED)
def test_the_canonical_text_of_an_example_is_accepted_and_means_the_same(text: str, run: Run) -> None:
    once = canonical(text)
    assert check_expression(once, COLUMNS) == []
    assert canonical(once) == once
    assert run(once) == run(text)


def test_nested_tests_of_one_subject_do_not_grow_without_bound() -> None:
    text = "amount"
    for _ in range(25):
        text = f"case when {text} between 1 and 2 then 1 else 0 end"
    assert len(canonical(text)) < 2 * len(text)


@dataclass(frozen=True)
class Pair:
    """Two ways of writing the same expression."""

    one: str
    other: str


def _literal(*texts: str) -> st.SearchStrategy[Pair]:
    return st.sampled_from([Pair(text, text) for text in texts])


def _both(form: Callable[..., str], *parts: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    """The same form around both ways of writing each part, with brackets around every part."""
    return st.tuples(*parts).map(
        lambda pairs: Pair(
            form(*(f"({pair.one})" for pair in pairs)), form(*(f"(({pair.other}))" for pair in pairs))
        )
    )  # fmt: skip


def _either(
    one: Callable[..., str], other: Callable[..., str], *parts: st.SearchStrategy[Pair]
) -> st.SearchStrategy[Pair]:
    """One form for the one way of writing, another form of the same meaning for the other."""
    return st.tuples(*parts).map(
        lambda pairs: Pair(one(*(f"({pair.one})" for pair in pairs)), other(*(f"({pair.other})" for pair in pairs)))
    )


_FIGURES = st.one_of(
    _literal("amount", "cost", "quantity"),
    st.sampled_from([Pair("AMOUNT".lower(), "AMOUNT"), Pair("1", "1.00"), Pair("0", "0.0"), Pair("2.5", "02.50")]),
)
_TEXTS = _literal("status", "code", "'a'", "'New'", "''", "'It''s'")
_DAYS = _literal("ordered_on", "shipped_on", "date '2016-02-29'")


def _figures(conditions: st.SearchStrategy[Pair], figures: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    return st.one_of(
        _both(lambda a, b: f"{a} - {b}", figures, figures),
        _both(lambda a, b: f"{a} / {b}", figures, figures),
        _either(lambda a, b: f"{a} + {b}", lambda a, b: f"{b} + {a}", figures, figures),
        _either(lambda a, b: f"{a}*{b}", lambda a, b: f"{b} *\n{a}", _FIGURES, _FIGURES),
        _either(lambda a: f"-{a}", lambda a: f"- - -{a}", figures),
        _either(lambda a, b: f"greatest({a}, {b})", lambda a, b: f"GREATEST({b}, {a})", figures, figures),
        _both(lambda a, b: f"coalesce({a}, {b})", figures, figures),
        _both(lambda a, b: f"case when {a} then {b} else 0 end", conditions, figures),
        _either(
            lambda c, a, b: f"case when {c} then {a} else {b} end",
            lambda c, a, b: f"Case When not not {c} Then {a} Else {b} End",
            conditions, figures, figures,
        ),
        _either(
            lambda s, a: f"case {s} when 'a' then {a} end",
            lambda s, a: f"case when 'a' = {s} then {a} else null end",
            _TEXTS, figures,
        ),
    )  # fmt: skip


def _conditions(conditions: st.SearchStrategy[Pair], figures: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    small = _FIGURES
    return st.one_of(
        _either(lambda a, b: f"{a} < {b}", lambda a, b: f"{b} > {a}", figures, figures),
        _either(lambda a, b: f"{a} >= {b}", lambda a, b: f"not {a} < {b}", figures, figures),
        _either(lambda a, b: f"{a} = {b}", lambda a, b: f"{b} = {a}", figures, figures),
        _either(lambda a, b: f"{a} <> {b}", lambda a, b: f"not {b} = {a}", _TEXTS, _TEXTS),
        _either(lambda a, b: f"{a} = {b}", lambda a, b: f"{b} in ({a})", _DAYS, _DAYS),
        _either(lambda a, b: f"{a} and {b}", lambda a, b: f"{b} and {a} and {b}", conditions, conditions),
        _either(lambda a, b: f"{a} or {b}", lambda a, b: f"not (not {b} and not {a})", conditions, conditions),
        _either(lambda a: f"not {a}", lambda a: f"not not not {a}", conditions),
        _either(
            lambda a, b, c: f"{a} between {b} and {c}", lambda a, b, c: f"{c} >= {a} and {a} >= {b}",
            small, figures, figures,
        ),
        _either(
            lambda a, b, c: f"{a} not in ({b}, {c})", lambda a, b, c: f"not {a} in ({c}, {b}, {c})",
            small, figures, figures,
        ),
        _both(lambda a: f"{a} is null", figures),
        _both(lambda a: f"{a} is not true", conditions),
        _both(lambda a: f"{a} like 'N%'", _TEXTS),
    )  # fmt: skip


def _expressions() -> st.SearchStrategy[Pair]:
    conditions = st.one_of(_literal("is_open", "true", "null"), _both(lambda a: f"{a} is null", _DAYS))
    figures = _FIGURES
    for _ in range(3):
        deeper, asked = _figures(conditions, figures), _conditions(conditions, figures)
        conditions, figures = st.one_of(conditions, asked), st.one_of(figures, deeper)
    return st.one_of(figures, conditions)


@settings(max_examples=300, derandomize=True, suppress_health_check=list(HealthCheck))
@given(pair=_expressions())
def test_random_rewritings_share_their_canonical_text_and_it_means_the_same(pair: Pair, run: Run) -> None:
    """Since each expression means what its canonical text means, two that share it mean the same."""
    assume(check_expression(pair.one, COLUMNS) == [] and check_expression(pair.other, COLUMNS) == [])
    once = canonical(pair.one)
    assert canonical(pair.other) == once
    assert run(pair.one) == run(pair.other)
    if check_expression(once, COLUMNS) == []:  # a text that is spelt out may be longer than a person may write
        assert canonical(once) == once
        assert run(once) == run(pair.one)
