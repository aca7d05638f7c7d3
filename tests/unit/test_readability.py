"""An auditor can read what is compiled: flat, named, narrow, and short where it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import median

import pytest

from kpiledger.checking import check_folder
from kpiledger.compiling.folding_lines import WIDTH, folded
from kpiledger.project import Project
from tools.readability import Reading, compiled_readings, reading, shown_readings, table

ROOT = Path(__file__).parents[2]
FOLDERS = {"demo": ROOT, "adventureworks": ROOT / "tests/adventureworks/project"}
# Names of users are long now and then; a line may be wider than a page, but not twice as wide.
WIDEST = 150
SHOWN_LINES = 50


@pytest.fixture(scope="module", params=sorted(FOLDERS))
def project(request: pytest.FixtureRequest) -> Project:
    found, _ = check_folder(FOLDERS[request.param])
    assert found is not None
    return found


def read(project: Project) -> Mapping[str, Reading]:
    return {**compiled_readings(project), **shown_readings(project)}


def test_no_select_lies_within_another(project: Project) -> None:
    assert {name: one.depth for name, one in read(project).items() if one.depth != 1} == {}


def test_no_alias_is_numbered(project: Project) -> None:
    assert {name: one.numbered for name, one in read(project).items() if one.numbered} == {}


def test_every_aggregate_is_grouped_by_columns_named(project: Project) -> None:
    assert [name for name, one in read(project).items() if one.ungrouped] == []


def test_every_name_is_given_with_as_and_all_is_lower_case(project: Project) -> None:
    assert [name for name, one in read(project).items() if one.unsaid or not one.is_lower] == []


def test_no_line_is_wider_than_two_pages(project: Project) -> None:
    assert {name: one.widest for name, one in read(project).items() if one.widest > WIDEST} == {}


def test_the_shown_query_of_most_kpis_fits_on_a_page(project: Project) -> None:
    assert median(one.lines for one in shown_readings(project).values()) <= SHOWN_LINES


def test_the_report_has_a_line_for_each_kind_of_model(project: Project) -> None:
    kinds = [line.split()[0] for line in table(project)][1:]
    assert {"agg_*", "measured_*", "kpi_*", "dim_span.sql", "kpi"} <= set(kinds)


@pytest.mark.parametrize(
    ("sql", "flaw"),
    [
        ("select a from (select a from b)", "depth"),
        ("with t1 as (select a from b) select a from t1", "numbered"),
        ("select a, sum(b) as c from d group by all", "ungrouped"),
        ("select a, sum(b) as c from d group by 1", "ungrouped"),
        ("select a, sum(b) as c from d", "ungrouped"),
        ("select sum(b) c from d", "unsaid"),
        ("SELECT a FROM b", "is_lower"),
    ],
)
def test_a_flaw_is_seen(sql: str, flaw: str) -> None:
    good = reading("with b as (select a from c) select a from b")
    assert [name for name in Reading.__slots__ if name not in ("lines", "widest")
            and getattr(reading(sql), name) != getattr(good, name)] == [flaw]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("sum(a) as b", "sum(a) as b"),
        (
            f"cast(cast({'a' * 60} as double) / nullif({'b' * 60}, 0) as double) as value",
            f"cast(\n    cast({'a' * 60} as double)\n    / nullif({'b' * 60}, 0)\n    as double\n) as value",
        ),
        (f"case when {'a' * 60} then 1 when {'b' * 60} then 2 else 3 end as c",
         f"case\n    when {'a' * 60} then 1\n    when {'b' * 60} then 2\n    else 3\nend as c"),
        (f"case when a = ' when {'b' * 120}' then 1 end", f"case\n    when a = ' when {'b' * 120}' then 1\nend"),
    ],
)  # fmt: skip
def test_a_long_expression_is_broken_where_a_person_would(given: str, expected: str) -> None:
    assert folded(given) == expected
    assert len(given) <= WIDTH or "\n" in folded(given)
    assert "".join(folded(given).split()) == "".join(given.split())
