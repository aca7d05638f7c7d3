"""The answer about a target with the figures that follow from data: those of then, and those of today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from duckdb import DuckDBPyConnection

from kpiledger.ledger.canonical import decimal_text
from kpiledger.ledger.store import Ledger
from kpiledger.reports.measured import Measured, measured_of, measured_targets
from kpiledger.reports.measured_then import measured_then
from kpiledger.reports.target import TargetAnswer
from kpiledger.settings import Settings


def with_figures(answer: TargetAnswer, settings: Settings, ledger: Ledger, index: DuckDBPyConnection) -> TargetAnswer:
    """Both figures and their difference; what was known then has no figure where nothing recorded it."""
    today = measured_targets(settings.warehouse, answer.kpi, answer.period)
    if answer.known_at is None:
        return replace(answer, measured=today)
    then = measured_then(settings, ledger, index, answer.kpi, answer.period, answer.known_at, answer.known)
    differences = (*answer.differences, *_moved(answer, then, today))
    return replace(answer, measured=today, measured_then=then, differences=differences)


def _moved(answer: TargetAnswer, then: Sequence[Measured], today: Sequence[Measured]) -> Iterator[str]:
    """Targets that data moved, whether or not what was agreed is still the same."""
    after = {(item.agreement, item.slice, item.member): measured_of(today, item) for item in answer.today}
    for item in answer.known:
        old, new = measured_of(then, item), after.get((item.agreement, item.slice, item.member))
        if old is not None and new is not None and old.value != new.value:
            name = f"{item.agreement} ({item.slice} {item.member})" if item.slice != "all" else item.agreement
            yield f"{name}: by data {decimal_text(old.value)} -> {decimal_text(new.value)}"
