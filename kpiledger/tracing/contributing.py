"""Which rows of the facts made a number, and what did each add? Asked of the marts that were published with it.

The conditions, days and dimensions are the compiler's own, so that a row counts here if and only if it counted there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger.compiling.columns import Column, Route
from kpiledger.compiling.conversions import conversion_ctes
from kpiledger.compiling.dialects import Dialect
from kpiledger.compiling.expressing import aggregate, condition_of
from kpiledger.compiling.fact_plan import FactPlan, fact_plans
from kpiledger.compiling.plan import Leaf, Value
from kpiledger.compiling.resolving import value_of
from kpiledger.compiling.rows import described, member_of
from kpiledger.compiling.text import with_ctes
from kpiledger.expressions import render
from kpiledger.project import Project
from kpiledger.specs.kpi import KpiVersion
from kpiledger.stretches import Stretch
from kpiledger.tracing.number import Number

_SCHEMAS = ("marts.", "kpi.")
_DAYS = "select span_start, span_end from kpi.dim_span where grain = ? and period_start = ? and span = ?"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a fact: its key, the day by which it counts, and what it adds (1 where rows are counted)."""

    key: tuple[str | None, ...]
    on: date
    amount: Any


@dataclass(frozen=True, slots=True)
class Contribution:
    """The rows behind one measure of a number: how many, what they come to, and the first of them by key.

    Without a first day they are the last rows of each thing up to the last day.
    """

    measure: str
    fact: str
    model: str
    key: tuple[str, ...]
    first_day: date | None
    last_day: date
    where: str
    row_count: int
    total: Decimal | None
    rows: Sequence[Row]


def contributions(
    project: Project, warehouse: DuckDBPyConnection, number: Number, version: KpiVersion, limit: int | None
) -> Iterator[Contribution]:
    """The rows behind each measure that a version of a KPI is made of; `limit` is how many of them are named."""
    value = value_of(project, project.kpis[number.kpi], version, Dialect.DUCKDB)
    plans = fact_plans(project, [value], Dialect.DUCKDB)
    for leaf in value.figure.leaves:
        days = _days(warehouse, leaf, number, value)
        if days is not None:
            yield _contribution(plans[leaf.source.fact], leaf, number, days, warehouse, limit)


def _days(warehouse: DuckDBPyConnection, leaf: Leaf, number: Number, value: Value) -> tuple[date, date] | None:
    """The days whose rows a leaf takes for the number."""
    asked = next((one for one in value.asked if one.name == number.span), Stretch("period"))
    words = [number.period.grain.value, number.period.start, leaf.source.stretch(asked).name]
    found: tuple[date, date] | None = warehouse.execute(_DAYS, words).fetchone()
    return found


def _contribution(
    plan: FactPlan,
    leaf: Leaf,
    number: Number,
    days: tuple[date, date],
    warehouse: DuckDBPyConnection,
    limit: int | None,
) -> Contribution:
    column, fact = leaf.column, plan.fact
    ctes, chosen = _chosen(plan, column, number)
    words = {"first": days[0], "last": days[1], "member": number.member}
    if "$member" not in chosen:
        del words["member"]
    if "$first" not in chosen:
        del words["first"]
    total, adds = aggregate(column, plan.dialect), _adds(column, plan.dialect)
    summed = f"select count(*) filter (where {adds}), {total} from ({chosen})"
    counted = warehouse.execute(with_ctes(ctes, summed), words).fetchone()
    assert counted is not None
    keys = ", ".join(f"cast({name} as varchar)" for name in fact.key)
    most = "" if limit is None else f" limit {limit}"
    rows = warehouse.execute(
        with_ctes(
            ctes,
            f"select {keys}, {plan.day(column.group.time)}, {_amount(column, plan.dialect)}\n"
            f"from ({chosen})\nwhere {adds}\norder by {', '.join(fact.key)}{most}",
        ),
        words,
    ).fetchall()
    first_day = None if column.group.route is Route.LATEST else days[0]
    where = " and ".join(f"({one})" for one in column.where) if len(column.where) > 1 else "".join(column.where)
    return Contribution(
        leaf.alias, fact.fact, fact.model, fact.key, first_day, days[1], where, counted[0], counted[1],
        [Row(tuple(row[:-2]), row[-2], row[-1]) for row in rows],
    )  # fmt: skip


def _chosen(plan: FactPlan, column: Column, number: Number) -> tuple[list[tuple[str, str]], str]:
    """The CTEs before, and the query of the fact's rows that count."""
    fact, dialect = plan.fact, plan.dialect
    slices = [] if number.slice == "all" else [number.slice]
    ctes = conversion_ctes(plan.project, fact, [column], dialect, *_SCHEMAS)
    key = [one for one in fact.key if one not in slices]
    ctes.append(described(plan, slices, [column], key, _SCHEMAS[0], "described"))
    day, origin = plan.day(column.group.time), "described"
    if column.group.route is Route.LATEST:
        order = ", ".join(dict.fromkeys([day, *fact.key]))
        over = f"partition by {', '.join(column.group.over)} order by {order}"
        ctes.append(("states", f"select *, lead({day}) over ({over}) as replaced_on\nfrom described"))
        origin, within = "states", f"{day} <= $last and (replaced_on is null or replaced_on > $last)"
    else:
        within = f"{day} between $first and $last"
    conditions = [within, condition_of(column, dialect)]
    conditions += [f"{render(column.expr, dialect)} is not null"] if column.expr else []
    conditions += [f"{member_of(number.slice, dialect)} = $member"] if slices else []
    where = "\n    and ".join(f"({one})" for one in conditions if one)
    return [cte[:2] for cte in ctes], f"select * from {origin}\nwhere {where}"


def _adds(column: Column, dialect: Dialect) -> str:
    """What is true of rows worth naming: of all that stand at the end of a period, those that are not nothing."""
    return f"({_amount(column, dialect)}) <> 0" if column.group.route is Route.LATEST else "true"


def _amount(column: Column, dialect: Dialect) -> str:
    return render(column.expr, dialect) if column.expr else "1"
