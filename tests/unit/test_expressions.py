"""Expressions in specs: what is accepted is written anew, everything else is refused with a hint."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kpiledger.compiling.dialects import Dialect
from kpiledger.expressions import check_condition, check_expression, columns_in, equalities, ranges, render
from kpiledger.expressions.functions import FUNCTIONS, PARTS_OF_DATES, SPECIAL_FORMS
from tests.unit.expression_examples import ACCEPTED, COLUMNS

REFUSED = [
    "",
    " ",
    "AMOUNT * 2",  # another case is another name
    "amount = quantity = 1",
    "amount < cost < 1",
    "amount -- a remark",
    "amount /* a remark */",
    "1e3",
    "1e999",
    "12abc",
    "1.2.3",
    "5.",
    "0x1F",
    "1_000",
    "9" * 30,
    "0.1234567890123",
    "amount % 2",
    "amount ^ 2",
    "+amount",
    "amount and",
    "amount in ()",
    "amount in 1",
    "status like code",
    "status like 'a\\%'",
    "status ilike 'a'",
    "round(amount, cost)",
    "round(amount, -1)",
    "substring(status, 0, 2)",
    "substring(status, 1)",
    "coalesce(amount)",
    "cast(amount as integer)",
    "cast(amount as varchar)",
    "cast(amount as decimal)",
    "cast(amount as decimal(39, 2))",
    "extract(dow from ordered_on)",
    "extract(epoch from ordered_on)",
    "date '2016-02-30'",
    "date '2016-1-1'",
    "status = 'a\u200bb'",
    "'unclosed",
    "case when",
    "case end",
    "if(",
    "(" * 1000 + "amount" + ")" * 1000,
    "not " * 400 + "is_open",
    "- " * 900 + "amount",
    "amount in (" * 150 + "1" + ")" * 150,
    "amount between " * 100 + "1",
    "case " * 350,
    "cast(" * 300,
    "coalesce(1, " * 150,
    "amount" + " + 1" * 300,
    "a" * 2001,
]

# Text -> the words that say why the kinds in it do not fit.
MISFITS = {
    "amount + status": "`status` is a text, and `+` wants a number",
    "ordered_on - shipped_on": "`ordered_on` is a date, and `-` wants a number",
    "ordered_on + 1": "`ordered_on` is a date, and `+` wants a number",
    "-is_open": "`is_open` is true or false, and `-` wants a number",
    "status = 5": "`status` is a text and `5` is a number; `=` wants both alike",
    "amount = '5'": "`amount` is a number and `'5'` is a text; `=` wants both alike",
    "status > 'a'": "`status` is a text, and `>` wants a number, a date or a timestamp",
    "is_open > false": "`is_open` is true or false, and `>` wants a number, a date or a timestamp",
    "ordered_on > 2016": "`ordered_on` is a date and `2016` is a number; `>` wants both alike",
    "ordered_on > '2016-02-30'": "`ordered_on` is a date, and '2016-02-30' is none",
    "ordered_on = 'yesterday'": "`ordered_on` is a date, and 'yesterday' is none",
    "ordered_on in ('2016-01-01', 3)": "`ordered_on` is a date and `3` is a number; `in` wants both alike",
    "ordered_on = '2016-01-01 10:00:00'": "`ordered_on` is a date, and '2016-01-01 10:00:00' is none",
    "amount between 'a' and 'b'": "`'a'` is a text, and `between` wants a number, a date or a timestamp",
    "amount and is_open": "`amount` is a number, and `and` wants true or false",
    "not status": "`status` is a text, and `not` wants true or false",
    "amount is true": "`amount` is a number, and `is true` wants true or false",
    "amount like 'a%'": "`amount` is a number, and `like` wants a text",
    "lower(amount)": "`amount` is a number, and `lower` wants a text",
    "amount || status": "`amount` is a number, and `||` wants a text",
    "abs(status)": "`status` is a text, and `abs` wants a number",
    "extract(year from status)": "`status` is a text, and `extract` wants a date or a timestamp",
    "cast(status as date)": "`status` is a text, and `cast as date` wants a date or a timestamp",
    "greatest(status, code)": "`status` is a text, and `greatest` wants a number, a date or a timestamp",
    "coalesce(amount, status)": "the values in `coalesce` differ: `amount` is a number and `status` is a text",
    "case when is_open then 1 else 'a' end": "the values of `case` differ: `1` is a number and `'a'` is a text",
    "case when amount then 1 end": "`amount` is a number, and `case` wants true or false",
    "case status when 1 then 2 end": "`status` is a text and `1` is a number; `case` wants both alike",
}


@pytest.mark.parametrize(("written", "rendered"), ACCEPTED.items())
def test_an_accepted_expression_is_written_anew(written: str, rendered: str) -> None:
    assert check_expression(written, COLUMNS) == []
    assert render(written) == rendered


@pytest.mark.parametrize("text", REFUSED)
def test_a_broken_expression_is_refused_with_a_hint(text: str) -> None:
    problems = check_expression(text, COLUMNS)
    assert problems
    assert all(problem.message and problem.hint for problem in problems)


@pytest.mark.parametrize(("text", "message"), MISFITS.items())
def test_values_of_kinds_that_do_not_fit_are_told_apart(text: str, message: str) -> None:
    (problem,) = check_expression(text, COLUMNS)
    assert (problem.message, problem.rule) == (message, "KPI100")
    assert problem.hint


@pytest.mark.parametrize("text", MISFITS)
def test_columns_of_unknown_type_go_with_everything(text: str) -> None:
    names = dict.fromkeys(COLUMNS, "")
    problems = check_expression(text, names)
    assert len(problems) <= 1  # what the text itself shows is still told
    if not any(sign in text for sign in ("'", "1", "5", "false")):
        assert problems == []


@pytest.mark.parametrize("text", ["amount", "status", "ordered_on", "case when is_open then 1 end"])
def test_a_condition_must_be_true_or_false(text: str) -> None:
    (problem,) = check_condition(text, COLUMNS)
    assert problem.rule == "KPI101"
    assert problem.message.endswith("expected true or false")


@pytest.mark.parametrize("text", ["now()", "random()", "current_date", "CURRENT_TIMESTAMP", "amount * uuid()"])
def test_what_changes_from_one_run_to_the_next_is_refused_as_such(text: str) -> None:
    (problem,) = check_expression(text, COLUMNS)
    assert problem.rule == "KPI105"
    assert "another answer" in problem.message


def test_a_column_may_be_named_as_a_function_that_is_not_called() -> None:
    assert check_expression("version + age", {"version", "age"}) == []


def test_a_misspelt_column_is_answered_with_the_nearest_one() -> None:
    (problem,) = check_expression("amuont > 0", COLUMNS)
    assert (problem.message, problem.hint) == ("the model has no column amuont", "did you mean amount?")


def test_a_misspelt_function_is_answered_with_the_nearest_one() -> None:
    (problem,) = check_expression("colaesce(amount, 0)", COLUMNS)
    assert problem.hint == "did you mean coalesce?"


def test_columns_are_named_once_in_the_order_of_the_text() -> None:
    assert columns_in("cost + amount - cost") == ["cost", "amount"]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("status = 'open'", (("status", "'open'"),)),
        ("status = 'It''s' and 5 = quantity", (("status", "'It''s'"), ("quantity", "5"))),
        ("quantity = -5", (("quantity", "-5"),)),
        ("status in ('a') and (is_open and code = 'b')", (("status", "'a'"), ("is_open", "true"), ("code", "'b'"))),
        ("not is_open", (("is_open", "false"),)),
        ("ordered_on = date '2016-01-01'", (("ordered_on", "date '2016-01-01'"),)),
        ("status = 'open' and status = 'new'", None),
        ("status = 'open' or quantity = 1", None),
        ("status = null", None),
        ("status = code", None),
        ("lower(status) = 'open'", None),
        ("status <> 'open'", None),
        ("not (is_open = true)", None),
    ],
)  # fmt: skip
def test_a_conjunction_of_equalities_is_told_as_data(text: str, pairs: tuple[tuple[str, str], ...] | None) -> None:
    assert equalities(text) == pairs


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("amount >= 5", {"amount": ("5", None)}),
        ("5.50 > amount", {"amount": (None, "5.50")}),
        ("-3 <= amount", {"amount": ("-3", None)}),
        ("amount = 5", {"amount": ("5", "5")}),
        ("amount in (7, -2, 3)", {"amount": ("-2", "7")}),
        ("amount between 2 and 4 and cost < 9", {"amount": ("2", "4"), "cost": (None, "9")}),
        ("amount >= 2 and (amount >= 3 and status = 'open') and amount < 8", {"amount": ("3", "8")}),
        ("amount >= 2 or cost < 9", {}),
        ("not (amount >= 2)", {}),
        ("amount not between 2 and 4", {}),
        ("amount <> 2", {}),
        ("amount >= cost", {}),
        ("amount in (1, cost)", {}),
        ("amount + 1 >= 5", {}),
        ("ordered_on >= date '2016-01-01'", {}),
        ("amount is null", {}),
    ],
)  # fmt: skip
def test_the_figures_that_a_column_lies_between_are_told(text: str, bounds: dict[str, tuple[str, str]]) -> None:
    as_text = {
        name: tuple(one if one is None else str(one) for one in (found.low, found.high))
        for name, found in ranges(text).items()
    }
    assert as_text == bounds


def test_a_backslash_is_escaped_where_it_escapes() -> None:
    assert render(r"status = 'a\b''c'", "spark") == r"status = 'a\\b\'c'"
    assert equalities(r"status = 'a\b'", "spark") == (("status", r"'a\\b'"),)


@pytest.mark.parametrize("dialect", Dialect)
def test_every_warehouse_has_a_quotient_of_doubles_that_no_zero_stops(dialect: Dialect) -> None:
    kind = {Dialect.POSTGRES: "double precision"}.get(dialect, "double")
    assert render("amount / cost", dialect) == f"cast(amount as {kind}) / nullif(cost, 0)"


def test_every_example_in_the_docs_is_accepted_and_every_function_has_one() -> None:
    page = (Path(__file__).parents[2] / "docs" / "expressions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| .* \| `(.*)` \|$", page, flags=re.MULTILINE)
    examples = [row.replace("\\|", "|") for row in rows]
    assert len(examples) > 20
    for example in examples:
        assert check_expression(example, COLUMNS) == [], example
    told = " ".join(examples)
    assert [name for name in (*FUNCTIONS, *SPECIAL_FORMS) if not re.search(rf"\b{name}\b", told)] == []
    assert all(f"`{part}`" in page for part in PARTS_OF_DATES)
