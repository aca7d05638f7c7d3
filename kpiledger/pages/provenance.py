"""What every page says of itself: as of which day, built when, by which run, from which commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kpiledger.pages.dates import day_text, moment_text
from kpiledger.pages.queries import Readings
from kpiledger.project import Project


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the numbers of a page come from, already written."""

    as_of: str
    built_at: str
    run_id: str
    commit: str | None


def provenance(project: Project, readings: Readings, built_at: datetime, run_id: str, commit: str | None) -> Provenance:
    """The as-of day is the one that the warehouse was built with, else the calendar's, else the last finished."""
    finished = [row.period_end for row in readings.scorecard if row.is_complete]
    day: date | None = readings.as_of_on or project.calendar.as_of or max(finished, default=None)
    return Provenance(
        as_of="no finished period yet" if day is None else day_text(day),
        built_at=moment_text(built_at),
        run_id=run_id[:8],
        commit=commit[:7] if commit else None,
    )


def person_text(project: Project, who: str) -> str:
    """A role or unit by its label; anyone else by the stable id, as people have no names here."""
    organisation = project.organisation
    known = organisation.roles.get(who) or organisation.units.get(who)
    return in_language(project, known.label) if known else who


def in_language(project: Project, label: Mapping[str, str]) -> str:
    """A label in the language of the project, else in English, else the first one given."""
    return label.get(project.calendar.language) or label.get("en") or next(iter(label.values()))
