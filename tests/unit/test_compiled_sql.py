"""Compiled models stay readable, deterministic, and current."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from kpiledger import compiled_files
from kpiledger.checking import check_folder
from kpiledger.compiling import compile_project, standalone_query
from kpiledger.compiling.dialects import Dialect
from kpiledger.errors import BrokenWorld
from kpiledger.project import Project
from tests.soundness import test_combinations, test_formulas, test_missing
from tools.readability import plain

ROOT = Path(__file__).parents[2]
MODELS = sorted((ROOT / "models/kpis").glob("*.sql"))


def checked(folder: Path) -> Project:
    found, _ = check_folder(folder)
    assert found is not None
    return found


# Between them every type of formula and measure, several facts, dates, versions and zones.
PROJECTS = {
    "demo": checked(ROOT),
    "formulas": test_formulas.PROJECT,
    "combinations": test_combinations.PROJECT,
    "missing": test_missing.PROJECT,
    "cubes": test_combinations.CUBES,
}


@pytest.fixture(scope="module")
def project() -> Project:
    return PROJECTS["demo"]


def _tree(path: Path) -> exp.Expr:
    return sqlglot.parse_one(plain(path.read_text(encoding="utf-8")), read="duckdb")


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_compiled_model_ends_with_selecting_its_last_cte(path: Path) -> None:
    tree = _tree(path)
    assert tree.args["from_"].this.name == tree.ctes[-1].alias


def test_each_kpi_is_found_by_its_name(project) -> None:
    ctes = {cte.alias for path in MODELS for cte in _tree(path).ctes}
    assert set(project.kpis) <= ctes


def test_the_committed_models_are_current(project) -> None:
    assert not compiled_files.compare(ROOT, compile_project(project))


def shuffled(project: Project, random: Random) -> Project:
    """The same project with the files of every kind read in another order."""
    kinds = ("facts", "kpis", "expectations", "columns", "unique_columns")
    turned = {kind: list(getattr(project, kind).items()) for kind in kinds}
    for items in turned.values():
        random.shuffle(items)
    return replace(project, **{kind: dict(items) for kind, items in turned.items()})


@settings(max_examples=5)
@given(st.randoms(use_true_random=False))
def test_compiling_does_not_depend_on_the_order_of_files(random: Random) -> None:
    for given_project in PROJECTS.values():
        assert compile_project(shuffled(given_project, random)) == compile_project(given_project)


def test_files_grow_with_facts_and_not_with_kpis(project: Project) -> None:
    more = {f"{name}_again": kpi.model_copy(update={"kpi": f"{name}_again", "publish_as": None})
            for name, kpi in project.kpis.items()}  # fmt: skip
    few, many = (replace(project, kpis=kpis) for kpis in (project.kpis, {**project.kpis, **more}))
    assert compile_project(few).keys() == compile_project(many).keys()
    models = [name for name in compile_project(many) if name.startswith(("agg_", "measured_", "kpi_"))]
    assert len(models) <= 3 * len(project.facts) + 1


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("name", sorted(PROJECTS))
def test_every_model_and_shown_query_is_sql_of_each_dialect(name: str, dialect: Dialect) -> None:
    given_project = PROJECTS[name]
    for file, text in compile_project(given_project, dialect).items():
        if file.endswith(".sql"):
            assert isinstance(sqlglot.parse_one(plain(text), read=dialect.value), exp.Query), file
    for kpi in given_project.kpis.values():
        for version in kpi.versions:
            query = standalone_query(given_project, kpi, version, dialect)
            assert isinstance(sqlglot.parse_one(query, read=dialect.value), exp.Query), kpi.kpi


# What one warehouse understands and another does not, or not in the same way.
FOREIGN_TO_SPARK = re.compile(r"\bvarchar\b|generate_series|::|at time zone|\bdouble precision\b|date_trunc|interval '")
FOREIGN_TO_POSTGRES = re.compile(r"\bdouble\b(?! precision)|\bstring\b|add_months|lateral view|from_utc_timestamp")


@pytest.mark.parametrize("name", sorted(PROJECTS))
def test_no_word_of_another_warehouse_is_compiled(name: str) -> None:
    foreign = {Dialect.SPARK: FOREIGN_TO_SPARK, Dialect.POSTGRES: FOREIGN_TO_POSTGRES}
    for dialect, words in foreign.items():
        for file, text in compile_project(PROJECTS[name], dialect).items():
            code = re.sub(r"^\s*--.*$|^\s*description:.*$", "", text, flags=re.MULTILINE)
            assert words.search(code) is None, (dialect, file, words.search(code))


def test_only_one_module_knows_how_warehouses_differ() -> None:
    words = re.compile(r"varchar|generate_series|::|at time zone|date_trunc|interval '|double precision|explode\(")
    modules = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "kpiledger/compiling").glob("*.py")}
    assert [name for name, text in modules.items() if words.search(text)] == ["dialects.py"]


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
