"""Compiled models stay readable, deterministic, and current."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from kpiledger import compiled_files
from kpiledger.checking import check_folder
from kpiledger.compiling import compile_project
from kpiledger.errors import BrokenWorld

ROOT = Path(__file__).parents[2]
MODELS = sorted((ROOT / "models/kpis").glob("*.sql"))
NUMBERED = re.compile(r"\b(?:t|cte|alias|subquery|_)_?\d+\b|\b[a-z]+\d\b")


@pytest.fixture(scope="module")
def project():
    found, _ = check_folder(ROOT)
    assert found is not None
    return found


def _tree(path: Path) -> exp.Expr:
    text = re.sub(
        r"\{\{ (?:ref|source)\((.*?)\) \}\}", lambda m: m.group(1).replace("'", "").replace(", ", "."), path.read_text()
    )
    return sqlglot.parse_one(text, read="duckdb")


def _selects_outside_ctes(tree: exp.Expr) -> Iterator[exp.Expr]:
    return tree.find_all(exp.Subquery)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_compiled_model_nests_no_select(path: Path) -> None:
    assert list(_selects_outside_ctes(_tree(path))) == []


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_compiled_model_numbers_no_alias(path: Path) -> None:
    names = {node.alias_or_name for node in _tree(path).find_all(exp.CTE, exp.Alias, exp.Table)}
    assert [name for name in names if NUMBERED.fullmatch(name)] == []


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_compiled_model_ends_with_selecting_its_last_cte(path: Path) -> None:
    tree = _tree(path)
    assert tree.args["from_"].this.name == tree.ctes[-1].alias


def test_each_kpi_is_found_by_its_name(project) -> None:
    ctes = {cte.alias for path in MODELS for cte in _tree(path).ctes}
    assert set(project.kpis) <= ctes


def test_the_committed_models_are_current(project) -> None:
    assert not compiled_files.compare(ROOT, compile_project(project))


def test_compiling_does_not_depend_on_the_order_of_files(project) -> None:
    turned = replace(
        project,
        facts=dict(reversed(list(project.facts.items()))),
        kpis=dict(reversed(list(project.kpis.items()))),
    )
    assert compile_project(turned) == compile_project(project)


def test_nodes_grow_with_facts_and_not_with_kpis(project) -> None:
    some = dict(sorted(project.kpis.items())[:-1])
    facts = {name for name in compile_project(project) if name.startswith(("kpi_", "agg_"))}
    assert {name for name in compile_project(replace(project, kpis=some)) if name.startswith(("kpi_", "agg_"))} <= facts
    assert len(facts) <= 2 * len(project.facts)


def test_only_what_differs_is_written_and_orphans_go(tmp_path: Path) -> None:
    mark = "-- COMPILED by `kpi compile` from metrics/.\n"
    compiled_files.write(tmp_path, {"a.sql": mark + "1", "b.sql": mark + "2"})
    before = (tmp_path / compiled_files.FOLDER / "a.sql").stat().st_mtime_ns
    done = compiled_files.write(tmp_path, {"a.sql": mark + "1", "c.sql": mark + "3"})
    assert (done.missing, done.changed, done.orphaned) == (("c.sql",), (), ("b.sql",))
    assert (tmp_path / compiled_files.FOLDER / "a.sql").stat().st_mtime_ns == before


def test_a_file_of_somebody_else_is_never_touched(tmp_path: Path) -> None:
    folder = tmp_path / compiled_files.FOLDER
    folder.mkdir(parents=True)
    (folder / "mine.sql").write_text("select 1\n")
    compiled_files.write(tmp_path, {})
    assert (folder / "mine.sql").read_text() == "select 1\n"
    with pytest.raises(BrokenWorld, match=r"mine\.sql was not written by `kpi compile`"):
        compiled_files.write(tmp_path, {"mine.sql": "-- COMPILED by `kpi compile` from x.\n"})
