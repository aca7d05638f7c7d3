"""A company of a few KPIs with a known answer to what works against what, and months of figures made to order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb

from kpiledger.conflicts.held import Held
from kpiledger.conflicts.surprises import Series
from kpiledger.project import Project
from kpiledger.specs.chain import Chain
from kpiledger.specs.organisation import Organisation
from tests.soundness.tiny import derived, fact, kpi, project, simple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DESK = fact(
    "call",
    measures={
        "calls": {"agg": "count"},
        "solved": {"agg": "count"},
        "stock": {"agg": "sum", "expr": "amount"},
        "cost": {"agg": "sum", "expr": "amount"},
        "sales": {"agg": "sum", "expr": "amount"},
    },
)
LABEL = {"en": "label"}


def ratio(numerator: Any, denominator: Any, **more: Any) -> dict[str, Any]:
    """The formula of a ratio."""
    return {"type": "ratio", "numerator": numerator, "denominator": denominator, **more}


def company(*kpis: Any) -> Project:
    """The project of some KPIs, with two departments of a team each and a role, below one company."""
    units = {
        "company": {"label": LABEL, "kind": "company"},
        "desk": {"label": LABEL, "kind": "team", "department": "service", "parent": "company"},
        "field": {"label": LABEL, "kind": "team", "department": "sales", "parent": "company"},
    }
    return replace(
        project(kpis, facts=(DESK,)),
        organisation=Organisation.model_validate({
            "departments": {"service": {"label": LABEL}, "sales": {"label": LABEL}},
            "units": units,
            "roles": {"desk_lead": {"label": LABEL, "unit": "desk"}, "owner": {"label": LABEL}},
            "people": {"p_1": ["desk_lead"]},
        }),
        chain=Chain.model_validate(
            {"stages": [{"stage": name, "label": LABEL, "question": "?"} for name in ("order", "support")]}
        ),
    )  # fmt: skip


CALLS = kpi("calls_taken", simple("calls"), department="service")
FIRST_TIME = kpi("solved_first", ratio("solved", "calls"), department="service", aspect="quality")
COST = kpi("cost_of_calls", simple("cost"), direction="decrease", department="sales")
SALES = kpi("sales_made", simple("sales"), department="sales")
PROFIT = kpi("profit", derived("income - spent", income={"measure": "sales"}, spent={"measure": "cost"}))


def promise(holder: str, name: str, weight: str | None = "0.5", target: str = "10", **more: Any) -> Held:
    """A promise in force, by default of the whole by month."""
    given = {
        "department": {"desk": "service", "field": "sales"}.get(holder),
        "slice": "all",
        "member": "all",
        "grain": "month",
        "comparison": "at_least",
        **more,
    }
    return Held(holder=holder, kpi=name, weight=weight and Decimal(weight), target=Decimal(target), **given)  # type: ignore[arg-type]


def series_of(figures: Mapping[str, Sequence[float | None]], falling: Sequence[str] = ()) -> list[Series]:
    """The series of KPIs that should rise, but for those that should fall."""
    return [Series(name, -1 if name in falling else 1, list(values)) for name, values in figures.items()]


def worlds(
    months: int, count: int, seed: int, planted: Sequence[tuple[int, int]] = (), strength: float = 0.7, lag: int = 0
) -> NDArray[np.float64]:
    """Series with a season, a trend and a memory of their own each; of a planted pair the second opposes the first.

    `strength` is the size of the correlation of their surprises, `lag` how many months the second comes later.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    warm = 24
    surprises = random.standard_normal((count, months + warm))
    for first, second in planted:
        moved = np.roll(surprises[first], lag)
        surprises[second] = -strength * moved + np.sqrt(1 - strength**2) * surprises[second]
    memory = random.choice([0.0, 0.3, 0.7, 0.95], count)
    figures = np.zeros_like(surprises)
    for at in range(1, months + warm):
        figures[:, at] = memory * figures[:, at - 1] + surprises[:, at]
    figures = figures[:, warm:]
    seasons = 2 * random.standard_normal((count, 12))[:, np.arange(months) % 12]
    trends = random.standard_normal((count, 1)) * np.arange(months) / 12
    made: NDArray[np.float64] = 100 + figures + seasons + trends
    return made


def warehouse_of(figures: Mapping[str, Sequence[float]], promises: Sequence[Held]) -> duckdb.DuckDBPyConnection:
    """The tables that conflicts are read from, in memory, with figures by month from 2014 on."""
    connection = duckdb.connect()
    connection.execute("create schema kpi; create table kpi.as_of as select date '2017-12-31' as as_of_on")
    connection.execute(
        "create table kpi.dim_kpi (kpi varchar, direction varchar, deprecated_on date, is_missing_zero boolean);"
        "create table kpi.dim_kpi_version (kpi varchar, version integer, valid_from date, valid_to date);"
        "create table kpi.fct_kpi_value (kpi varchar, version integer, grain varchar, span varchar, period_start date,"
        " slice varchar, member varchar, value decimal(38, 12), is_complete boolean);"
        "create table kpi.fct_kpi_target (holder varchar, kpi varchar, slice varchar, member varchar, grain varchar,"
        " period_start date, weight decimal(9, 6), target_value decimal(38, 10), comparison varchar, valid_from date,"
        " valid_to date, superseded_at timestamp, is_pending boolean default false)"
    )
    for name, values in figures.items():
        connection.execute("insert into kpi.dim_kpi values (?, 'increase', null, false)", [name])
        connection.execute("insert into kpi.dim_kpi_version values (?, 1, date '2014-01-01', null)", [name])
        for at, value in enumerate(values):
            day = date(2014 + at // 12, at % 12 + 1, 1)
            connection.execute(
                "insert into kpi.fct_kpi_value values (?, 1, 'month', 'period', ?, 'all', 'all', ?, true)",
                [name, day, value],
            )
    for one in promises:
        for month, target in ((11, 1), (12, one.target)):
            connection.execute(
                "insert into kpi.fct_kpi_target values"
                " (?, ?, ?, ?, ?, ?, ?, ?, ?, '2017-01-01', '2017-12-31', null, false)",
                [
                    *(one.holder, one.kpi, one.slice, one.member, one.grain),
                    date(2017, month, 1),
                    *(one.weight, target, one.comparison),
                ],
            )
    return connection
