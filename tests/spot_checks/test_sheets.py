"""A sheet comes back from a spreadsheet as it was sent, and nothing in it is a formula."""

from __future__ import annotations

import pytest

from kpiledger.errors import WrongUse
from kpiledger.spot_checks.sample import Sample, SampledRow, SamplePart
from kpiledger.spot_checks.sheet import Answer, Answered, errors_by_part, read_sheet, sheet_text

ROWS = (
    SampledRow("=1+1", {"amount": "-5.00", "note": "@cmd"}),
    SampledRow("00;7", {"amount": None, "note": 'a "b", c'}),
)
SAMPLE = Sample(
    "till.sale/all/1",
    ("amount", "note"),
    (SamplePart({}, "warehouse_to_source", "select 1", "in DuckDB", ROWS),),
)
ANSWERS = (
    Answered("all", "warehouse_to_source", "=1+1", Answer.WRONG, "it says 6"),
    Answered("all", "warehouse_to_source", "00;7", Answer.RIGHT, ""),
)


def test_no_cell_is_a_formula_and_a_figure_stays_one() -> None:
    line = sheet_text(SAMPLE).splitlines()[1]
    assert line == "till.sale/all/1,all,warehouse_to_source,1,'=1+1,-5.00,'@cmd,,"


def test_a_filled_sheet_reads_as_it_was_written() -> None:
    text = sheet_text(SAMPLE, ANSWERS)
    assert read_sheet(text, SAMPLE) == ANSWERS
    assert errors_by_part(SAMPLE, ANSWERS) == [({}, "warehouse_to_source", 2, 1)]


def test_a_spreadsheet_may_write_semicolons_a_byte_order_mark_and_the_lines_in_another_order() -> None:
    lines = [
        "\ufeffspot_check;stratum;direction;row;key;value of amount;value of note;answer;found",
        'till.sale/all/1;all;warehouse_to_source;2;"00;7";;;RIGHT;',
        "till.sale/all/1;all;warehouse_to_source;1;=1+1;;; wrong;it says 6",
    ]
    assert read_sheet("\r\n".join(lines), SAMPLE) == ANSWERS


def test_a_sheet_without_answers_names_every_row() -> None:
    with pytest.raises(WrongUse) as refused:
        read_sheet(sheet_text(SAMPLE), SAMPLE)
    assert refused.value.message.splitlines() == [
        "the sheet is not what was drawn, filled in:",
        "  line 2: \"'=1+1\" has the answer '', not right or wrong",
        "  line 3: '00;7' has the answer '', not right or wrong",
    ]


def test_a_file_with_other_columns_is_refused() -> None:
    with pytest.raises(WrongUse) as refused:
        read_sheet("key,answer\n1,right\n", SAMPLE)
    assert refused.value.message == "the sheet has no column spot_check, stratum, direction, found"
