"""An answer is rendered a column at a time, and reads as if every cell were written by the libraries on its own."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kpiledger.audit.answer import Answer, Question
from kpiledger.audit.cells import columns_of, each_told
from kpiledger.audit.machine_forms import render_csv, render_json

_EAST = timezone(timedelta(hours=1))
_CELLS = st.one_of(
    st.text(alphabet='ab,"\n é=', max_size=4), st.none(), st.booleans(), st.integers(-3, 3),
    st.sampled_from([Decimal("1.50"), date(2016, 1, 2), datetime(2016, 1, 2, 3), datetime(2016, 1, 2, 3, tzinfo=UTC)]),
    st.sampled_from([["a", 1], {"b": [2, None]}, [], datetime(2016, 1, 2, 4, tzinfo=_EAST)]),
)  # fmt: skip
_TABLES = st.integers(1, 3).flatmap(lambda width: st.lists(st.tuples(*[_CELLS] * width), max_size=5))


@given(_TABLES)
def test_json_is_what_an_indenting_encoder_writes(rows):
    names = tuple(f"c{number}" for number in range(len(rows[0]) if rows else 1))
    answer = Answer(names, rows, ("above",), ("below",), facts={"changes": len(rows)})
    text = render_json(Question(3, "What?", lambda _: answer), {"kpi": "x"}, answer)
    found = json.loads(text)
    assert text == json.dumps(found, ensure_ascii=False, indent=2)
    assert [list(row) for row in found["rows"]] == [list(names)] * len(rows)


@given(_TABLES)
def test_csv_is_what_the_library_writes_of_the_cells_it_reads(rows):
    names = tuple(f"c{number}" for number in range(len(rows[0]) if rows else 1))
    text = render_csv(Answer(names, rows))
    again = io.StringIO()
    csv.writer(again, lineterminator="\n").writerows(csv.reader(io.StringIO(text + "\n")))
    assert again.getvalue().rstrip("\n") == text


def test_equal_cells_of_different_types_are_told_apart():
    assert each_told([1, True, 1.0, None], repr) == ["1", "True", "1.0", "None"]
    noon = datetime(2016, 1, 2, 12, tzinfo=UTC)
    assert each_told([noon, noon.astimezone(_EAST)], str) == [str(noon), str(noon.astimezone(_EAST))]
    assert columns_of([(1, "a"), (2, "b")], 2) == [[1, 2], ["a", "b"]]
