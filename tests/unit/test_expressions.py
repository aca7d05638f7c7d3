"""Expressions in specs: what is accepted is written anew, everything else is refused with a hint."""

from __future__ import annotations

import pytest

from kpiledger.expressions import check_expression, columns_in, render

COLUMNS = {"amount", "cost", "status", "is_open"}

ACCEPTED = {
    "amount": "amount",
    "amount - cost": "amount - cost",
    "amount/cost": "amount / cost",
    "status in ('New', 'open')": "status in ('New', 'open')",
    "status = 'It''s'": "status = 'It''s'",
    "case when amount > 0 then 1 else 0 end": "case when amount > 0 then 1 else 0 end",
    "coalesce(amount, 0) >= 1.50 and not is_open": "coalesce(amount, 0) >= 1.50 and not is_open",
    "amount between 1 and 5": "amount between 1 and 5",
    "status like 'a%'": "status like 'a%'",
    "amount -- a remark": "amount",
}

HOSTILE = [
    "",
    "AMOUNT * 2",  # another case is another name
    "select 1",
    "(select max(amount) from other)",
    "amount in (select 1)",
    "exists (select 1)",
    "1 as a); create table x as (select 1",
    "amount; drop table fct_sale",
    "with t as (delete from x returning *) select 1",
    "amount) from other --",
    "sum(amount)",
    "count(*)",
    "now()",
    "current_date",
    "current_timestamp",
    "today()",
    "random()",
    "uuid()",
    "gen_random_uuid()",
    "nextval('s')",
    "read_csv('/etc/passwd')",
    "read_text('secret')",
    "getenv('HOME')",
    "current_setting('x')",
    "pg_sleep(10)",
    "query('select 1')",
    "amount::integer",
    "cast(amount as varchar)",
    "amount over ()",
    "row_number() over (order by amount)",
    "lag(amount) over (order by cost)",
    "other.amount",
    '"amount"',
    "amount collate nocase",
    "$1",
    "?",
    ":name",
    "@variable",
    "[1, 2]",
    "{'a': 1}",
    "struct_pack(a := 1)",
    "x -> x + 1",
    "list_transform([1], x -> x)",
    "amount = {{ env_var('SECRET') }}",
    "status = '{{ env_var(\"SECRET\") }}'",
    "status = '{% raw %}'",
    "status = '{# x #}'",
    "{{ amount }}",
    "interval '1 day'",
    "date '2015-01-01' + 1",
    "*",
    "amount, cost",
    "amount as other",
    "create macro sum(x) as 1",
    "attach 'x.db'",
    "copy fct_sale to 'x'",
    "pragma version",
    "amount union select 1",
    "unnest([1])",
    "amount limit 1",
    "regexp_matches(status, '.*')",
    "if(",
    "case when",
    "amount +",
    "'unclosed",
    "amount\x00",
    "a" * 2001,
]


@pytest.mark.parametrize(("written", "rendered"), ACCEPTED.items())
def test_an_accepted_expression_is_written_anew(written: str, rendered: str) -> None:
    assert check_expression(written, COLUMNS) == []
    assert render(written) == rendered


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_or_broken_expression_is_refused_with_a_hint(text: str) -> None:
    problems = check_expression(text, COLUMNS)
    assert problems
    assert all(problem.message and problem.hint for problem in problems)


def test_a_misspelt_column_is_answered_with_the_nearest_one() -> None:
    (problem,) = check_expression("amuont > 0", COLUMNS)
    assert (problem.message, problem.hint) == ("the model has no column amuont", "did you mean amount?")


def test_rendering_again_changes_nothing() -> None:
    for written, rendered in ACCEPTED.items():
        assert render(render(written)) == rendered


def test_columns_are_named_once_in_the_order_of_the_text() -> None:
    assert columns_in("cost + amount - cost") == ["cost", "amount"]
