"""A generated fact of sales, and a project of any number of mixed KPIs over it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from kpiledger.project import Project
from kpiledger.specs.calendar import Calendar
from kpiledger.specs.chain import Chain
from kpiledger.specs.fact import Fact
from kpiledger.specs.kpi import Kpi
from kpiledger.specs.organisation import Organisation

FIRST_DAY, LAST_DAY = date(2023, 1, 1), date(2024, 12, 31)
MEMBERS = {"region": 12, "category": 8, "channel": 4, "segment": 5, "store": 83, "product": 500}
COLUMNS = {
    "sale_id": "bigint", "sold_on": "date", **dict.fromkeys(MEMBERS, "varchar"), "customer": "integer",
    "discount": "decimal(4, 2)", "quantity": "integer", "amount": "decimal(12, 2)", "cost": "decimal(12, 2)",
}  # fmt: skip
# The fact file says of these too about how many values they have: the compiler plans with it.
FIGURES = {"discount": 11, "quantity": 12, "customer": 200_000}
MEASURES: dict[str, dict[str, Any]] = {
    "sales_amount": {"agg": "sum", "expr": "amount"},
    "cost_of_sales": {"agg": "sum", "expr": "cost"},
    "gain": {"agg": "sum", "expr": "amount - cost"},
    "units": {"agg": "sum", "expr": "quantity"},
    "sales": {"agg": "count"},
    "buyers": {"agg": "count_distinct", "expr": "customer"},
    "amount_90": {"agg": "percentile", "expr": "amount", "percentile": 0.9},
}
_ADDITIVE = [name for name, measure in MEASURES.items() if measure["agg"] in ("sum", "count")]


def build_sales(path: Path, rows: int, seed: int) -> None:
    """Write the fact to a DuckDB file, in no order; a file that is there already is kept."""
    if path.exists():
        return
    members = ",\n".join(
        f"'{name} ' || lpad(cast(cast(floor(random() * {count}) as integer) as varchar), 3, '0') as {name}"
        for name, count in MEMBERS.items()
    )
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with duckdb.connect(str(partial)) as connection:
        connection.execute("set threads = 1")  # the same rows for the same seed
        connection.execute(f"select setseed({(seed % 1000) / 1000})")
        connection.execute(
            f"""create table fct_sale as
            select
                sale_id,
                cast(date '{FIRST_DAY}' + cast(floor(random() * {(LAST_DAY - FIRST_DAY).days + 1}) as integer) as date)
                    as sold_on,
                {members},
                cast(floor(random() * 200000) as integer) as customer,
                cast(floor(random() * 11) * 0.05 as decimal(4, 2)) as discount,
                cast(1 + floor(random() * 12) as integer) as quantity,
                cast(1 + random() * 999 as decimal(12, 2)) as amount,
                cast(1 + random() * 799 as decimal(12, 2)) as cost
            from range({rows}) as numbers(sale_id)"""
        )
    partial.rename(path)


def project(kpis: int, slices: Sequence[str], seed: int, mixed: bool = False, equal: bool = False) -> Project:
    """A project of so many KPIs by month, cut by some slices.

    `mixed` makes a fifth of them not additive; `equal` gives all of them equalities on columns of few values.
    """
    formulas = enumerate(_formulas(kpis, seed, mixed, equal))
    made = [_kpi(f"figure_{number:04d}", formula, slices) for number, formula in formulas]
    return Project(
        root=Path(),
        calendar=Calendar.model_validate({"starts_on": FIRST_DAY, "as_of": LAST_DAY, "zone": "UTC"}),
        organisation=Organisation.model_validate({"departments": {}, "units": {}, "roles": {}}),
        chain=Chain.model_validate({"stages": [{"stage": "order", "label": {"en": "Order"}, "question": "What?"}]}),
        facts={"sale": _fact()},
        kpis={one.kpi: one for one in made},
        agreements=(),
        expectations={},
        columns={"fct_sale": COLUMNS},
    )


def _fact() -> Fact:
    dimensions = {name: {"column": name, "members": count} for name, count in {**MEMBERS, **FIGURES}.items()}
    return Fact.model_validate({
        "fact": "sale", "model": "fct_sale", "description": "Sales. One row per sale.", "key": ["sale_id"],
        "time": "sold_on", "source": ["shop"], "dimensions": dimensions, "measures": MEASURES,
    })  # fmt: skip


def _kpi(name: str, formula: dict[str, Any], slices: Sequence[str]) -> Kpi:
    return Kpi.model_validate({
        "kpi": name, "label": {"en": name}, "description": name, "owner": "owner", "department": "sales",
        "chain_stage": "order", "timing": "lagging", "effect": "outcome", "aspect": "quantity", "level": "team",
        "direction": "increase", "unit": "count", "cadence": "month", "grains": ["month"],
        "spans": ["period"], "slices": list(slices),
        "versions": [{
            "version": 1, "valid_from": FIRST_DAY, "change": {"reason": "first", "requested_by": "owner"},
            "formula": formula,
        }],
    })  # fmt: skip


def _formulas(number: int, seed: int, mixed: bool, equal: bool) -> Iterator[dict[str, Any]]:
    """Simple formulas and every fifth a ratio; where mixed, a tenth each are distinct counts and percentiles."""
    chance = random.Random(seed)
    for index in range(number):
        where = _few(chance, index) if equal else _where(chance, index)
        if mixed and index % 10 in (4, 9):
            measure = "buyers" if index % 10 == 4 else "amount_90"
            by_category = index % 20 > 9 and not equal
            yield _named({"type": "simple", "measure": measure}, _equal(chance, "category") if by_category else where)
        elif index % 5 == 3:
            parts = {"numerator": _named({"measure": "gain"}, where), "denominator": {"measure": "sales_amount"}}
            yield {"type": "ratio", **parts}
        else:
            yield _named({"type": "simple", "measure": chance.choice(_ADDITIVE)}, where)


def _named(given: dict[str, Any], where: str | None) -> dict[str, Any]:
    return {**given, "where": where} if where else given


def _where(chance: random.Random, index: int) -> str | None:
    """Of twenty conditions: two none, eleven equalities on one or two columns, four lists, three ranges."""
    kind = index % 20
    if kind < 2:
        return None
    if kind < 8:
        return _equal(chance, ("category", "channel", "segment")[kind % 3])
    if kind < 12:
        return f"{_equal(chance, 'category')} and {_equal(chance, ('channel', 'segment')[kind % 2])}"
    if kind < 13:
        return _equal(chance, "product")
    if kind < 17:
        column = ("category", "segment")[kind % 2]
        named = ", ".join(f"'{_member(column, chance)}'" for _ in range(3))
        return f"{column} in ({named})" + ("" if kind < 16 else f" and {_equal(chance, 'channel').replace('=', '<>')}")
    ranges = (
        f"discount >= {chance.choice((0.1, 0.2, 0.3, 0.4))}",
        f"quantity between {chance.randint(1, 4)} and {chance.randint(5, 12)}",
        f"amount >= {chance.choice((100, 250, 500, 900))}",
    )
    return ranges[kind - 17]


def _few(chance: random.Random, index: int) -> str:
    """Equalities on one column of few values, or in turn on two of them."""
    pairs = (("category", "channel"), ("channel", "segment"), ("segment", "category"))
    first, second = pairs[index % 3]
    return f"{_equal(chance, first)} and {_equal(chance, second)}" if index % 2 else _equal(chance, first)


def _equal(chance: random.Random, column: str) -> str:
    return f"{column} = '{_member(column, chance)}'"


def _member(column: str, chance: random.Random) -> str:
    return f"{column} {chance.randrange(MEMBERS[column]):03d}"
