"""Accepted expressions and how DuckDB is asked for them, over the columns and rows that the tests share."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

COLUMNS = {
    "amount": "decimal(12,2)",
    "cost": "decimal(12,2)",
    "quantity": "integer",
    "status": "varchar",
    "code": "varchar(20)",
    "ordered_on": "date",
    "shipped_on": "date",
    "seen_at": "timestamp",
    "is_open": "boolean",
}

ROWS = """
    (10.00, 3.00, 7, 'New', 'ab-1', date '2015-01-31', date '2015-02-01', timestamp '2015-01-31 23:59:59', true),
    (2.50, 0.00, 2, 'open', ' ab ', date '2016-02-29', date '2016-02-29', timestamp '2016-02-29 00:00:00', false),
    (-2.50, 1.25, -7, 'It''s', 'æøå', date '2016-12-31', date '2017-01-02', timestamp '2016-12-31 12:00:00', true),
    (0.00, 0.00, 0, '', '%_', date '2017-01-01', null, null, false),
    (-0.05, 4.00, 1, 'a\\b', 'a--b', date '2018-07-15', date '2018-07-14', timestamp '2018-07-15 01:02:03', null),
    (null, 2.00, null, null, null, null, date '2019-01-01', null, true),
    (99.99, null, 3, 'new', 'AB-1', date '2020-12-28', date '2021-01-03', timestamp '2020-12-28 08:00:00', null)
"""

# As written -> as DuckDB is asked.
ACCEPTED = {
    "amount": "amount",
    "amount  -\n cost": "amount - cost",
    "amount - (cost - quantity)": "amount - (cost - quantity)",
    "((amount)) * (cost + 1)": "amount * (cost + 1)",
    "-amount * -2": "-amount * -2",
    "amount - -cost": "amount - -cost",
    ".5 * amount": "0.5 * amount",
    "amount/cost": "cast(amount as double) / nullif(cost, 0)",
    "quantity / 2": "cast(quantity as double) / 2",
    "quantity / 0": "cast(quantity as double) / nullif(0, 0)",
    "amount / (cost / 2)": "cast(amount as double) / nullif(cast(cost as double) / 2, 0)",
    "round(amount)": "round(cast(amount as decimal(38, 12)), 0)",
    "round(amount / 4, 1)": "round(cast(cast(amount as double) / 4 as decimal(38, 12)), 1)",
    "floor(amount)": "floor(amount)",
    "ceiling(amount)": "ceil(amount)",
    "abs(quantity)": "abs(quantity)",
    "cast(amount as decimal(12, 1))": "cast(amount as decimal(12, 1))",
    "greatest(amount, cost, 1)": "greatest(amount, cost, 1)",
    "least(ordered_on, shipped_on)": "least(ordered_on, shipped_on)",
    "coalesce(amount, cost, 0)": "coalesce(amount, cost, 0)",
    "nullif(quantity, 0)": "nullif(quantity, 0)",
    "status in ('New', 'open')": "status in ('New', 'open')",
    "status NOT IN ('New')": "status not in ('New')",
    "status = 'It''s'": "status = 'It''s'",
    "status = 'a\\b'": "status = 'a\\b'",
    "status != 'open'": "status <> 'open'",
    "status like 'n%' or code like 'a_-1'": "status like 'n%' or code like 'a_-1'",
    "status not like 'N%'": "status not like 'N%'",
    "trim(code) = 'ab'": "trim(code, ' ') = 'ab'",
    "lower(status) = 'new' and upper(status) = 'NEW'": "lower(status) = 'new' and upper(status) = 'NEW'",
    "substring(code, 1, 2) = 'ab'": "substring(code, 1, 2) = 'ab'",
    "length(code) > 2": "length(code) > 2",
    "status || '/' || code": "status || '/' || code",
    "case when amount > 0 then 1 else 0 end": "case when amount > 0 then 1 else 0 end",
    "case status when 'open' then amount end": "case status when 'open' then amount end",
    "coalesce(amount, 0) >= 1.50 and not is_open": "coalesce(amount, 0) >= 1.50 and not is_open",
    "not (is_open or amount > 1)": "not (is_open or amount > 1)",
    "not is_open or amount > 1": "not is_open or amount > 1",
    "(is_open or amount > 1) and quantity > 1": "(is_open or amount > 1) and quantity > 1",
    "is_open is not true": "is_open is not true",
    "is_open is false": "is_open is false",
    "is_open = (amount > 1)": "is_open = (amount > 1)",
    "amount is null": "amount is null",
    "(amount > 1) is not null": "(amount > 1) is not null",
    "amount between 1 and 5": "amount between 1 and 5",
    "amount not between cost and cost * 2": "amount not between cost and cost * 2",
    "ordered_on >= '2016-01-01'": "ordered_on >= '2016-01-01'",
    "ordered_on between date '2016-01-01' and '2016-12-31'": "ordered_on between date '2016-01-01' and '2016-12-31'",
    "ordered_on in ('2016-02-29', date '2017-01-01')": "ordered_on in ('2016-02-29', date '2017-01-01')",
    "seen_at < '2016-02-29 00:00:01'": "seen_at < '2016-02-29 00:00:01'",
    "seen_at >= ordered_on": "seen_at >= ordered_on",
    "cast(seen_at as date) = ordered_on": "cast(seen_at as date) = ordered_on",
    "extract(year from ordered_on) = 2016": "extract(year from ordered_on) = 2016",
    "extract(quarter from shipped_on)": "extract(quarter from shipped_on)",
    "extract(month from seen_at)": "extract(month from seen_at)",
    "extract(week from shipped_on)": "extract(week from shipped_on)",
    "extract(day from ordered_on)": "extract(day from ordered_on)",
}


def lay_rows(execute: Callable[[str], Any]) -> None:
    """Lay the table `sale` with the rows."""
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    execute(f"create temporary table sale ({columns})")
    execute(f"insert into sale values {ROWS}")


def answers(expression: str) -> str:
    """The query for an expression in every row, in the same order in each warehouse."""
    return f"select {expression} from sale order by shipped_on nulls last, cost"


def comparable(value: Any) -> Any:
    """A value as it is compared: figures to 12 digits, since a double prints its last ones differently."""
    if isinstance(value, bool) or value is None or isinstance(value, (str, date)):
        return value
    if isinstance(value, float):
        assert math.isfinite(value)
    return Decimal(f"{Decimal(value):.12g}").normalize()
