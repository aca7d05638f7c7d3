"""Thousands of mutated expressions: each is refused, or means in every dialect what its author wrote."""

from __future__ import annotations

from contextlib import closing
from random import Random

import duckdb
import pytest
import sqlglot
from intended_trees import intended, shape
from mutating import mutated_expression
from sql_bounds import expression_problem

from kpiledger.expressions import canonical, check_expression, equalities, render
from tests.postgres import needs_postgres, postgres_server
from tests.unit.expression_examples import ACCEPTED, COLUMNS, answers, comparable, lay_rows

EXPRESSIONS = 15_000


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_a_mutated_expression_is_refused_or_means_what_it_says(dialect: str) -> None:
    random = Random(f"expressions in {dialect}")  # the three see texts of their own
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
        assert shape(sqlglot.parse_one(rendered, read=dialect)) == intended(text), (text, rendered)
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
        rows: list[tuple[object, ...]] = connection.execute(answers(sql)).fetchall()
        return rows
    except (duckdb.OutOfRangeException, duckdb.ConversionException):
        return None
