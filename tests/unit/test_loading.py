"""Loading: values with their places, files that do not disturb each other, and input that means harm."""

from __future__ import annotations

import shutil
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpiledger.finding import Position
from kpiledger.loading import load_project
from kpiledger.loading.events import read_tree
from kpiledger.project import Project
from kpiledger.rules.every_rule import check_project

BASE = Path(__file__).parents[1] / "findings" / "base"


def loaded(root: Path) -> Project:
    project, findings = load_project(root)
    assert findings == []
    assert project is not None
    return project


def test_a_value_knows_its_line_and_column() -> None:
    agreement = loaded(BASE).agreements[0]
    place = agreement.place("events", 0, "targets", 0, "target", "value")
    line = '        target: {grain: month, value: "21000.00", comparison: at_least}'
    assert place == Position("metrics/agreements/2017/sales_west.yml", 16, 39, line)
    assert agreement.place("events", 1, "targets").line == 41
    assert agreement.place("events", 1, "no_such_key").line == 34


def test_columns_count_characters_and_not_bytes() -> None:
    tree = read_tree("a.yml", "label: {da: Økonomi på dansk, nb: no}\n".encode())
    assert [(f.position.line, f.position.column) for f in tree.findings] == [(1, 35)]


def test_a_byte_order_mark_and_windows_line_ends_move_no_place() -> None:
    tree = read_tree("a.yml", b"\xef\xbb\xbfa: 1\r\nb: no\r\n")
    assert [(f.position.line, f.position.column, f.position.excerpt) for f in tree.findings] == [(2, 4, "b: no")]
    assert tree.value == {"a": 1, "b": "no"}


def test_figures_are_decimals_and_keys_are_texts() -> None:
    tree = read_tree("a.yml", b"no: 0.1\n2016: 1\non: {y: '012'}\n")
    assert tree.findings == []
    assert tree.value == {"no": Decimal("0.1"), "2016": 1, "on": {"y": "012"}}


def test_models_say_their_columns_and_which_are_unique() -> None:
    project = loaded(BASE)
    assert project.columns["dim_customer"] == {"customer_id": "varchar", "segment": "varchar"}
    assert project.unique_columns["dim_customer"] == {"customer_id"}
    assert project.unique_columns["stg_crm__meeting"] == frozenset()


def test_a_file_that_fails_leaves_the_others_readable(tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path / "project")
    (tmp_path / "project/metrics/organisation.yml").write_text("departments: [", encoding="utf-8")
    (tmp_path / "project/metrics/facts/order_line.yml").write_text("fact: no\n", encoding="utf-8")
    project, findings = load_project(tmp_path / "project")
    assert project is not None
    assert {f.position.path for f in findings} == {"metrics/organisation.yml", "metrics/facts/order_line.yml"}
    assert set(project.kpis) == {"gross_margin", "orders_shipped", "revenue"}
    assert project.unread == {"organisation": {"organisation"}, "fact": {"order_line"}}
    assert check_project(project) == []


def test_a_folder_without_specs_is_no_project(tmp_path: Path) -> None:
    project, findings = load_project(tmp_path)
    assert project is None
    assert [f.position.path for f in findings] == [
        "metrics/calendar.yml",
        "metrics/chain.yml",
        "metrics/organisation.yml",
    ]


def test_what_is_hidden_is_passed_over(tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path / "project")
    for path in ("metrics/.notes", "metrics/kpis/.DS_Store"):
        file = tmp_path / "project" / path
        file.parent.mkdir(exist_ok=True)
        file.write_text("no: such: thing", encoding="utf-8")
    loaded(tmp_path / "project")


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path / "project")
    secret = tmp_path / "secret.yml"
    secret.write_text("password: hunter2\n", encoding="utf-8")
    (tmp_path / "project/metrics/facts/secret.yml").symlink_to(secret)
    _, findings = load_project(tmp_path / "project")
    assert [(f.rule, f.position.path, f.position.excerpt) for f in findings] == [
        ("KPI016", "metrics/facts/secret.yml", "")
    ]


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize("harm", [BOMB, "a: " + "[" * 100_000, "a: " + "{b: " * 100_000, "- " * 100_000, "? " * 50_000])
def test_input_that_means_harm_costs_little_and_is_a_finding(harm: str) -> None:
    tracemalloc.start()
    tree = read_tree("a.yml", harm.encode())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert tree.findings
    assert not tree.is_whole
    assert peak < 20_000_000


@settings(max_examples=300)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_give_a_tree_and_no_exception(content: bytes) -> None:
    tree = read_tree("a.yml", content)
    assert tree.findings or isinstance(tree.value, dict)


VALUES = st.sampled_from(
    ["null", "true", "[]", "{}", "5", "-1", "0.5", '"x"', "2017-01-01", "[1, 2]", "{a: 1}", "2016-08"]
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_value_in_the_place_of_another_is_loaded_or_told(tmp_path: Path, data: st.DataObject) -> None:
    root = tmp_path / "project"
    if not root.exists():
        shutil.copytree(BASE, root)
    file = data.draw(st.sampled_from(sorted((root / "metrics").rglob("*.yml"))))
    text = file.read_text(encoding="utf-8")
    lines = text.split("\n")
    valued = [index for index, line in enumerate(lines) if ": " in line]
    index = data.draw(st.sampled_from(valued))
    lines[index] = lines[index].split(": ")[0] + ": " + data.draw(VALUES)
    try:
        file.write_text("\n".join(lines), encoding="utf-8")
        project, findings = load_project(root)
        assert project is not None
        for finding in [*findings, *check_project(project)]:
            assert finding.hint
            assert finding.position.line >= 1
    finally:
        file.write_text(text, encoding="utf-8")
