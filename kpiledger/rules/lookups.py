"""Can a table of a source system be seen with its parent, and its values be looked up in other tables?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown_column, unknown_model
from kpiledger.specs.base import Path
from kpiledger.specs.checks import ExistsIn
from kpiledger.specs.expectation import CheckedTable, Expectations, Parent

_Tables = Mapping[str, CheckedTable]


def lookup_rules(project: Project) -> Iterable[Finding]:
    """Findings where an expectations file names other tables than its own."""
    tables = {table.model: table for spec in project.expectations.values() for table in spec.tables}
    for spec in project.expectations.values():
        for index, table in enumerate(spec.tables):
            path = ("tables", index)
            if table.parent:
                yield from _parent(project, spec, (*path, "parent"), table, table.parent, tables)
            for number, rule in enumerate(table.rules):
                if rule.check.exists_in:
                    place = (*path, "rules", number, "check", "exists_in")
                    yield from _listed(project, spec, place, rule.check.exists_in, tables)


def _parent(
    project: Project, spec: Expectations, path: Path, table: CheckedTable, parent: Parent, tables: _Tables
) -> Iterable[Finding]:
    yield from _described(project, spec, (*path, "model"), parent.model, tables)
    above = tables.get(parent.model)
    if above and len(above.key) > 1:
        message = f"the key of {parent.model} is {', '.join(above.key)}, and a row finds its parent by one column"
        yield error("KPI072", spec, (*path, "model"), message, "name a parent whose `key` is one column")
    yield from unknown_column(project, spec, (*path, "link"), parent.link, table.model)
    for index, column in enumerate(parent.columns):
        yield from unknown_column(project, spec, (*path, "columns", index), column, parent.model)
        if column in project.columns.get(table.model, {}):
            message = f"`{column}` is a column of {table.model} itself, and its parent's would stand beside it"
            yield error("KPI045", spec, (*path, "columns", index), message, "delete it here: the row has its own")


def _listed(project: Project, spec: Expectations, path: Path, listed: ExistsIn, tables: _Tables) -> Iterable[Finding]:
    yield from _described(project, spec, (*path, "model"), listed.model, tables)
    yield from unknown_column(project, spec, (*path, "key"), listed.key, listed.model)


def _described(project: Project, spec: Expectations, path: Path, model: str, tables: _Tables) -> Iterable[Finding]:
    """A model is looked up in the table behind it, so its source system must be known."""
    findings = unknown_model(project, spec, path, model)
    yield from findings
    if not findings and model not in tables and "expectations" not in project.unread:
        message = f"no file in expectations/ says which table is behind {model}"
        hint = f"add `- table: <its table>` with `model: {model}` and its `key` to the file of its source system"
        yield error("KPI072", spec, path, message, hint)
