"""The command trace: from a number on a scorecard back to the rows of the source systems."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache

import click
from duckdb import DuckDBPyConnection

from kpiledger.audit.answer import Asked
from kpiledger.audit.asking import WORDS
from kpiledger.audit.numbers import entries_behind, number_asked
from kpiledger.audit.questions import q15_versions_of_a_number
from kpiledger.audit.words import number_of
from kpiledger.commands.auditing import FORMS
from kpiledger.commands.world import World, in_project
from kpiledger.ledger.canonical import decimal_text
from kpiledger.ledger_index.lean import without_pandas
from kpiledger.ledger_index.opening import open_index
from kpiledger.tracing.lines import Line
from kpiledger.tracing.telling import Trace, csv_of, json_of, text_of
from kpiledger.tracing.trace import WHOLE, contributions_of, row_lines, traced

_ROWS = 10


@click.command()
@click.argument("kpi")
@click.option("--period", required=True, help=WORDS["period"])
@click.option("--slice", "cut", help=WORDS["slice"])
@click.option("--member", help=WORDS["member"])
@click.option("--span", help=WORDS["span"])
@click.option("--rows", help=f"{WORDS['rows']} Without it {_ROWS}, and all with --output csv.")
@FORMS
@in_project
@without_pandas
def trace(
    world: World,
    kpi: str,
    period: str,
    cut: str | None,
    member: str | None,
    span: str | None,
    rows: str | None,
    output: str,
) -> None:
    """From a number to its definition, agreement, run, extracts, checks, and the rows of the sources behind it.

    Exits with 1 where a table that the rows are read from is not as it was published.
    """
    given = {"kpi": kpi, "period": period, "slice": cut, "member": member, "span": span, "rows": rows}
    words = {name: value for name, value in given.items() if value is not None}

    @cache
    def index() -> DuckDBPyConnection:
        return open_index(world.settings, world.ledger)

    asked = Asked(world.settings, world.ledger, index, cache(world.project), words)
    every = "all" if output == "csv" else str(_ROWS)
    limit = None if words.get("rows", every) == "all" else number_of(words, "rows", _ROWS)
    found = _traced(asked, limit)
    click.echo({"text": text_of, "json": json_of, "csv": csv_of}[output](found))
    for line in found.broken:
        click.echo(f"kpi: {line.name}: {line.said}", err=True)  # a spreadsheet has the rows alone
    sys.exit(1 if found.broken else 0)


def _traced(asked: Asked, limit: int | None) -> Trace:
    number, entries = number_asked(asked), entries_behind(asked)
    with traced(asked.settings, asked.project(), asked.ledger, entries, number) as world:
        contributed = contributions_of(world, limit)
        parts = [line for part in WHOLE for line in part(world)]
        lines = [*_values(asked), *parts, *row_lines(world, contributed)]
        return Trace(number, world.value, tuple(lines), tuple(contributed))


def _values(asked: Asked) -> Iterator[Line]:
    """The number each time that it was fixed; that is what question 15 answers."""
    for figure, value, version, recorded_at, seq, note in q15_versions_of_a_number.answer(asked).rows:
        by = f"version {version}, " if version else ""
        entry = f", entry {seq}" if seq else ""
        on = f", {str(recorded_at)[:10]}" if recorded_at else ""
        yield Line("value", str(figure), f"{by}{note}{entry}{on}", None if value is None else decimal_text(value))  # type: ignore[arg-type]
