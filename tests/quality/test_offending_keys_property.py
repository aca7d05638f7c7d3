"""Whatever the rows are, the keys that a rule names are those that plain Python finds."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kpiledger.quality.queries import rule_queries
from kpiledger.specs.expectation import CheckedTable

Visit = dict[str, Any]

TIMES = [None, "2024-01-01 00:00:00", "2024-01-02", "2024-01-03 00:00:00", "2024-01-03 00:00:01", "later"]
COLUMNS = dict.fromkeys(["visit_id", "code", "amount", "started_at", "entered_at"], True)
VISITS = st.lists(
    st.fixed_dictionaries(
        {
            "code": st.sampled_from([None, "", " ", "a", "b", "ab", "a'b"]),
            "amount": st.sampled_from([None, -1, 0, 1, 10, 11]),
            "started_at": st.sampled_from(TIMES[:-1]),
            "entered_at": st.sampled_from(TIMES),
        }
    ),
    max_size=12,
)
KEEP: dict[str, Callable[[Visit], bool]] = {
    "amount > 0": lambda row: row["amount"] is not None and row["amount"] > 0,
    "code in ('a', 'a''b')": lambda row: row["code"] in ("a", "a'b"),
}


def late(row: Visit) -> bool:
    try:
        passed = datetime.fromisoformat(row["entered_at"]) - datetime.fromisoformat(row["started_at"])
    except (TypeError, ValueError):
        return True
    return passed.total_seconds() > 2 * 24 * 3600


def per_row(asked: Callable[[Visit], bool], breaks: Callable[[Visit], bool]) -> Callable[[list[Visit]], list[Visit]]:
    return lambda rows: [row for row in rows if asked(row) and breaks(row)]


def repeated(rows: list[Visit]) -> list[Visit]:
    counted = Counter((row["code"], row["amount"]) for row in rows)
    whole = [row for row in rows if row["code"] is not None and row["amount"] is not None]
    return [row for row in whole if counted[row["code"], row["amount"]] > 1]


RULES: list[tuple[dict[str, Any], Callable[[list[Visit]], list[Visit]]]] = [
    (
        {"one_of": {"column": "code", "values": ["a", "a'b"]}},
        per_row(lambda row: row["code"] is not None, lambda row: row["code"] not in ("a", "a'b")),
    ),
    ({"filled_in": ["code"]}, per_row(lambda row: True, lambda row: not (row["code"] or "").strip())),
    ({"unique": ["code", "amount"]}, repeated),
    (
        {"between": {"column": "amount", "at_least": 0, "at_most": 10}},
        per_row(lambda row: row["amount"] is not None, lambda row: not 0 <= row["amount"] <= 10),
    ),
    (
        {"matches": {"column": "code", "pattern": "a|b"}},
        per_row(lambda row: row["code"] is not None, lambda row: not re.fullmatch("a|b", row["code"])),
    ),
    (
        {"registered_within": {"from": "started_at", "to": "entered_at", "max": "2 days"}},
        per_row(lambda row: row["started_at"] is not None, late),
    ),
    (
        {"no_rows": {"sql": "select visit_id from visit where amount = 11 or code = ' '"}},
        per_row(lambda row: True, lambda row: row["amount"] == 11 or row["code"] == " "),
    ),
]


def asked_of_sqlite(rows: list[Visit], check: dict[str, Any], where: str | None) -> tuple[tuple[int, ...], list[int]]:
    link = sqlite3.connect(":memory:")
    link.create_function("regexp", 2, lambda pattern, text: bool(re.search(pattern, text)))
    link.execute("create table visit (visit_id integer, code text, amount real, started_at text, entered_at text)")
    link.executemany("insert into visit values (:visit_id, :code, :amount, :started_at, :entered_at)", rows)
    rule = {"id": "VI-01", "says": "it holds", "check": check, "severity": "blocking", "where": where}
    said = {"table": "visit", "model": "stg_visit", "key": ["visit_id"], "rules": [rule]}
    table = CheckedTable.model_validate(said)
    queries = rule_queries(table, table.rules[0], COLUMNS, {}, "sqlite")
    counts = link.execute(queries.counts).fetchone()
    keys = [row[0] for row in link.execute(queries.offending).fetchall()]
    link.close()
    return counts, keys


@given(drawn=VISITS, rule=st.sampled_from(RULES), where=st.sampled_from([None, *KEEP]))
def test_the_offending_keys_are_those_that_plain_python_finds(
    drawn: list[Visit], rule: tuple[dict[str, Any], Callable[[list[Visit]], list[Visit]]], where: str | None
) -> None:
    rows = [{"visit_id": number, **row} for number, row in enumerate(drawn)]
    check, broken = rule
    kept = [row for row in rows if where is None or KEEP[where](row)]
    expected = sorted(row["visit_id"] for row in broken(kept))
    (in_table, tested, failing), keys = asked_of_sqlite(rows, check, where)
    assert keys == expected
    assert (in_table, failing) == (len(rows), len(expected))
    assert failing <= tested <= len(kept)
