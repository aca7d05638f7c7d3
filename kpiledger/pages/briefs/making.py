"""A brief of any holder and period that a command asks for, from the published warehouse."""

from __future__ import annotations

from pathlib import Path

from kpiledger.errors import WrongUse
from kpiledger.nearest import suggestion
from kpiledger.pages.briefs.periods import newest_periods
from kpiledger.pages.briefs.reading import read_talk
from kpiledger.pages.briefs.view import Brief, brief
from kpiledger.pages.queries import Readings
from kpiledger.pages.reading import read_all
from kpiledger.pages.series import all_series, by_holder
from kpiledger.periods import Period
from kpiledger.project import Project
from kpiledger.vocabulary import Grain

# Shorter ones hold too little to talk about.
_GRAINS = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)


def brief_of(project: Project, warehouse: Path, holder: str, period: Period | None) -> tuple[Brief, Readings]:
    """The brief and what was read for it; without a period, of the newest finished quarter with targets."""
    readings = read_all(warehouse)
    series_of = by_holder(all_series(project, readings))
    if holder not in series_of:
        raise WrongUse(f"no target of `{holder}` is published", suggestion(holder, series_of, "holders with targets"))
    own = series_of[holder]
    newest = newest_periods(own, readings.as_of_on, project.calendar.reckoning)
    if period is None and not newest:
        raise WrongUse(f"no period with a target of `{holder}` has ended", "name a period with --period")
    asked = period or newest[0]
    if asked.grain not in _GRAINS:
        raise WrongUse(f"{asked} is a {asked.grain}", "briefs are of months, quarters and years")
    made = brief(project, readings, read_talk(warehouse), own, holder, asked)
    if not made.targets:
        rows = [row for one in own for row in one.rows if row.target_value is not None]
        days = f"{min(row.period_start for row in rows)} to {max(row.period_end for row in rows)}" if rows else "no day"
        raise WrongUse(f"`{holder}` is held to nothing in {asked}", f"its targets are of {days}")
    return made, readings
