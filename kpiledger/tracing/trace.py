"""What is a number made of, from its definition down to the rows of the source systems, and who answers for it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from kpiledger.ledger.entry import Entry
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import resolving
from kpiledger.project import Project
from kpiledger.settings import Settings
from kpiledger.tracing.checked import check_lines, override_lines, reconciliation_lines, spot_check_lines
from kpiledger.tracing.contributing import Contribution, contributions
from kpiledger.tracing.keys import tables_with
from kpiledger.tracing.lines import Line, Traced, counted
from kpiledger.tracing.made import extract_lines, lineage, manual_lines, recipe_of, run_lines
from kpiledger.tracing.marts import mart_lines
from kpiledger.tracing.number import Number, closed_figures, official_figure, published_figure
from kpiledger.tracing.promised import agreement_lines, definition_lines
from kpiledger.warehouse import open_current

Part = Callable[[Traced], Iterator[Line]]
# What question 13 asks for; a trace begins with what was promised.
MADE_OF: tuple[Part, ...] = (
    run_lines, extract_lines, manual_lines, mart_lines, check_lines, override_lines, reconciliation_lines,
    spot_check_lines,
)  # fmt: skip
WHOLE: tuple[Part, ...] = (definition_lines, agreement_lines, *MADE_OF)


@contextmanager
def traced(
    settings: Settings, project: Project, ledger: Ledger, entries: Sequence[Entry], number: Number
) -> Iterator[Traced]:
    """The published number, ready to be asked about."""
    fixed = published_figure(settings, entries, number)
    with open_current(settings.warehouse) as warehouse:
        official, closes = official_figure(warehouse, number), list(closed_figures(settings, entries, number))
        yield Traced(
            settings, project, warehouse, entries, number, fixed, official, closes, resolving(ledger)
        )  # fmt: skip


def contributions_of(asked: Traced, limit: int | None) -> list[Contribution]:
    """The rows behind the number; none where the files do not have the version that made it any more."""
    kpi = asked.project.kpis[asked.number.kpi]
    version = next((one for one in kpi.versions if one.version == asked.fixed.version), None)
    return list(contributions(asked.project, asked.warehouse, asked.number, version, limit)) if version else []


def row_lines(asked: Traced, found: Sequence[Contribution]) -> Iterator[Line]:
    """For each measure how many rows count, and where their keys stand in the sources; then the rows named."""
    recipe, named = recipe_of(asked), list[Line]()
    for one in found:
        tables = lineage(recipe, one.model)
        held = tables_with(asked.project, asked.fixed, tables, one)
        days = f"{one.first_day} to {one.last_day}" if one.first_day else f"as they stood on {one.last_day}"
        where = f", where {one.where}" if one.where else ""
        of = f", made of {', '.join(tables)}" if tables else ""
        said = f"{counted(one.row_count, 'row')} of {one.fact}, {days}{where}{of}"
        yield Line("measure", one.measure, said, one.total)
        for row in one.rows:
            key = ", ".join(f"{name} {value}" for name, value in zip(one.key, row.key, strict=True))
            origins = [f"{name} {_written(places, row.key)}" for name, places in held.items()]
            told = f"{row.on}; {'; '.join(origins) or 'derived'}"
            named.append(Line("row", f"{one.measure}: {key}", told, row.amount))
    yield from named


def _written(places: Mapping[str, int], key: Sequence[str | None]) -> str:
    return ", ".join(f"{column}={key[place]}" for column, place in places.items())
