"""When is a KPI of a cadence due? A pure function from the cadences in the specs to cron schedules.

Every job of a cadence runs the whole graph. dbt nodes grow with facts and not with KPIs, so a run of only
the monthly KPIs would build the same models; what differs is when somebody must have the numbers.
"""

from collections.abc import Iterable

from kpiledger.project import Project
from kpiledger.vocabulary import Grain

# Six in the morning, by the calendar's zone, of the first day after the period: the night's extracts are in.
# Sunday is 0 in cron; weeks start on Monday and years in January, as calendar.yml must say.
_CRON = {
    Grain.DAY: "0 6 * * *",
    Grain.WEEK: "0 6 * * 1",
    Grain.MONTH: "0 6 1 * *",
    Grain.QUARTER: "0 6 1 1,4,7,10 *",
    Grain.YEAR: "0 6 1 1 *",
}


def crons(cadences: Iterable[Grain]) -> dict[Grain, str]:
    """The cron string of each cadence that occurs, from the shortest to the longest."""
    found = set(cadences)
    return {grain: cron for grain, cron in _CRON.items() if grain in found}


def cadences_of(project: Project) -> dict[Grain, tuple[str, ...]]:
    """The KPIs of each cadence that occurs, by name."""
    found: dict[Grain, tuple[str, ...]] = {}
    for grain in _CRON:
        names = tuple(sorted(name for name, kpi in project.kpis.items() if kpi.cadence is grain))
        if names:
            found[grain] = names
    return found
