"""Can the claims of spot checks be shown by a sample, and do they speak of columns that an auditor can draw by?"""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown_column, warning
from kpiledger.sampling import LARGE, Claim, sample_size
from kpiledger.specs.base import Path
from kpiledger.specs.expectation import CheckedTable, Expectations
from kpiledger.specs.spot_check import SpotCheck

# A person looks up some tens of rows an hour: beyond this nobody answers every line with care.
MOST_ROWS = 500


def spot_check_rules(project: Project) -> Iterable[Finding]:
    """Findings in the spot checks of expectations files."""
    for expectations in project.expectations.values():
        for index, table in enumerate(expectations.tables):
            if table.spot_check is not None:
                path = ("tables", index, "spot_check")
                yield from _claim(expectations, path, table.spot_check)
                yield from _places(project, expectations, path, table, table.spot_check)


def _claim(spec: Expectations, path: Path, asked: SpotCheck) -> Iterable[Finding]:
    share, confidence = asked.claim.error_share_below, asked.claim.confidence
    if not 0 < share < 1:
        message = f"a sample cannot show that fewer than {share} of all rows are wrong"
        hint = "write a share above 0 and below 1, as 0.05; that no row is wrong only `reconcile` with `rows` shows"
        yield error("KPI185", spec, (*path, "claim", "error_share_below"), message, hint)
    if not 0.5 <= confidence < 1:
        message = f"a sample cannot show anything with the confidence {confidence}"
        hint = "write one from 0.5 and below 1, as 0.95; 1 would be every row, and below 0.5 a coin knows better"
        yield error("KPI185", spec, (*path, "claim", "confidence"), message, hint)
    if 0 < share < 1 and 0.5 <= confidence < 1:
        rows = sample_size(LARGE, Claim(share, confidence), asked.allowed_errors).rows
        if rows > MOST_ROWS:
            message = f"of a large table this asks for {rows:,} rows of each stratum and direction"
            hint = "claim less, allow fewer errors, or let `reconcile` compare all `rows` by machine"
            yield warning("KPI186", spec, (*path, "claim"), message, hint)


def _places(
    project: Project, spec: Expectations, path: Path, table: CheckedTable, asked: SpotCheck
) -> Iterable[Finding]:
    borrowed = frozenset(table.parent.columns if table.parent else ())
    named = [(("strata", index), column) for index, column in enumerate(asked.strata)]
    named += [(("columns", index), column) for index, column in enumerate(asked.columns)]
    for place, column in named:
        if column in borrowed:
            yield _of_parent(spec, (*path, *place), table, column)
        else:
            yield from unknown_column(project, spec, (*path, *place), column, table.model)
    if table.period in borrowed:
        yield _of_parent(spec, path, table, str(table.period))
    looked_at = set(asked.columns or (table.reconcile.rows if table.reconcile else ()))
    if not looked_at - set(table.key):
        message = "this spot check does not say what is to be compared"
        hint = "name `columns`, or the `rows` that the reconciliation compares"
        yield error("KPI188", spec, path, message, hint)


def _of_parent(spec: Expectations, path: Path, table: CheckedTable, column: str) -> Finding:
    message = f"`{column}` is a column of the parent, and rows are drawn from {table.table} by itself"
    hint = f"let the spot check of {table.table} speak of its own columns, or check its parent's rows"
    return error("KPI187", spec, path, message, hint)
