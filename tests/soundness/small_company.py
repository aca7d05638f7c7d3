"""A fact of a few hand-written rows, and the compiled models run on it in DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import duckdb

from kpiledger.compiling import compile_project
from kpiledger.project import Project
from kpiledger.specs.calendar import Calendar
from kpiledger.specs.chain import Chain
from kpiledger.specs.fact import Fact
from kpiledger.specs.kpi import Kpi
from kpiledger.specs.organisation import Organisation
from tests.compiled_models import build

Row = tuple[int, str | None, date, str | None, int | None, int | None, date | None]
COLUMNS = "sale_id integer, customer varchar, sold_on date, region varchar, amount integer, cost integer, paid_on date"

FACT = {
    "fact": "sale",
    "model": "fct_sale",
    "description": "Sales. One row per sale.",
    "key": ["sale_id"],
    "time": "sold_on",
    "times": ["paid_on"],
    "source": ["shop"],
    "dimensions": {
        "region": "region",
        "segment": {"through": "dim_customer", "on": "customer", "column": "segment"},
    },
    "measures": {
        "amount_sold": {"agg": "sum", "expr": "amount"},
        "cost_of_sales": {"agg": "sum", "expr": "cost"},
        "sales": {"agg": "count"},
        "amount_paid": {"agg": "sum", "expr": "amount", "time": "paid_on"},
        "dear_sales": {"agg": "count", "where": "amount >= 100"},
        "customers": {"agg": "count_distinct", "expr": "customer"},
        "middle_amount": {"agg": "median", "expr": "amount"},
        "mean_amount": {"agg": "average", "expr": "amount"},
        "largest": {"agg": "max", "expr": "amount"},
        "standing": {"agg": "last", "expr": "amount", "over": ["customer"]},
    },
}


def kpi(name: str, formula: dict[str, object], **more: object) -> Kpi:
    """A KPI on the small fact with every grain, span and slice."""
    return Kpi.model_validate({
        "kpi": name, "label": {"en": name}, "description": name, "owner": "owner", "department": "sales",
        "chain_stage": "order", "timing": "lagging", "effect": "outcome", "aspect": "quantity", "level": "team",
        "direction": "increase", "unit": "count", "cadence": "month", "grains": ["month", "quarter", "year"],
        "spans": ["period", "year_to_date", "rolling_12"], "slices": ["region", "segment"],
        "versions": [{
            "version": 1, "valid_from": date(2014, 1, 1), "change": {"reason": "first", "requested_by": "owner"},
            "formula": formula,
        }],
        **more,
    })  # fmt: skip


KPIS = (
    kpi("turnover", {"type": "simple", "measure": "amount_sold"}),
    kpi("cash_in", {"type": "simple", "measure": "amount_paid"}),
    kpi("sale_count", {"type": "simple", "measure": "sales"}),
    kpi("margin", {"type": "ratio", "numerator": "cost_of_sales", "denominator": "amount_sold"}),
    kpi("dear_share", {"type": "ratio", "numerator": "dear_sales", "denominator": "sales"}),
    kpi("buyers", {"type": "simple", "measure": "customers"}),
    kpi("typical_amount", {"type": "simple", "measure": "middle_amount"}),
    kpi("average_amount", {"type": "simple", "measure": "mean_amount"}),
    kpi("largest_amount", {"type": "simple", "measure": "largest"}),
    kpi("turnover_per_buyer", {"type": "ratio", "numerator": "amount_sold", "denominator": "customers"}),
    kpi("standing_amount", {"type": "simple", "measure": "standing"}),
)


def project(kpis: Sequence[Kpi] = KPIS) -> Project:
    """The project of the small fact; the calendar begins in 2014."""
    return Project(
        root=Path(),
        calendar=Calendar.model_validate({"starts_on": date(2014, 1, 1), "zone": "Europe/Copenhagen"}),
        organisation=Organisation.model_validate({"departments": {}, "units": {}, "roles": {}}),
        chain=Chain.model_validate({"stages": [{"stage": "order", "label": {"en": "Order"}, "question": "?"}]}),
        facts={"sale": Fact.model_validate(FACT)},
        kpis={one.kpi: one for one in kpis},
        agreements=(),
        expectations={},
    )


def compute(
    rows: Iterable[Row], as_of: date, customers: Iterable[tuple[str, str]] = (("ann", "home"), ("bob", "work"))
) -> duckdb.DuckDBPyConnection:
    """Run the compiled models over some rows; `fct_kpi_value` holds the answer."""
    connection = duckdb.connect()
    connection.execute(f"create table fct_sale ({COLUMNS})")
    connection.execute("create table dim_customer (customer varchar, segment varchar)")
    connection.execute("create table run_context as select cast(? as date) as as_of_on", [as_of])
    for table, values in (("fct_sale", list(rows)), ("dim_customer", list(customers))):
        for value in values:
            if table == "fct_sale" and len(value) == 6:
                value = (*value, None)  # a sale that nobody has paid
            connection.execute(f"insert into {table} values ({', '.join('?' * len(value))})", value)
    build(connection, compile_project(project()))
    return connection


def values(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    start: date,
    grain: str = "month",
    span: str = "period",
    member: str = "all",
) -> list[object]:
    """The values of a KPI for one period: none, or one."""
    found = connection.execute(
        "select value from fct_kpi_value where kpi = ? and period_start = ? and grain = ? and span = ? and member = ?",
        [name, start, grain, span, member],
    ).fetchall()
    return [None if value is None else float(value) for (value,) in found]
