"""Commands for an auditor: audit, changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

import click
from duckdb import DuckDBPyConnection

from kpiledger.audit.answer import Asked
from kpiledger.audit.asking import WORDS, ask, question_of
from kpiledger.audit.changing import NARROWING
from kpiledger.audit.questions import QUESTIONS
from kpiledger.audit.rendering import csv_parts, list_csv, list_json, render_json, render_list, render_text
from kpiledger.collector import uncollected
from kpiledger.commands.world import World, in_project
from kpiledger.errors import Answered, WrongUse
from kpiledger.leaving import leave_at_once
from kpiledger.ledger_index.lean import without_pandas
from kpiledger.ledger_index.opening import open_index, origin_of_index

FORMS = click.option(
    "--output", type=click.Choice(["text", "json", "csv"]), default="text", help="How to print the answer."
)
ALL_CHANGES = 3  # the question whose answer is the population of changes


def _words(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Options for words of questions, which the command gets by their names with underscores."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        for name in reversed(names):
            function = click.option(f"--{name}", help=WORDS[name])(function)
        return function

    return decorate


@click.command()
@click.argument("number", metavar="[QUESTION]", type=int, required=False)
@click.option("--list", "is_list", is_flag=True, help="Show every question and the words it takes.")
@click.option("--rebuild", "is_anew", is_flag=True, help="Make the index anew from every entry before it is asked.")
@_words(*WORDS)
@FORMS
@in_project
@without_pandas
def audit(world: World, number: int | None, is_list: bool, is_anew: bool, output: str, **words: str | None) -> None:
    """Answer one of an auditor's questions, by its number."""
    if is_list:
        forms = {"text": render_list, "json": list_json, "csv": list_csv}
        click.echo(forms[output](tuple(QUESTIONS)))
    elif number is None:
        raise WrongUse("no question is named", "name its number, as `kpi audit 3`; `kpi audit --list` shows them")
    else:
        _answer(world, number, words, output, is_anew)


@click.command()
@_words(*NARROWING, "sample", "seed")
@FORMS
@in_project
@without_pandas
def changes(world: World, output: str, **words: str | None) -> None:
    """Every change of a target that was recorded between two days: question 3."""
    _answer(world, ALL_CHANGES, words, output)


@uncollected()
def _answer(world: World, number: int, words: Mapping[str, str | None], output: str, is_anew: bool = False) -> None:
    question = question_of(QUESTIONS, number)
    given = {name.replace("_", "-"): value for name, value in words.items() if value is not None}
    settings, ledger = world.settings, world.ledger
    opened: list[DuckDBPyConnection] = []

    @cache
    def index() -> DuckDBPyConnection:
        opened.append(open_index(settings, ledger, is_anew=is_anew))
        return opened[0]

    answer = ask(question, Asked(settings, ledger, index, world.project, given))
    if opened:
        # An answer from an index is as good as the index is: who vouches for it, and since when.
        answer = replace(answer, facts={**answer.facts, "index": origin_of_index(opened[0], settings, ledger)})
    if output == "csv":
        for part in csv_parts(answer):
            click.echo(part)
        # A spreadsheet wants the rows alone; what they are all of still has to be seen.
        for line in (*answer.summary, *answer.notes, *(f"{name}: {value}" for name, value in answer.facts.items())):
            click.echo(line, err=True)
    else:
        click.echo((render_json if output == "json" else render_text)(question, given, answer))
    for connection in opened:
        connection.close()
    raise Answered(0 if answer.holds else 1, leave_at_once)
