"""Ten thousand mutated spec files: each is answered by findings, or compiles to what its author wrote and nothing else.

A case that fails says its number, and what its file holds.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from compiled_bounds import CompiledBounds
from hostile_case import BASE
from read_once import ReadOnce
from spec_mutants import PREPARED, Mutant, mutant, originals

from kpiledger.compiling import compile_project
from kpiledger.finding import Finding, has_errors
from kpiledger.loading import load_project
from kpiledger.project import Project
from kpiledger.rules.every_rule import check_project

CASES, BATCHES = 10_000, 20
SIZE = CASES // BATCHES
# What an escape would look like: in this file, in place of this text, that one; and what the judge says of it.
TAMPERED = (
    ("agg_order_line.sql", "-- Additive", "-- {{ env_var('X') }}", "templating"),
    ("agg_order_line.sql", "-- Additive", "-- a\rdrop table x --", "the characters"),
    ("agg_order_line.sql", "-- Additive", "\ndrop table x; --", "not one select"),
    ("agg_order_line.sql", "ref('dim_customer')", "ref('salary')", "the models ['salary']"),
    ("agg_order_line.sql", "from fct_order_line", "from salary", "the relation salary"),
    ("agg_order_line.sql", "sales_amount <> 0", "sales_amount <> 1", "no SQL means ['sales_amount <> 0']"),
    ("agg_order_line.sql", "sales_amount <> 0", "sales_amount <> random()", "the function Rand"),
    ("_kpis.yml", "  access: public", "  pre_hook: drop table x", "the keys ['pre_hook']"),
    ("_kpis.yml", "description: The day\n", 'description: "\\x7B{ x }"\n', "templating"),
    ("_kpis.yml", "- name: dim_day", "- name: dim_days", "other models"),
)


@dataclass
class Bench:
    """A project folder in which one file after the other is mutated, and the judge of what is compiled."""

    folder: Path
    reader: ReadOnce
    bounds: CompiledBounds = field(default_factory=CompiledBounds)
    meanings: dict[str, str] = field(default_factory=dict)  # of the SQL, before anything is mutated

    def __post_init__(self) -> None:
        self.texts = originals(self.folder)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("fuzz") / "project"
    shutil.copytree(BASE, folder)
    for change in PREPARED:
        change.apply(folder)
    staying = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.yml")}
    made = Bench(folder, ReadOnce(staying))
    with pytest.MonkeyPatch.context() as patch:
        made.reader.use(patch)
        project, findings = _checked(folder)
        assert project is not None
        assert not has_errors(findings)
        files = compile_project(project)
        assert made.bounds.problem(project, files) is None
        made.meanings = made.bounds.meanings(files)
        yield made


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_mutated_spec_file_has_findings_or_compiles_within_bounds(bench: Bench, batch: int) -> None:
    compiled = 0
    for number in range(batch * SIZE, (batch + 1) * SIZE):
        case = mutant(number, bench.texts)
        try:
            compiled += _held_or_found(bench, case)
        except Exception as problem:
            problem.add_note(case.told)
            raise
        finally:
            (bench.folder / case.path).write_text(bench.texts[case.path], encoding="utf-8")
    assert SIZE // 20 < compiled < SIZE // 2, "the mutations are too tame, or too wild to tell anything"


def test_a_file_that_is_read_once_is_read_as_it_is_each_time(bench: Bench) -> None:
    """The reader of this file against the plain one, which no other case asks."""
    for number in range(0, CASES, CASES // 50):
        case = mutant(number, bench.texts)
        (bench.folder / case.path).write_bytes(case.content)
        once = _answer(bench.folder)
        with pytest.MonkeyPatch.context() as patch:
            ReadOnce({}).use(patch)
            assert _answer(bench.folder) == once, case.told
        (bench.folder / case.path).write_text(bench.texts[case.path], encoding="utf-8")


@pytest.mark.parametrize(("name", "old", "new", "problem"), TAMPERED)
def test_an_escape_would_be_seen(bench: Bench, name: str, old: str, new: str, problem: str) -> None:
    project, _ = _checked(bench.folder)
    assert project is not None
    files = compile_project(project)
    assert old in files[name]
    found = bench.bounds.problem(project, {**files, name: files[name].replace(old, new)})
    assert found is not None
    assert problem in found


def _held_or_found(bench: Bench, case: Mutant) -> bool:
    """Whether the project compiles; it does within bounds, or has findings, each with a hint."""
    (bench.folder / case.path).write_bytes(case.content)
    project, findings = _checked(bench.folder)
    assert all(finding.message and finding.hint for finding in findings)
    if project is None or has_errors(findings):
        assert findings
        return False
    files = compile_project(project)
    assert bench.bounds.problem(project, files) is None
    if case.is_text:
        assert bench.bounds.meanings(files) == bench.meanings, "a text for people changes what is computed"
    return True


def _checked(folder: Path) -> tuple[Project | None, list[Finding]]:
    project, findings = load_project(folder)
    return project, [*findings, *(check_project(project) if project else ())]


def _answer(folder: Path) -> tuple[list[Finding], dict[str, str]]:
    """What a user gets of a project: its findings, or the files it compiles to."""
    project, findings = _checked(folder)
    return findings, {} if project is None or has_errors(findings) else compile_project(project)
