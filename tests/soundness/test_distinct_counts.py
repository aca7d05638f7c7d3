"""Distinct counts are the same in every form that the compiler computes them in, also where values fill many blocks."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from kpiledger.compiling import bits, compile_project
from kpiledger.compiling.dialects import Dialect
from kpiledger.compiling.explaining import explained
from kpiledger.project import Project
from kpiledger.specs.kpi import Kpi
from tests.soundness.tiny import JANUARY, Row, computed, fact, kpi, project, simple, value

FEW = {"region": {"column": "region", "members": 3}, "customer": {"column": "customer", "members": 40}}
UNSAID = {"region": "region", "customer": "customer"}
WHERES = (
    None,
    "region = 'N'",
    "region in ('N', 'S') and amount > 5",
    "customer = 'c7'",
    "amount > 1000",
    "region = ''",
)
CUT = {"slices": ["region"], "grains": ["month", "quarter"], "spans": ["period", "year_to_date", "rolling_3"]}


def asked(measure: str, wheres: Iterable[str | None] = WHERES, **more: Any) -> list[Kpi]:
    """A KPI for each condition on a measure."""
    return [
        kpi(f"{measure}_{number}", simple(measure, **({"where": where} if where else {})), **more)
        for number, where in enumerate(wheres)
    ]


def over(kpis: Iterable[Kpi], dimensions: Mapping[str, Any], **calendar: Any) -> Project:
    return project(kpis, [fact(dimensions=dimensions)], **calendar)


def rows(number: int) -> list[Row]:
    """Sales of two years; some have no customer, no region, or were not paid."""
    chance = random.Random(5)
    days = [date(2014, 1, 1) + timedelta(chance.randrange(730)) for _ in range(number)]
    customers = [None, *(f"c{one}" for one in range(40))]
    return [
        (at, chance.choice(customers), day, chance.choice((None, day)), chance.choice((None, "N", "S", "")),
         chance.randrange(20)) for at, day in enumerate(days)
    ]  # fmt: skip


def found(given: Project, sales: Iterable[Row]) -> list[tuple[Any, ...]]:
    return computed(given, {"fct_sale": sales}).execute("select * from fct_kpi_value order by all").fetchall()


def uses_bits(given: Project, dialect: Dialect = Dialect.DUCKDB) -> bool:
    return any("bitstring_agg" in text for text in compile_project(given, dialect).values())


@pytest.mark.parametrize("kpis", [
    asked("buyers", **CUT),
    asked("buyers", **CUT) + asked("payers", **CUT) + asked("amount_sold", **CUT),
    asked("buyers", ["region = 'S'"], slices=["region"]),
    asked("buyers", ["region = 'S'", "customer = 'c3'", "region = 'S' and customer = 'c3'"], slices=list(FEW)),
    asked("payers", grains=["week", "month"], spans=["period", "rolling_12"]),
], ids=["alone", "beside sums", "one member", "one member of either", "weeks"])  # fmt: skip
def test_rows_of_bits_and_the_rows_themselves_give_the_same_counts(
    kpis: list[Kpi], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bits, "BLOCK", 16)
    few, unsaid = over(kpis, FEW), over(kpis, UNSAID)
    assert (uses_bits(few), uses_bits(unsaid)) == (True, False)
    sales = rows(900)
    assert found(few, sales) == found(unsaid, sales) != []


def test_values_of_several_blocks_are_counted_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bits, "BLOCK", 2)
    sales = [(n, f"c{n % 7}", JANUARY, None, "NS"[n % 2], n) for n in range(30)]
    sales += [(100, None, JANUARY, None, "N", 1), (101, None, JANUARY, None, "W", 1)]
    company = computed(over(asked("buyers", [None], slices=["region"]), FEW), {"fct_sale": sales})
    assert [value(company, "buyers_0", member=member) for member in ("all", "N", "S", "W")] == [7, 7, 7, 0]


def test_more_values_than_a_fact_file_states_change_no_number() -> None:
    kpis = asked("buyers", [None, "amount > 1"], slices=["region"])
    wrong = {"region": {"column": "region", "members": 1}, "customer": {"column": "customer", "members": 1}}
    sales = [(n, f"c{n}", JANUARY, None, f"r{n % 9}", n) for n in range(300)]
    company = computed(over(kpis, wrong), {"fct_sale": sales})
    assert uses_bits(over(kpis, wrong))
    assert [value(company, f"buyers_{n}") for n in (0, 1)] == [300, 298]


def test_rows_of_bits_are_taken_only_where_they_are_known_to_stay_small() -> None:
    kpis = asked("buyers", slices=["region"])
    many = {**FEW, "customer": {"column": "customer", "members": 100_000_000}}
    some = {"region": "region", "customer": {"column": "customer", "members": 40}}
    assert [uses_bits(over(kpis, given)) for given in (FEW, many, some, UNSAID)] == [True, False, False, False]
    assert any("from rows of bits" in line for line in explained(over(kpis, FEW)))
    assert any("anew for each stretch of days" in line for line in explained(over(kpis, many)))
    assert not uses_bits(over(kpis, FEW), Dialect.POSTGRES)
    assert not uses_bits(over(kpis, FEW), Dialect.SPARK)


@pytest.mark.parametrize("measure", ["high_amount", "middle_amount", "buyers"])
def test_a_slice_of_which_a_condition_leaves_one_member_is_the_whole_under_its_name(measure: str) -> None:
    kpis = asked(measure, ["region = 'N'", "'N' = region and amount > 1", "region = 'N' and region = 'S'"])
    cut = [one.model_copy(update={"slices": ("region",)}) for one in kpis]
    sales = [(n, f"c{n}", JANUARY, None, region, n) for n, region in enumerate(["N", "S", "N", None, "N"])]
    company = computed(over(cut, UNSAID), {"fct_sale": sales})
    none = 0 if measure == "buyers" else None
    for name in (f"{measure}_0", f"{measure}_1"):
        assert value(company, name, member="N") == value(company, name) != none
        assert value(company, name, member="S") == none
    assert value(company, f"{measure}_2", member="N") == none


def test_a_number_that_a_condition_asks_for_keeps_the_member_it_is_written_as() -> None:
    dimensions = {"amount": "amount"}
    kpis = asked("high_amount", ["amount = 1"], slices=["amount"])
    company = computed(over(kpis, dimensions), {"fct_sale": [(1, "ann", JANUARY, None, "N", 1)]})
    assert value(company, "high_amount_0", member="1.00", slice="amount") == 1
