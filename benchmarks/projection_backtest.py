"""How well is a year projected, against naive forecasts, on figures of real shape?

    python -m benchmarks.projection_backtest

Months of two companies: Superstore (seeds/, 2014 to 2017) and Adventure Works (../shared/data/adventureworks, 2011 to
2013), whole and by region, category, territory. From the end of each month on, once two years are known, the year is
projected with what was known then and compared with what happened. Naive forecasts repeat the last month, or the same
months of last year. An error is the distance from what happened, as a share of the year.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import duckdb

from benchmarks.measuring import table
from kpiledger.statistics import Projection, projected, projected_ratios

ROOT = Path(__file__).parents[1]
SUPERSTORE, ADVENTURE_WORKS = ROOT / "seeds/erp", ROOT.parent / "shared/data/adventureworks/erp"
YEAR = 12
# A series that is mostly empty has no year worth projecting.
MOST_EMPTY = 0.2
SUMS = {"revenue": "sum(sales)", "lines": "count(*)", "orders": "count(distinct order_id)", "units": "sum(quantity)"}
RATIOS = {"margin": ("sum(profit)", "sum(sales)"), "order value": ("sum(sales)", "count(distinct order_id)")}

Series = list[float]


@dataclass(frozen=True, slots=True)
class Told:
    """One projection beside what happened and what naive forecasts would have said, as shares of the year."""

    error: float
    seasonal: float
    last: float
    is_inside: bool


def main() -> None:
    """Print a table: how far each forecast lies off, and how often the interval held."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    rows: list[Sequence[str]] = []
    everything: list[Told] = []
    with duckdb.connect() as connection:
        for name, cuts, first, months in _companies(connection):
            sums = [told for series in _sums(connection, cuts, first, months) for told in _told_sums(series)]
            rows.append(_row(f"{name}, sums", sums))
            if name.startswith("Superstore"):
                profit = {"profit": "sum(profit)"}
                losses = [
                    told for series in _sums(connection, cuts, first, months, profit) for told in _told_sums(series)
                ]
                rows.append(_row(f"{name}, profit", losses))
                everything += losses
            ratios = [told for pair in _ratios(connection, cuts, first, months) for told in _told_ratios(*pair)]
            if ratios:
                rows.append(_row(f"{name}, ratios", ratios))
            everything += [*sums, *ratios]
    rows.append(_row("all", everything))
    heading = ("figures", "projections", "error", "same months last year", "last month", "inside 80 %")
    print(table(heading, rows))


def _row(name: str, told: Sequence[Told]) -> Sequence[str]:
    error = fmean(one.error for one in told)
    seasonal, last = fmean(one.seasonal for one in told), fmean(one.last for one in told)
    inside = fmean(one.is_inside for one in told)
    return (
        name, f"{len(told):,}", f"{error:.1%}", f"{seasonal:.1%} ({error / seasonal:.2f})",
        f"{last:.1%} ({error / last:.2f})", f"{inside:.0%}",
    )  # fmt: skip


def _told_sums(series: Series) -> Iterator[Told]:
    (projections,) = projected([series], YEAR)
    for known, left, told in _moments(projections, len(series)):
        year = slice(known + left - YEAR, known + left)
        happened, whole = sum(series[year]), sum(map(abs, series[year]))
        rest = sum(series[known : known + left])
        yield Told(
            abs(float(told.value) - happened) / whole,
            abs(sum(series[known - YEAR : known - YEAR + left]) - rest) / whole,
            abs(series[known - 1] * left - rest) / whole,
            float(told.low) <= happened <= float(told.high),
        )


def _told_ratios(above: Series, below: Series) -> Iterator[Told]:
    (projections,) = projected_ratios([above], [below], YEAR)
    for known, left, told in _moments(projections, len(above)):
        year, before = slice(known + left - YEAR, known + left), slice(known - YEAR, known - YEAR + left)
        passed = slice(year.start, known)
        happened = sum(above[year]) / sum(below[year])
        # Naive forecasts know the ratio of the rest; how much it weighs they take from last year.
        naive = []
        for rest in (sum(above[before]) / sum(below[before]), above[known - 1] / below[known - 1]):
            weight = sum(below[before])
            naive.append((sum(above[passed]) + rest * weight) / (sum(below[passed]) + weight))
        errors = [abs(one - happened) / abs(happened) for one in (float(told.value), *naive)]
        yield Told(*errors, float(told.low) <= happened <= float(told.high))


def _moments(projections: Sequence[Projection | None], months: int) -> Iterator[tuple[int, int, Projection]]:
    """How many months were known, how many were left of the year, and what was told."""
    for known, told in enumerate(projections[:months], 1):
        left = -known % YEAR
        if told is not None and left and known + left <= months:
            yield known, left, told


def _companies(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, Mapping[str, Sequence[str]], str, int]]:
    """Name, views with what they are cut by, the first month, and the number of months: whole years."""
    connection.execute(f"""
        create view superstore as select
            sales, profit, quantity, order_id, order_date, region, category, sub_category
        from read_csv('{SUPERSTORE}/erp_order_line.csv') as line
        join read_csv('{SUPERSTORE}/erp_order.csv') as ordered using (order_id)
        join read_csv('{SUPERSTORE}/erp_product.csv') as product using (product_id)
    """)
    yield "Superstore", {"superstore": ["'all'", "region", "category", "sub_category"]}, "2014-01-01", 48
    for name in ("reseller_sales", "internet_sales"):
        connection.execute(f"""
            create view {name} as select
                sales_amount as sales, sales_amount - total_product_cost as profit, order_quantity as quantity,
                sales_order_number as order_id, order_date, sales_territory_key as territory
            from read_parquet('{ADVENTURE_WORKS}/{name}.parquet')
        """)
    cuts = ["'all'", "territory"]
    # Resellers order on the last days of a month, from December 2010 to November 2013: three whole years.
    yield "Adventure Works resellers", {"reseller_sales": cuts}, "2010-12-01", 36
    yield "Adventure Works internet", {"internet_sales": cuts}, "2011-01-01", 36


def _sums(
    connection: duckdb.DuckDBPyConnection,
    cuts: Mapping[str, Sequence[str]],
    first: str,
    months: int,
    measures: Mapping[str, str] = SUMS,
) -> Iterator[Series]:
    for series in _monthly(connection, cuts, first, months, measures.values()):
        if series.count(0.0) <= MOST_EMPTY * months:
            yield series


def _ratios(
    connection: duckdb.DuckDBPyConnection, cuts: Mapping[str, Sequence[str]], first: str, months: int
) -> Iterator[tuple[Series, Series]]:
    for above, below in RATIOS.values():
        numerators = _monthly(connection, cuts, first, months, [above])
        denominators = _monthly(connection, cuts, first, months, [below])
        for pair in zip(numerators, denominators, strict=True):
            if min(pair[1]) > 0:
                yield pair


def _monthly(
    connection: duckdb.DuckDBPyConnection,
    cuts: Mapping[str, Sequence[str]],
    first: str,
    months: int,
    expressions: Iterable[str],
) -> Iterator[Series]:
    """Each measure of each member, a figure a month, 0 where nothing happened."""
    for view, columns in cuts.items():
        for expression in expressions:
            for column in columns:
                found: dict[object, Series] = {}
                query = f"""
                    select {column}, datediff('month', date '{first}', order_date) as place, {expression}
                    from {view}
                    where order_date >= date '{first}' and order_date < date '{first}' + interval '{months} months'
                    group by 1, 2 order by 1, 2
                """
                for member, place, number in connection.execute(query).fetchall():
                    found.setdefault(member, [0.0] * months)[place] = float(number)
                yield from found.values()


if __name__ == "__main__":
    main()
