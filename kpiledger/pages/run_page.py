"""The page of a run: what it was and what it published, what it was made from, what was checked, and who has to act."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from kpiledger.pages.checks import CheckLine, SourceChecks, source_checks
from kpiledger.pages.dates import day_text, moment_text
from kpiledger.pages.formatting import Number, count_of
from kpiledger.pages.issues import Todo, todos
from kpiledger.pages.known_runs import KnownRuns
from kpiledger.pages.outcomes import counted, outcomes_of
from kpiledger.pages.provenance import person_text
from kpiledger.pages.quality_queries import ExtractRow, QualityReadings, SpotCheckRow
from kpiledger.pages.reconciled import grouped
from kpiledger.project import Project
from kpiledger.sampling import Claim
from kpiledger.spot_checks.standing import Outcome as SpotCheckOutcome
from kpiledger.spot_checks.standing import PartStanding
from kpiledger.spot_checks.words import verdict_text
from kpiledger.vocabulary import Outcome

# Everything stays in the tables; a page shows as many lines of each list as keep it below `LARGEST`.
MOST_LINES = (40, 20, 10, 5, 2, 1)
LARGEST = 60 * 1024
_HASH_SHOWN = 12
_DIRECTIONS = {
    "warehouse_to_source": "Is what we report true?",
    "source_to_warehouse": "Is nothing left out?",
}


@dataclass(frozen=True, slots=True)
class ExtractLine:
    """One extract that the run was made from."""

    place: str
    taken: str
    rows: Number
    period: str
    totals: tuple[tuple[str, str], ...]
    sha256: str
    accepted: str


@dataclass(frozen=True, slots=True)
class SpotCheckLine:
    """One part of a spot check, with what it says of all rows."""

    name: str
    place: str
    question: str
    outcome: str
    verdict: str
    judged: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """The page of a run; `is_stopped` where the checks kept it from publishing."""

    run_id: str
    is_stopped: bool
    checked: str
    as_of: str
    outcomes: tuple[tuple[str, Outcome, int], ...]
    stopping: tuple[CheckLine, ...]
    extracts: tuple[ExtractLine, ...]
    sources: tuple[SourceChecks, ...]
    spot_checks: tuple[SpotCheckLine, ...]
    todos: tuple[Todo, ...]
    known: KnownRuns
    most: int

    @property
    def said(self) -> str:
        """What became of the run, in a sentence."""
        if not self.is_stopped:
            told = f", although {_checks(self.stopping)} it: an override is recorded" if self.stopping else ""
            return f"Published: the numbers and pages that readers see are of this run{told}."
        still = f"Readers still see {self.known.readers_see}" if self.known.readers_see else "Readers see nothing yet"
        return (
            f"Published nothing: {_checks(self.stopping) + ' it' if self.stopping else 'no KPI has a value'}. {still}."
        )


def run_page(
    project: Project,
    readings: QualityReadings,
    run_id: str,
    known: KnownRuns,
    is_stopped: bool = False,
    most: int = MOST_LINES[0],
) -> RunPage:
    """The view of a run's checks, with so many lines of each list."""
    sources = source_checks(project, readings, most)
    return RunPage(
        run_id=run_id[:8],
        is_stopped=is_stopped,
        checked=moment_text(readings.checked_at) if readings.checked_at else "",
        as_of=day_text(readings.as_of_on) if readings.as_of_on else "",
        outcomes=outcomes_of([Outcome(row.outcome) for row in readings.checks]),
        stopping=tuple(line for source in sources for line in source.stopping),
        extracts=tuple(_extract(row) for row in readings.extracts),
        sources=sources,
        spot_checks=tuple(_spot_check(project, row) for row in readings.spot_checks),
        todos=todos(project, readings),
        known=known,
        most=most,
    )


def _checks(lines: Sequence[CheckLine]) -> str:
    return count_of(len(lines), "check stops", "checks stop")


def _extract(row: ExtractRow) -> ExtractLine:
    ends = [end[:10] for end in (row.period_from, row.period_to) if end]
    return ExtractLine(
        place=f"{row.source}.{row.table_name}",
        taken=moment_text(row.taken_at),
        rows=counted(row.row_count),
        period=" to ".join(ends),
        totals=tuple((name, grouped(value)) for name, value in json.loads(row.control_totals).items()),
        sha256=row.sha256[:_HASH_SHOWN],
        accepted=row.accepted or "",
    )


def _spot_check(project: Project, row: SpotCheckRow) -> SpotCheckLine:
    part = "" if row.stratum == "all" else f" ({row.stratum})"
    by = person_text(project, row.judged_by) if row.judged_by else ""
    on = day_text(row.judged_at.date()) if row.judged_at else ""
    return SpotCheckLine(
        name=row.spot_check,
        place=f"{row.source}.{row.table_name}{part}",
        question=_DIRECTIONS[row.direction],
        outcome=row.outcome,
        verdict=verdict_text(_standing(row), Claim(row.error_share_below, row.confidence)),
        judged=f"{(row.method or '').replace('_', ' ')}, {by}, {on}" if on else "",
    )


def _standing(row: SpotCheckRow) -> PartStanding:
    return PartStanding(
        {}, row.direction, row.population, row.sample_size, row.allowed_errors, row.errors_found,
        SpotCheckOutcome(row.outcome), row.upper_bound_rows,
    )  # fmt: skip
