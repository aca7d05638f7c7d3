"""Do expectations speak of columns that their own tables have, by ids given once?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from kpiledger.finding import Finding
from kpiledger.loading.tree import KEY
from kpiledger.nearest import suggestion
from kpiledger.project import Project
from kpiledger.rules.expressions import refused_condition
from kpiledger.rules.found import error, unknown, unknown_column, unknown_model
from kpiledger.specs.automatic import WAREHOUSE
from kpiledger.specs.base import Path
from kpiledger.specs.checks import Check, RegistrationRule
from kpiledger.specs.expectation import CheckedTable, Expectations

_CHANGES = (
    exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Command, exp.Into, exp.Lock, exp.Copy,
)  # fmt: skip
# A table, and neither a file that DuckDB would read as one nor a function that gives rows.
_RELATION = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def expectation_rules(project: Project) -> Iterable[Finding]:
    """Findings in the expectations files."""
    yield from _ids_once(project)
    for expectations in project.expectations.values():
        if expectations.source == WAREHOUSE:
            message = "a source cannot be called `warehouse`: checks of facts, and their waivers, are of that name"
            yield error("KPI191", expectations, ("source",), message, "call the file and its source otherwise: `dwh`")
        if "organisation" not in project.unread:
            known = {*project.organisation.holders, *project.organisation.departments}
            yield from unknown("KPI023", expectations, ("owner",), expectations.owner, known, "role")
        for index, table in enumerate(expectations.tables):
            path = ("tables", index)
            yield from unknown_model(project, expectations, (*path, "model"), table.model)
            columns = _columns(project, table)
            if columns:
                yield from _own(project, expectations, path, table)
                yield from _places(expectations, path, table, columns)
                yield from _rules(expectations, path, table, columns)


def _ids_once(project: Project) -> Iterable[Finding]:
    first: dict[str, Expectations] = {}
    for expectations in project.expectations.values():
        for index, table in enumerate(expectations.tables):
            for number, rule in enumerate(table.rules):
                if rule.id in first:
                    message = f"the rule id {rule.id} is used in {first[rule.id].path} already"
                    path = ("tables", index, "rules", number, "id")
                    yield error("KPI070", expectations, path, message, "give it an id that was never used")
                first.setdefault(rule.id, expectations)


def _columns(project: Project, table: CheckedTable) -> frozenset[str]:
    """The columns of a table and those it is seen with; empty where its model is not known."""
    own = project.columns.get(table.model, {})
    return frozenset({*own, *(table.parent.columns if table.parent else ())}) if own else frozenset()


def _own(project: Project, spec: Expectations, path: Path, table: CheckedTable) -> Iterable[Finding]:
    """What is read from the table as it is, without its parent."""
    for index, column in enumerate(table.key):
        yield from unknown_column(project, spec, (*path, "key", index), column, table.model)
    if table.freshness:
        place = (*path, "freshness", "column")
        yield from unknown_column(project, spec, place, table.freshness.column, table.model)


def _places(spec: Expectations, path: Path, table: CheckedTable, columns: Collection[str]) -> Iterable[Finding]:
    named: list[tuple[Path, str]] = [((key,), getattr(table, key)) for key in ("period", "team") if getattr(table, key)]
    reconcile = table.reconcile
    if reconcile:
        if reconcile.cut_off:
            named.append((("reconcile", "cut_off"), reconcile.cut_off))
        by = enumerate(reconcile.totals.by)
        named += [(("reconcile", "totals", "by", index), name) for index, name in by if name != "month"]
        named += [(("reconcile", "totals", "sum", name, KEY), name) for name in reconcile.totals.sum]
        named += [(("reconcile", "rows", name, KEY), name) for name in reconcile.rows]
        if "month" in reconcile.totals.by and table.period is None:
            message = "totals are compared by month, and the table names no `period`"
            hint = "add `period:` with the column that says which month a row belongs to"
            yield error("KPI013", spec, (*path, "reconcile", "totals", "by"), message, hint)
    for place, column in named:
        yield from _unknown_in(spec, (*path, *place), column, columns, table.model)


def _rules(spec: Expectations, path: Path, table: CheckedTable, columns: Collection[str]) -> Iterable[Finding]:
    for index, rule in enumerate(table.rules):
        place = (*path, "rules", index)
        yield from refused_condition(spec, (*place, "where"), rule.where, columns)
        place = (*place, "check", rule.check.kind)
        yield from _compared(spec, place, table, rule)
        for inner, column in _checked_columns(rule.check):
            yield from _unknown_in(spec, (*place, *inner), column, columns, table.model)
        if rule.check.no_rows and (problem := _not_one_select(rule.check.no_rows.sql)):
            yield error("KPI071", spec, (*place, "sql"), problem, "write one select that gives the keys of wrong rows")


def _compared(spec: Expectations, path: Path, table: CheckedTable, rule: RegistrationRule) -> Iterable[Finding]:
    """The rule whose failing share is compared must be one that tests each row of the same table."""
    asked = rule.check.same_across
    if asked is None:
        return
    known = [one.id for one in table.rules if one.check.same_across is None]
    if asked.share_failing not in known:
        message = f"{table.table} has no rule {asked.share_failing} that tests row by row"
        hint = suggestion(asked.share_failing, known, f"rules of {table.table}") if known else "write that rule first"
        yield error("KPI178", spec, (*path, "share_failing"), message, hint)


def _checked_columns(check: Check) -> Iterator[tuple[Path, str]]:
    for index, column in enumerate(check.filled_in or check.unique or ()):
        yield (index,), column
    for kind in (check.one_of, check.exists_in, check.between, check.matches):
        if kind is not None:
            yield ("column",), kind.column
    if check.same_across:
        yield ("group",), check.same_across.group
    if check.registered_within:
        yield ("from",), check.registered_within.start
        yield ("to",), check.registered_within.to


def _unknown_in(spec: Expectations, path: Path, column: str, columns: Collection[str], model: str) -> list[Finding]:
    if column in columns:
        return []
    message = f"the model {model} has no column `{column}`"
    return [error("KPI026", spec, path, message, suggestion(column, columns, f"columns of {model}"))]


def _not_one_select(sql: str) -> str | None:
    try:
        trees = [tree for tree in sqlglot.parse(sql, read="duckdb") if tree is not None]
    except (SqlglotError, RecursionError):
        return "this cannot be read as SQL"
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        return "this is not one select"
    if trees[0].find(*_CHANGES):
        return "this changes what it reads"
    for table in trees[0].find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or not _RELATION.match(table.name):
            return f"this reads `{table.sql(dialect='duckdb')}`, which is no table"
    unknown = trees[0].find(exp.Anonymous)
    return f"this calls `{unknown.name}`, which may do more than read" if unknown else None
