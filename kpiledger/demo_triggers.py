"""Which triggers of the demo had fired by a moment of its history? Those of outside figures, once they were noted.

Those of KPIs are left to runs, which have values.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.project import Project
from kpiledger.reviews.firing import firing_now, record_firings
from kpiledger.reviews.watching import outside_series
from kpiledger.specs.trigger import Condition
from kpiledger.triggers.firing import Series


def noted_days(project: Project) -> Iterator[date]:
    """The days on which an outside figure was noted."""
    return (value.noted_on for figure in project.outside.values() for value in figure.values)


def fire_outside(project: Project, ledger: Ledger, moment: datetime, by: str) -> int:
    """Record the triggers that outside figures had fired by a moment; how many. `by` is what stands for the run."""
    entries, today = read_entries(ledger), moment.date()

    def series_of(when: Condition) -> Series:
        return outside_series(project, when.outside, today) if when.outside else {}

    found = firing_now(project, ledger, entries, series_of, today)
    return len(record_firings(ledger, entries, found, (by, today), lambda: moment))
