"""Thousands of mutated specs: each is answered by findings, or compiles to what its author wrote and nothing else."""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from pathlib import Path
from random import Random

import duckdb
import pytest
from hostile_case import BASE, LINES, MARGIN, REVENUE, SHIPMENT, Swap
from mutating import mutated_expression, mutated_file
from sql_bounds import expression_problem, model_problem

from kpiledger.compiling import compile_project
from kpiledger.expressions import canonical, check_expression, equalities, render
from kpiledger.finding import has_errors
from kpiledger.loading import load_project
from kpiledger.project import Project
from kpiledger.rules import check_project
from tests.postgres import needs_postgres, postgres_server
from tests.unit.expression_examples import ACCEPTED, COLUMNS, answers, comparable, lay_rows

EXPRESSIONS, PROJECTS = 15_000, 400
MUTATED_FILES = (REVENUE, MARGIN, LINES, SHIPMENT)
DERIVED = """{type: derived, expr: a / b - a, inputs: {
      a: {measure: revenue_amount, where: region = 'West'}, b: {measure: order_lines, missing: zero}}}"""
RECORDED = {"run_context"}  # of what each run lays beside, all that compiled models read
_JINJA = re.compile(r"\{[{%#]")


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_a_mutated_expression_is_refused_or_means_what_it_says(dialect: str) -> None:
    random = Random(20161231)
    seeds, accepted = list(ACCEPTED), 0
    for _ in range(EXPRESSIONS // 3):
        text = mutated_expression(random.choice(seeds), random)
        problems = check_expression(text, COLUMNS)
        if problems:
            assert all(problem.message and problem.hint for problem in problems)
            continue
        accepted += 1
        rendered = render(text, dialect)
        assert expression_problem(rendered, dialect, COLUMNS) is None, (text, rendered)
        once = canonical(text)
        if not check_expression(once, COLUMNS):
            assert canonical(once) == once, text
        for column, literal in equalities(text) or ():
            assert expression_problem(f"{column} = {literal}", "duckdb", COLUMNS) is None, text
        if len(seeds) < 500:
            seeds.append(text)
    assert EXPRESSIONS // 60 < accepted < EXPRESSIONS // 3, "the mutations are too tame, or too wild to tell anything"


def test_a_mutated_expression_that_is_accepted_means_what_its_author_wrote() -> None:
    """DuckDB is asked for the text itself, for what it is rendered as, and for its canonical text."""
    random = Random(20170101)
    seeds = [text for text in ACCEPTED if "/" not in text]  # a quotient by zero is made null, which DuckDB's is not
    asked = 0
    with duckdb.connect() as connection:
        lay_rows(connection.execute)
        for _ in range(EXPRESSIONS // 5):
            text = mutated_expression(random.choice(seeds), random)
            if check_expression(text, COLUMNS) or "/" in text:
                continue
            rows = [_rows(connection, sql) for sql in (text, render(text), render(canonical(text)))]
            assert rows[0] == rows[1] == rows[2], text
            asked += 1
    assert asked > EXPRESSIONS // 100


@needs_postgres
def test_a_mutated_expression_has_the_same_answers_in_duckdb_and_postgresql() -> None:
    random = Random(20180101)
    seeds, asked = list(ACCEPTED), 0
    with duckdb.connect() as duck, postgres_server() as server, closing(server.engine.raw_connection()) as connection:
        postgres = connection.cursor()
        lay_rows(duck.execute)
        lay_rows(postgres.execute)
        for _ in range(EXPRESSIONS // 5):
            text = mutated_expression(random.choice(seeds), random)
            if check_expression(text, COLUMNS):
                continue
            found = _rows(duck, render(text))
            if found is None:
                continue  # PostgreSQL has more digits
            postgres.execute(answers(render(text, "postgres")))
            there = [comparable(value) for (value,) in postgres.fetchall()]
            assert [comparable(value) for (value,) in found] == there, text
            asked += 1
    assert asked > EXPRESSIONS // 100


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]] | None:
    """The values of an expression in every row; None where it runs out of digits."""
    try:
        return connection.execute(answers(sql)).fetchall()
    except (duckdb.OutOfRangeException, duckdb.ConversionException):
        return None


def test_a_mutated_project_has_findings_or_compiles_within_bounds(tmp_path: Path) -> None:
    random = Random(20161231)
    folder = tmp_path / "project"
    shutil.copytree(BASE, folder)
    Swap(REVENUE, "{type: simple, measure: revenue_amount}", DERIVED).apply(folder)
    Swap(
        SHIPMENT, "    agg: last\n", "    description: What stands.\n    agg: last\n    where: open_count > 0\n"
    ).apply(folder)
    originals = {path: (folder / path).read_text(encoding="utf-8") for path in MUTATED_FILES}
    held: set[str] = set()  # models that were looked at before
    compiled = 0
    for _ in range(PROJECTS):
        path = random.choice(MUTATED_FILES)
        text = mutated_file(originals[path], random)
        (folder / path).write_bytes(text.encode("utf-8", errors="surrogatepass"))
        compiled += _held_or_found(folder, held, text)
        (folder / path).write_text(originals[path], encoding="utf-8")
    assert PROJECTS // 40 < compiled < PROJECTS, "the mutations are too tame, or too wild to tell anything"


def _held_or_found(folder: Path, held: set[str], text: str) -> bool:
    """Whether the project compiles; it does within bounds, or has findings, each with a hint."""
    project, findings = load_project(folder)
    findings = [*findings, *(check_project(project) if project else ())]
    assert all(finding.message and finding.hint for finding in findings)
    if project is None or has_errors(findings):
        assert findings
        return False
    files = compile_project(project)
    models = {*project.columns, *(name.removesuffix(".sql") for name in files), *RECORDED}
    for name, content in files.items():
        if content in held:
            continue
        held.add(content)
        if name.endswith(".sql"):
            assert model_problem(content, models) is None, (name, text)
        else:
            assert not _JINJA.search(content), (name, text)
    sql = " ".join(" ".join(content.split()) for name, content in files.items() if name.endswith(".sql"))
    assert [wanted for wanted in _wanted(project) if wanted not in sql] == [], text
    return True


def _wanted(project: Project) -> set[str]:
    """What the expressions behind the KPIs are rendered as."""
    versions = [version for kpi in project.kpis.values() for version in kpi.versions]
    inputs = [given for version in versions for given in version.formula.inputs.values()]
    measures = [found[1] for given in inputs if (found := project.measure(given.measure))]
    texts = {text for part in (*inputs, *measures) for text in (part.where, getattr(part, "expr", None)) if text}
    return {render(text) for text in texts}
