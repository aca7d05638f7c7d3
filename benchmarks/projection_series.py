"""Which months of real shape are projections tried on, and what do KPI values say of them?

Superstore (seeds/, 2014 to 2017) and Adventure Works (../shared/data/adventureworks, 2011 to 2013), whole and by
region, category, territory, product, currency. Nothing is used but what `fct_kpi_value` has: values and row counts of
months, and values to date. `MonthSeries` is one member of one figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[1]
SEEDS, ADVENTURE_WORKS = ROOT / "seeds", ROOT.parent / "shared/data/adventureworks/erp"
YEAR, QUARTER = 12, 3
# A series that is mostly empty has no year worth projecting.
_MOST_EMPTY = 0.2
_SUMS = ("sum(sales)", "count(*)", "count(distinct order_id)", "sum(quantity)")
_RATIOS = (("sum(profit)", "sum(sales)"), ("sum(sales)", "count(distinct order_id)"))
_DISTINCT = ("count(distinct customer)", "count(distinct product)")
_MIDDLES = ("median(sales)", "quantile_cont(sales, 0.9)", "median(profit)")


class Kind(StrEnum):
    """What a year is of its months."""

    SUM = "sums"
    PROFIT = "profit"
    RATIO = "ratios"
    DISTINCT = "distinct counts"
    MIDDLE = "medians, percentiles"
    LEVEL = "levels"


@dataclass(frozen=True, slots=True)
class MonthSeries:
    """Figures of months: `below` are denominators or row counts, `to_date` by the length of the span that it is of."""

    company: str
    kind: Kind
    values: list[float]
    below: list[float] = field(default_factory=list)
    to_date: dict[int, list[float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Company:
    """A view of order lines with the first month, and so many months: whole years; `levels` are views of months."""

    name: str
    view: str
    columns: Sequence[str]
    first: str
    months: int
    levels: Sequence[str] = ()


SUPERSTORE = Company(
    "Superstore",
    "superstore",
    ("'all'", "region", "category", "sub_category"),
    "2014-01-01",
    48,
    ("open_orders", "won"),
)
# Resellers order on the last days of a month, from December 2010 to November 2013: three whole years.
RESELLERS = Company("Adventure Works resellers", "reseller_sales", ("'all'", "territory"), "2010-12-01", 36)
INTERNET = Company(
    "Adventure Works internet", "internet_sales", ("'all'", "territory"), "2011-01-01", 36, ("stock", "rates")
)


def superstore_series(finest: bool = True) -> Iterator[MonthSeries]:
    """Everything that is tried of Superstore; without the finest cut, what takes a few seconds."""
    company = SUPERSTORE if finest else replace(SUPERSTORE, columns=SUPERSTORE.columns[:-1])
    with duckdb.connect() as connection:
        _lay_superstore(connection)
        yield from _series(connection, company)


def adventure_works_series() -> Iterator[MonthSeries]:
    """Everything that is tried of Adventure Works."""
    with duckdb.connect() as connection:
        _lay_adventure_works(connection)
        for company in (RESELLERS, INTERNET):
            yield from _series(connection, company)


def _series(connection: duckdb.DuckDBPyConnection, company: Company) -> Iterator[MonthSeries]:
    for column in company.columns:
        for expression in _SUMS:
            for values in _monthly(connection, company, column, expression).values():
                if values.count(0.0) <= _MOST_EMPTY * company.months:
                    yield MonthSeries(company.name, Kind.SUM, values)
        if company.name == SUPERSTORE.name:
            for values in _monthly(connection, company, column, "sum(profit)").values():
                if values.count(0.0) <= _MOST_EMPTY * company.months:
                    yield MonthSeries(company.name, Kind.PROFIT, values)
        for above, below in _RATIOS:
            yield from _with_below(connection, company, Kind.RATIO, column, above, below)
        for expression in _DISTINCT:
            yield from _distinct(connection, company, column, expression)
        for expression in _MIDDLES:
            yield from _with_below(connection, company, Kind.MIDDLE, column, expression, "count(*)")
    for view in company.levels:
        found: dict[object, list[float]] = {}
        query = f"select member, number from {view} where place < {company.months} order by member, place"
        for member, number in connection.execute(query).fetchall():
            found.setdefault(member, []).append(float(number))
        for values in found.values():
            if len(values) == company.months and any(values):
                yield MonthSeries(company.name, Kind.LEVEL, values)


def _with_below(
    connection: duckdb.DuckDBPyConnection, company: Company, kind: Kind, column: str, above: str, below: str
) -> Iterator[MonthSeries]:
    """Series with a figure below each; one that has none in a month is left out."""
    values, weights = (_monthly(connection, company, column, expression) for expression in (above, below))
    to_date = {}
    if kind is Kind.MIDDLE:
        to_date = {span: _monthly(connection, company, column, above, span) for span in (YEAR, QUARTER)}
    for member, found in values.items():
        if min(weights[member]) > 0:
            spans = {span: known[member] for span, known in to_date.items()}
            yield MonthSeries(company.name, kind, found, weights[member], spans)


def _distinct(
    connection: duckdb.DuckDBPyConnection, company: Company, column: str, expression: str
) -> Iterator[MonthSeries]:
    to_date = {span: _monthly(connection, company, column, expression, span) for span in (YEAR, QUARTER)}
    for member, values in _monthly(connection, company, column, expression).items():
        if values.count(0.0) <= _MOST_EMPTY * company.months:
            spans = {span: known[member] for span, known in to_date.items()}
            yield MonthSeries(company.name, Kind.DISTINCT, values, to_date=spans)


def _monthly(
    connection: duckdb.DuckDBPyConnection, company: Company, column: str, expression: str, span: int = 1
) -> dict[object, list[float]]:
    """A figure of each member at each month's end, since the span's first month; 0 where nothing happened."""
    query = f"""
        with line as (
            select *, datediff('month', date '{company.first}', order_date) as place from {company.view}
        )
        select {column}, month.place, {expression}
        from range({company.months}) as month (place)
        join line on line.place between month.place - month.place % {span} and month.place
        group by 1, 2 order by 1, 2
    """
    found: dict[object, list[float]] = {}
    for member, place, number in connection.execute(query).fetchall():
        found.setdefault(member, [0.0] * company.months)[place] = float(number)
    return found


def _lay_superstore(connection: duckdb.DuckDBPyConnection) -> None:
    erp = SEEDS / "erp"
    connection.execute(f"""
        create table superstore as select
            sales, profit, quantity, order_id, order_date, region, category, sub_category,
            customer_id as customer, product_id as product
        from read_csv('{erp}/erp_order_line.csv') as line
        join read_csv('{erp}/erp_order.csv') as ordered using (order_id)
        join read_csv('{erp}/erp_product.csv') as product using (product_id);
        create view month as select
            place, date '{SUPERSTORE.first}' + to_months(cast(place + 1 as integer)) as next_month
        from range({SUPERSTORE.months}) as month (place);
        create view open_orders as select
            member, place, count(*) filter (where order_date < next_month and ship_date >= next_month) as number
        from (
            select order_date, ship_date, unnest(['all', region, ship_mode]) as member
            from read_csv('{erp}/erp_order.csv') as ordered
            join read_csv('{SEEDS}/wms/wms_shipment.csv') as shipped using (order_id)
        ) cross join month
        group by 1, 2;
        create view won as select
            member, place, count(distinct customer) filter (where order_date < next_month) as number
        from (select order_date, customer, unnest(['all', region, category, sub_category]) as member from superstore)
        cross join month
        group by 1, 2
    """)


def _lay_adventure_works(connection: duckdb.DuckDBPyConnection) -> None:
    for name, customer in (("reseller_sales", "reseller_key"), ("internet_sales", "customer_key")):
        connection.execute(f"""
            create table {name} as select
                sales_amount as sales, sales_amount - total_product_cost as profit, order_quantity as quantity,
                sales_order_number as order_id, order_date, sales_territory_key as territory,
                {customer} as customer, product_key as product
            from read_parquet('{ADVENTURE_WORKS}/{name}.parquet')
        """)
    connection.execute(f"""
        create view stock as select member, place, sum(number) as number
        from (
            select
                coalesce(product_subcategory, 'parts') as member, product_key,
                datediff('month', date '{INTERNET.first}', movement_date) as place,
                max_by(units_balance, movement_date) as number
            from read_parquet('{ADVENTURE_WORKS}/product_inventory.parquet') as movement
            join read_parquet('{ADVENTURE_WORKS}/product.parquet') as product using (product_key)
            where movement_date >= date '{INTERNET.first}'
            group by 1, 2, 3
        )
        group by 1, 2;
        create view rates as select
            currency_key as member, datediff('month', date '{INTERNET.first}', rate_date) as place,
            max_by(end_of_day_rate, rate_date) as number
        from read_parquet('{ADVENTURE_WORKS}/currency_rate.parquet')
        where rate_date >= date '{INTERNET.first}'
        group by 1, 2
    """)
