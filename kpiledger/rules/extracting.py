"""Can what is declared of an extract be taken: its key, its control totals, its high-water mark?"""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown
from kpiledger.specs.base import Path
from kpiledger.specs.expectation import CheckedTable, Expectations
from kpiledger.specs.extracting import Extract

_FIGURES = ("decimal", "integer", "bigint")
_GROWING = (*_FIGURES, "date", "timestamp", "varchar")


def extracting_rules(project: Project) -> Iterable[Finding]:
    """Findings in `extract` and `drop` of expectations files."""
    for spec in project.expectations.values():
        seen: set[str] = set()
        for index, table in enumerate(spec.tables):
            path = ("tables", index)
            if table.extract:
                yield from _extract(spec, path, table, table.extract)
                if table.table in seen:
                    message = f"{spec.source}.{table.table} is extracted twice"
                    hint = "describe it once; two staging models can read one extract"
                    yield error("KPI173", spec, (*path, "table"), message, hint)
                seen.add(table.table)
        yield from _all_dropped(spec)


def _all_dropped(spec: Expectations) -> Iterable[Finding]:
    """A source has one connection, and that is a folder or a database."""
    without = [index for index, table in enumerate(spec.tables) if table.drop is None]
    if spec.drops and without:
        message = (
            f"the table {spec.tables[without[0]].table} has no `drop`, and others of {spec.source} are dropped files"
        )
        hint = "give each table its `drop`, or describe the database in a file of its own"
        yield error("KPI174", spec, ("tables", without[0], "table"), message, hint)


def _extract(spec: Expectations, path: Path, table: CheckedTable, extract: Extract) -> Iterable[Finding]:
    for index, name in enumerate(table.key):
        if name not in extract.columns:
            message = f"the key column `{name}` is not extracted"
            yield error("KPI170", spec, (*path, "key", index), message, f"add {name} to `extract.columns`")
    for index, name in enumerate(extract.control_totals):
        yield from _fits(spec, (*path, "extract", "control_totals", index), name, extract, "KPI171", _FIGURES, "summed")
    mark = extract.high_water_mark
    if mark:
        yield from _fits(spec, (*path, "extract", "high_water_mark"), mark, extract, "KPI172", _GROWING, "put in order")


def _fits(
    spec: Expectations, path: Path, name: str, extract: Extract, code: str, kinds: tuple[str, ...], use: str
) -> Iterable[Finding]:
    """A finding where a column is not extracted, or is of a type that cannot be used so."""
    yield from unknown(code, spec, path, name, extract.columns, "extracted column")
    kind = extract.columns.get(name)
    if kind and not kind.startswith(kinds):
        message = f"`{name}` is extracted as {kind}, which cannot be {use} exactly"
        yield error(code, spec, path, message, f"name a column of type {', '.join(kinds[:-1])} or {kinds[-1]}")
