"""What a trace says of those who are held to a number, and what readers and spreadsheets get of its rows."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from ledger_builders import project

from kpiledger.periods import Period
from kpiledger.settings import load_settings
from kpiledger.tracing.contributing import Contribution, Row
from kpiledger.tracing.lines import Line, Traced
from kpiledger.tracing.number import Fixed, Number
from kpiledger.tracing.promised import agreement_lines
from kpiledger.tracing.telling import Trace, csv_of, text_of

JUNE = Number("revenue", Period.parse("2017-06"))
TABLES = """
    create schema kpi;
    create table kpi.fct_scorecard (holder varchar, agreement varchar, agreement_version integer,
        target_value decimal(38, 10), upper_value decimal(38, 10), comparison varchar, actual decimal(38, 12),
        status varchar, close_state varchar, approval_state varchar, entry_seq integer, entry_hash varchar,
        kpi varchar, grain varchar, period_start date, slice varchar, member varchar);
    create table kpi.dim_agreement_version (agreement varchar, agreement_version integer, seq integer,
        approved_by varchar);
    insert into kpi.dim_agreement_version values ('west_2017', 1, 4, 'cfo'), ('own_2017', 1, 5, 'head_of_sales');
"""
HELD = (
    "insert into kpi.fct_scorecard values (?, ?, 1, 20, null, 'at_least', 21, 'green', 'closed', 'approved', ?, 'h', "
)
OF_JUNE = "'revenue', 'month', date '2017-06-01', 'all', 'all')"


def asked(tmp_path: Path, *held: tuple[str | None, str | None, int | None]) -> list[Line]:
    (tmp_path / "kpiledger.yml").write_text("build: build\n")
    settings = load_settings(tmp_path, {})
    fixed = Fixed("computed by run one", tmp_path, None, Decimal(21), 1, None, {}, None)
    with duckdb.connect() as warehouse:
        warehouse.execute(TABLES)
        for row in held:
            warehouse.execute(HELD + OF_JUNE, list(row))
        traced = Traced(settings, project(root=tmp_path), warehouse, (), JUNE, fixed, None, (), lambda content: content)
        return list(agreement_lines(traced))


def test_a_unit_is_named_with_its_target_and_who_approved_it(tmp_path):
    (line,) = asked(tmp_path, ("sales_west", "west_2017", 4))
    assert line.name == "west_2017 version 1"
    assert line.said == "held by sales_west: target 20 (at_least), green, closed; approved by cfo, approved; entry 4"


def test_a_person_who_is_held_to_it_is_counted_and_never_named(tmp_path):
    lines = asked(tmp_path, ("sales_west", "west_2017", 4), ("p1001", "own_2017", 5))
    assert [line.name for line in lines] == ["west_2017 version 1", "single people"]
    assert "p1001" not in str(lines)
    assert "own_2017" not in str(lines)


@pytest.mark.parametrize("held", [(), ((None, None, None),)])
def test_a_number_that_nobody_promised_says_so(tmp_path, held):
    assert [line.said for line in asked(tmp_path, *held)] == ["nobody is held to it"]


def traced_rows(*rows: Row) -> Trace:
    days = date(2017, 6, 1), date(2017, 6, 30)
    found = Contribution("revenue", "line", "fct_line", ("line_id",), *days, "", 3, Decimal("7.50"), rows)
    return Trace(JUNE, Decimal("7.50"), (Line("measure", "revenue", "3 rows of line", Decimal("7.50")),), (found,))


def test_a_key_that_a_spreadsheet_would_compute_is_written_as_text():
    told = csv_of(traced_rows(Row(("=1+1",), date(2017, 6, 2), Decimal("-2.50"))))
    (row,) = csv.DictReader(io.StringIO(told))
    assert (row["row"], row["amount"]) == ("'=1+1", "-2.5")


def test_rows_that_are_not_shown_are_told():
    told = text_of(traced_rows(Row(("1",), date(2017, 6, 2), Decimal(1))))
    assert "revenue: 7.5 (3 rows of line)" in told
    assert "1 of 3 rows of revenue are shown: --rows all" in told
