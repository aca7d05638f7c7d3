"""Does a target lie within what its KPI ever came near to, once the seasons are taken out?

It is far out where it lies beyond the natural process limits of the KPI as it was, and also beyond them where the
trend of its last two years goes on: a KPI that grew may go on growing, and one that fell may come back.

Only figures know: without a published warehouse that can be read nothing is said. What is held against a target is the
KPI before the target's first day, in periods that had ended. This loads DuckDB: `kpiledger.checking` asks only where
there is something to ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import linear_regression

import duckdb

from kpiledger.errors import BrokenWorld
from kpiledger.finding import Finding
from kpiledger.periods import Reckoning, periods_between
from kpiledger.project import Project
from kpiledger.rules.found import warning
from kpiledger.rules.governance.held import HeldTarget
from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.setting_aside import unless_waived
from kpiledger.rules.governance.within_history import CODE
from kpiledger.statistics import Outside, Seasons, far_outside, seasons_of
from kpiledger.vocabulary import Direction, Grain
from kpiledger.warehouse import open_reader

# How many periods make a year; days and weeks have no seasons of their own here.
_CYCLES = {Grain.MONTH: 12, Grain.QUARTER: 4}
_TREND = 24  # periods that a trend is learned from
_HISTORY = """
    select period_start, arg_max(cast(value as double), version)
    from kpi.fct_kpi_value
    where kpi = ? and slice = ? and member = ? and grain = ? and span = 'period' and is_complete and period_start < ?
    group by period_start
    order by period_start
"""


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure that is promised, its period where it is for one, and how many periods after the first that begins.

    `typical` is the figure without the season of its period.
    """

    promised: Decimal
    period: str | None
    place: int
    typical: float


@dataclass(frozen=True, slots=True)
class _History:
    """What was measured before a target: values without their seasons, one a period from the first, without gaps."""

    first: date
    grain: Grain
    reckoning: Reckoning
    seasons: Seasons
    typical: Sequence[float | None]
    slope: float

    def place(self, day: date) -> int:
        """How many periods after the first one that holds a day begins."""
        return sum(1 for _ in periods_between(self.first, day, self.grain, self.reckoning)) - 1

    def far(self, figure: _Figure, direction: Direction, most: Decimal) -> Outside | None:
        """How far a figure lies from what was measured, as it was or as it would go on, whichever is nearer."""
        flat = far_outside(_exact(figure.typical), self.typical, direction, most)
        level = [None if value is None else value - self.slope * at for at, value in enumerate(self.typical)]
        going_on = far_outside(_exact(figure.typical - self.slope * figure.place), level, direction, most)
        # What is told is how the KPI was; the trend is the benefit of a doubt.
        return replace(flat, sigmas=min(flat.sigmas, going_on.sigmas)) if flat and going_on else None


def history_findings(project: Project, warehouse: Path) -> Iterator[Finding]:
    """A finding for each target that lies far from what its KPI ever came near to."""
    try:
        with open_reader(warehouse) as connection:
            for one in Looking(project).targets:
                found = _found(project, connection, one)
                if found is not None:
                    yield unless_waived(project, one.file.holder, found)
    except (BrokenWorld, duckdb.Error):
        # It was made by another version, or is being made: commands that need it say so.
        return


def _found(project: Project, connection: duckdb.DuckDBPyConnection, one: HeldTarget) -> Finding | None:
    kpi = project.kpis.get(one.target.kpi)
    if kpi is None or one.target.target.has_two_sides:
        return None
    # A month without rows is none, or zero where the KPI says so.
    history = _history(connection, one, project.calendar.reckoning, 0.0 if kpi.missing == "zero" else None)
    if history is None:
        return None
    most = project.organisation.thresholds.most_sigmas_from_history.value
    cases = ((figure, history.far(figure, kpi.direction, most)) for figure in _figures(one, history))
    far = [(figure, outside) for figure, outside in cases if outside]
    return _told(one, *max(far, key=lambda case: case[1].sigmas)) if far else None


def _history(
    connection: duckdb.DuckDBPyConnection, one: HeldTarget, reckoning: Reckoning, empty: float | None
) -> _History | None:
    target, grain = one.target, one.target.target.grain
    words = [target.kpi, target.slice_name, target.member, str(grain), one.told.event.valid_from]
    measured: dict[date, float | None] = dict(connection.execute(_HISTORY, words).fetchall())
    if not measured:
        return None
    periods = periods_between(min(measured), max(measured), grain, reckoning)
    values = [measured.get(period.start, empty) for period in periods]
    seasons = seasons_of(values, _CYCLES.get(grain, 1))
    typical = [None if value is None else seasons.removed(value, at) for at, value in enumerate(values)]
    known = [(at, value) for at, value in enumerate(typical) if value is not None][-_TREND:]
    slope = linear_regression(*zip(*known, strict=True)).slope if len(known) > 1 else 0.0
    return _History(min(measured), grain, reckoning, seasons, typical, slope)


def _figures(one: HeldTarget, history: _History) -> Iterator[_Figure]:
    """The figures of a target; none where they follow from what is measured."""
    form = one.target.target
    if form.by_period is None:
        place = history.place(one.told.event.valid_from)
        yield from (_Figure(figure, None, place, float(figure)) for figure in one.target.figures)
        return
    for name, figure in form.by_period.items():
        place = history.place(name.in_days(history.reckoning).start)
        yield _Figure(figure, str(name), place, history.seasons.removed(float(figure), place))


def _exact(value: float) -> Decimal:
    return Decimal(str(value))


def _told(one: HeldTarget, figure: _Figure, outside: Outside) -> Finding:
    limits = outside.limits
    of = f" for {figure.period}" if figure.period else ""
    season = f", {_rough(figure.typical)} without its season," if figure.period else ""
    message = (
        f"the target {figure.promised:f}{of}{season} is {outside.sigmas:f} standard deviations away from what "
        f"`{one.target.kpi}` was in {limits.count} periods: {_rough(limits.lower)} to {_rough(limits.upper)}"
    )
    hint = "is it a slip of the pen? Else say in the reason what changes; `stretch` is for what would be excellent"
    return warning(CODE, one.file, (*one.path, "target"), message, hint)


def _rough(number: float | Decimal) -> str:
    """A number to four digits, written as people write it: 46060 and not 4.606e+4."""
    return f"{Decimal(f'{number:.3e}').normalize():f}"
