"""Says a quality report in words: what is wrong first, with rule, sentence, both denominators and the keys."""

from __future__ import annotations

from kpiledger.quality.report import RECONCILIATION, CheckResult, QualityReport
from kpiledger.vocabulary import Outcome

KEYS_SHOWN = 20
_ORDER = (Outcome.FAILED, Outcome.COULD_NOT_RUN, Outcome.WARNED, Outcome.NOTHING_TO_CHECK, Outcome.WAIVED)
_WORDS = {
    Outcome.FAILED: "FAILED",
    Outcome.COULD_NOT_RUN: "COULD NOT RUN",
    Outcome.WARNED: "warning",
    Outcome.NOTHING_TO_CHECK: "nothing to check",
    Outcome.WAIVED: "waived",
    Outcome.PASSED: "passed",
}


def render_quality(report: QualityReport) -> str:
    """The report as text, worst first; what passed is only counted."""
    shown = [result for outcome in _ORDER for result in report.results if result.outcome is outcome]
    blocks = ["\n".join(_told(report, result)) for result in shown]
    return "\n".join([*blocks, _summary(report)]) + "\n"


def _told(report: QualityReport, result: CheckResult) -> list[str]:
    lines = [
        f"{_WORDS[result.outcome]}  {result.source}.{result.table_name}  {result.rule}  {result.says}",
        f"    {result.message}{_denominators(result)}",
    ]
    if result.rule == RECONCILIATION:
        return lines + _differences(report, result)
    keys = report.keys_of(result)
    if keys:
        lines.append(f"    keys: {', '.join(keys[:KEYS_SHOWN])}{_rest(len(keys), 'kpi.fct_registration_issue')}")
    return lines


def _denominators(result: CheckResult) -> str:
    if result.rows_in_table is None or result.rows_tested is None:
        return ""
    return f" (table: {result.rows_in_table:,} rows, tested: {result.rows_tested:,})"


def _differences(report: QualityReport, result: CheckResult) -> list[str]:
    here = (result.source, result.table_name)
    rows = [
        row for row in report.reconciliations
        if (row.source, row.table_name) == here and row.difference_kind is not None
    ]  # fmt: skip
    lines = []
    for kind in sorted({row.difference_kind for row in rows if row.difference_kind}):
        of_kind = [row for row in rows if row.difference_kind is kind]
        told = [
            row.record_key or ""
            if row.measure == "rows"
            else f"{row.record_key} {row.measure}: source {row.source_value}, warehouse {row.warehouse_value}"
            for row in of_kind[:KEYS_SHOWN]
        ]
        apart = ", " if all(row.measure == "rows" for row in of_kind) else "; "
        rest = _rest(len(of_kind), "kpi.fct_reconciliation")
        lines.append(f"    {kind.replace('_', ' ')}: {apart.join(told)}{rest}")
    return lines


def _rest(total: int, table: str) -> str:
    left = total - KEYS_SHOWN
    return f" ... and {left:,} more of {total:,}, all in {table}" if left > 0 else f" ({total:,} in all)"


def _summary(report: QualityReport) -> str:
    counted = [
        f"{sum(result.outcome is outcome for result in report.results)} {_WORDS[outcome].lower()}"
        for outcome in (Outcome.PASSED, *_ORDER)
        if any(result.outcome is outcome for result in report.results)
    ]
    ended = f"{len(report.blocking)} stop publishing" if report.blocking else "nothing stops publishing"
    return f"{len(report.results)} checks: {', '.join(counted) or 'none'}; {ended}"
