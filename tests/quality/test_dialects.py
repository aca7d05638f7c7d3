"""The same rules are written for each database that a source may be."""

from __future__ import annotations

import pytest
import sqlglot
from test_check_kinds import KINDS, Kind

from kpiledger.errors import WrongUse
from kpiledger.quality.queries import rule_queries
from kpiledger.quality.seen import Relation
from kpiledger.specs.expectation import CheckedTable

COLUMNS = dict.fromkeys(["visit_id", "code", "other", "amount", "started_at", "entered_at"], True)
RELATIONS = {"stg_code": Relation("code", "code")}


def visit(check: dict[str, object]) -> CheckedTable:
    rule = {"id": "VI-01", "says": "it holds", "check": check, "severity": "blocking"}
    return CheckedTable.model_validate(
        {"table": "visit", "model": "stg_visit", "key": ["visit_id", "code"], "rules": [rule]}
    )


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "duckdb", "mysql"])
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_is_written_in_sql_that_the_dialect_reads(kind: Kind, dialect: str) -> None:
    table = visit({**kind.check, **({"no_rows": {"sql": "select * from visit"}} if "no_rows" in kind.check else {})})
    queries = rule_queries(table, table.rules[0], COLUMNS, RELATIONS, dialect)
    for query in (queries.offending, queries.counts):
        assert len(sqlglot.parse(query, read=dialect)) == 1
    assert ("strftime" in queries.offending) == (dialect == "sqlite" and "registered_within" in kind.check)
    assert queries.unexpected.count("{batch}") == 1


def test_the_table_and_its_names_are_quoted_and_texts_escaped() -> None:
    table = visit({"one_of": {"column": "code", "values": ["it's"]}})
    offending = rule_queries(table, table.rules[0], COLUMNS, {}, "postgres").offending
    assert 'FROM "visit"' in offending
    assert "\"code\" IN ('it''s')" in offending


@pytest.mark.parametrize("kind", ["registered_within", "between"])
def test_a_dialect_that_a_kind_has_no_words_for_says_so(kind: str) -> None:
    table = visit(KINDS[kind].check)
    with pytest.raises(WrongUse, match=f"{kind} is not written for oracle"):
        rule_queries(table, table.rules[0], COLUMNS, {}, "oracle")


def test_mysql_compares_codes_as_bytes_and_patterns_with_their_case() -> None:
    codes, pattern = visit(KINDS["one_of"].check), visit(KINDS["matches"].check)
    assert "CAST(`code` AS BINARY) IN" in rule_queries(codes, codes.rules[0], COLUMNS, {}, "mysql").offending
    assert "'(?-i)" in rule_queries(pattern, pattern.rules[0], COLUMNS, {}, "mysql").offending
