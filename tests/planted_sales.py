"""The same sales in a PostgreSQL source and in a warehouse, and differences of every kind planted among them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Engine, text

from kpiledger.quality.report import DifferenceKind
from kpiledger.specs.expectation import Expectations

Planted = Mapping[DifferenceKind, Sequence[int]]
_DAYS = "cast(i * 7919 % 730 as integer)"
_COLUMNS = f"""
    cast(i as bigint) as sale_id,
    'shop ' || i % 7 as shop,
    date '2023-01-01' + {_DAYS} as sold_on,
    cast(i * 104729 % 1000000 as numeric(18, 2)) / 100 as amount,
    cast(i * 31 % 1000 as {{weight}}) as weight,
    case when i % 50 > 0 then 'buyer ' || i % 977 end as buyer,
    timestamp '2023-01-01' + i * interval '1 second' as changed_at
"""
# What is done to the source, or to the warehouse where that is said; each by the keys chosen for it.
_CHANGES = (
    "update sale set amount = amount + 1 where sale_id = :key",
    "update sale set buyer = 'nobody' where sale_id = :key",
    "update sale set sold_on = sold_on + 31 where sale_id = :key",
    "update sale set amount = null, shop = 'shop 9' where sale_id = :key",
)
_IN_SOURCE = {
    DifferenceKind.EXTRA: ("delete from sale where sale_id = :key",),
    DifferenceKind.CHANGED: _CHANGES,
    DifferenceKind.DUPLICATE_KEY: ("insert into sale select * from sale where sale_id = :key",),
    DifferenceKind.UNREADABLE: ("update sale set weight = 'heavy' where sale_id = :key",),
    DifferenceKind.LATE: (
        "update sale set amount = amount * 2, changed_at = timestamp '2099-01-01' where sale_id = :key",
    ),
}
RECONCILE: dict[str, Any] = {
    "cut_off": "changed_at",
    "totals": {"by": ["month", "shop"], "sum": {"amount": {"within": "0.01"}}},
    "rows": {
        "amount": {"within": "0.005"}, "buyer": "exact", "sold_on": "exact", "weight": "exact", "shop": "exact",
        "changed_at": {"within": "1 second"},
    },
}  # fmt: skip


def build_sales(engine: Engine, warehouse: Path, rows: int) -> None:
    """The source's table `sale` and the staging model `stg_sale`, equal, without a difference."""
    series = f"generate_series(1, cast({rows} as bigint)) as given (i)"
    with engine.begin() as connection:
        connection.execute(text("drop table if exists sale"))
        columns = _COLUMNS.format(weight="text")
        connection.execute(text(f"create table sale as select {columns} from {series}"))
        connection.execute(text("create index on sale (sale_id)"))
    with duckdb.connect(str(warehouse)) as link:
        link.execute("create schema staging")
        columns = _COLUMNS.format(weight="integer")
        link.execute(
            f"create table staging.stg_sale as select * replace (cast(amount as decimal(18, 2)) as amount) "
            f"from (select {columns} from {series})"
        )


def chosen(rows: int, count: int, seed: int) -> Planted:
    """Keys for each kind of difference, `count` in all, no key twice; the newest row stays, and with it the mark."""
    kinds = list(DifferenceKind)
    keys = random.Random(seed).sample(range(1, rows), count)
    return {kind: sorted(keys[place :: len(kinds)]) for place, kind in enumerate(kinds)}


def plant(engine: Engine, warehouse: Path, planted: Planted) -> None:
    """Make the differences."""
    with engine.begin() as connection:
        for kind, statements in _IN_SOURCE.items():
            for number, key in enumerate(planted[kind]):
                connection.execute(text(statements[number % len(statements)]), {"key": key})
    with duckdb.connect(str(warehouse)) as link:
        link.execute(
            "delete from staging.stg_sale where list_contains(?::bigint[], sale_id)",
            [list(planted[DifferenceKind.MISSING])],
        )


def sales_expectations(reconcile: Mapping[str, Any] | None = None) -> Expectations:
    """What is expected of the till, whose one table is `sale`."""
    sale = {"table": "sale", "model": "stg_sale", "key": ["sale_id"], "period": "sold_on"}
    return Expectations.model_validate(
        {
            "source": "till", "connection": "TILL_URL", "owner": "sales_operations",
            "tables": [{**sale, "reconcile": reconcile or RECONCILE}],
        }
    )  # fmt: skip
