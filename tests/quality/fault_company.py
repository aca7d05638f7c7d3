"""A small company without a fault: two source systems, a rule for everything that can go wrong in them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from kpiledger.specs.expectation import Expectations

_CRM = """
create table customer (customer_id text, customer_no text, segment text, email text);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 20)
insert into customer
select printf('C%02d', i), printf('%06d', i), iif(i % 2, 'Consumer', 'Corporate'), 'c' || i || '@example.com' from n;
create table meeting (
    meeting_id integer, customer_id text, team text, status text, reason_code text,
    held_at timestamp, registered_at timestamp, minutes real, product_id text
);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 120)
insert into meeting
select
    i, printf('C%02d', 1 + i % 20), iif(i % 2, 'North', 'South'),
    iif(i % 5, 'held', 'no_show'), iif(i % 5, null, 'ill'),
    datetime('2024-05-01 09:00', '+' || i || ' hours'), datetime('2024-05-01 15:00', '+' || i || ' hours'), 60,
    printf('P%d', 1 + i % 4)
from n;
create table complaint (complaint_id integer, topic text, answer text);
insert into complaint values (1, 'price', 'lower'), (2, 'delay', 'sorry'), (3, 'price', 'same');
"""
_ERP = """
create table product (product_id text, price real);
insert into product values ('P1', 9.5), ('P2', 0), ('P3', 12), ('P4', 100);
create table orders (order_id text, order_date text, region text);
insert into orders values ('O1', '2024-06-01', 'West'), ('O2', '2024-06-20', 'East'), ('O3', '2024-06-28', 'West');
create table order_line (
    order_id text, line_no integer, quantity integer, discount real, amount real, postal_code text, carrier text
);
insert into order_line values
    ('O1', 1, 2, 0.8, 10, '01234', 'DHL'), ('O1', 2, 1, 0, 20, '98765', 'UPS'),
    ('O2', 1, 5, 0.1, 0, '00001', null), ('O3', 1, 1, 0.25, 30, '12345', 'DHL');
"""
_ENOUGH = {"between": {"column": "minutes", "at_least": 1, "at_most": 480}}
_LATE = {"registered_within": {"from": "held_at", "to": "registered_at", "max": "2 days"}}
_LATER = {"registered_within": {"from": "held_at", "to": "registered_at", "max": "1 day"}}
_PRODUCT = {"column": "product_id", "model": "stg_erp__product", "key": "product_id", "missing": "not_allowed"}
_CUSTOMER = {"column": "customer_id", "model": "stg_crm__customer", "key": "customer_id", "missing": "not_allowed"}
_ORDER = {"column": "order_id", "model": "stg_erp__order", "key": "order_id"}


def _no_rows(key: str, table: str, condition: str) -> dict[str, Any]:
    return {"no_rows": {"sql": f"select {key} from {table} where {condition}"}}


def _rules(**checks: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"id": name.replace("_", "-"), "says": says, "check": check, "severity": "blocking"}
        for name, (says, check) in checks.items()
    ]


def company() -> dict[str, Expectations]:
    """What is expected of the two systems."""
    meeting = _rules(
        ME_01=("A meeting stands once", {"unique": ["meeting_id"]}),
        ME_02=("A meeting has a number and a team", {"filled_in": ["meeting_id", "team"]}),
        ME_03=("A meeting was held or not", {"one_of": {"column": "status", "values": ["held", "no_show"]}}),
        ME_04=("A meeting not held says why", {"filled_in": ["reason_code"]}),
        ME_05=("Its customer is known", {"exists_in": _CUSTOMER}),
        ME_06=("Its product is known in ERP", {"exists_in": _PRODUCT}),
        ME_07=("It is registered within 2 days", _LATE),
        ME_08=("It is registered after it happened", _no_rows("meeting_id", "meeting", "registered_at < held_at")),
        ME_09=("It takes a minute to a day", _ENOUGH),
        ME_10=("It lies not in the future", _no_rows("meeting_id", "meeting", "held_at > '2024-07-01'")),
        ME_11=("It lies not before the company", _no_rows("meeting_id", "meeting", "held_at < '2020-01-01'")),
        ME_12=("A customer meets us once at a time", {"unique": ["customer_id", "held_at"]}),
        ME_13=("It is mostly registered within a day", _LATER),
        ME_14=(
            "Teams register alike",
            {"same_across": {"group": "team", "share_failing": "ME-13", "max_gap": "0.05"}},
        ),
    )
    meeting[3]["where"] = "status = 'no_show'"
    meeting[12]["allow"] = {"at_most": "0.3"}
    customer = _rules(
        CU_01=("A customer stands once", {"unique": ["customer_id"]}),
        CU_02=("Its number has six figures", {"matches": {"column": "customer_no", "pattern": "[0-9]{6}"}}),
        CU_03=("It has a segment", {"one_of": {"column": "segment", "values": ["Consumer", "Corporate"]}}),
        CU_04=("It has an address", {"filled_in": ["email"]}),
    )
    complaint = _rules(
        CO_01=("A complaint has an answer", {"filled_in": ["answer"]}),
        CO_02=("One about a price is the same or lower", {"one_of": {"column": "answer", "values": ["lower", "same"]}}),
    )
    complaint[1]["where"] = "topic = 'price'"
    line = _rules(
        OL_01=("A line stands once in its order", {"unique": ["order_id", "line_no"]}),
        OL_02=("Its order exists", {"exists_in": _ORDER}),
        OL_03=("It sells a piece or more", {"between": {"column": "quantity", "at_least": 1}}),
        OL_04=("A discount is at most 0.8", {"between": {"column": "discount", "at_least": 0, "at_most": 0.8}}),
        OL_05=("Nothing costs less than nothing", {"between": {"column": "amount", "at_least": 0}}),
        OL_06=("A postal code has five figures", {"matches": {"column": "postal_code", "pattern": "[0-9]{5}"}}),
        OL_07=("A line has the date of its order", {"filled_in": ["order_date"]}),
        OL_08=("A line to the West says who carries it", {"filled_in": ["carrier"]}),
    )
    line[7]["where"] = "region = 'West'"
    above = {"model": "stg_erp__order", "link": "order_id", "columns": ["order_date", "region"]}
    crm = [
        {"table": "customer", "model": "stg_crm__customer", "key": ["customer_id"], "rules": customer},
        {"table": "meeting", "model": "stg_crm__meeting", "key": ["meeting_id"], "team": "team", "rules": meeting},
        {"table": "complaint", "model": "stg_crm__complaint", "key": ["complaint_id"], "rules": complaint},
    ]
    erp = [
        {"table": "product", "model": "stg_erp__product", "key": ["product_id"]},
        {"table": "orders", "model": "stg_erp__order", "key": ["order_id"],
         "freshness": {"column": "order_date", "within": "7 days"}},
        {"table": "order_line", "model": "stg_erp__order_line", "key": ["order_id", "line_no"], "rules": line,
         "parent": above},
    ]  # fmt: skip
    said = {"crm": crm, "erp": erp}
    return {
        source: Expectations.model_validate(
            {"source": source, "connection": f"{source.upper()}_URL", "owner": "sales_operations", "tables": tables}
        )
        for source, tables in said.items()
    }


def build(folder: Path, source: str = "", fault: str = "") -> dict[str, str]:
    """Both systems in a folder, with a fault planted in one of them; where the environment finds them."""
    for name, script in (("crm", _CRM), ("erp", _ERP)):
        with closing(sqlite3.connect(folder / f"{name}.sqlite")) as link, link:
            link.executescript(script + (fault if name == source else ""))
    return {f"{name.upper()}_URL": f"sqlite:///{folder / name}.sqlite" for name in ("crm", "erp")}
