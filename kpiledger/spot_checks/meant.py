"""Which spot check is meant: the newest of a table and period, or the one whose sheet was handed in?"""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.errors import WrongUse
from kpiledger.spot_checks.standing import SpotCheckStanding


def newest_of(checks: Iterable[SpotCheckStanding], table: str, period: str | None) -> SpotCheckStanding:
    """The newest one that was drawn for `source.table` and a period; WrongUse where there is none."""
    found = [one for one in checks if (one.table_name, one.content["period"]) == (table, period) and one.draw]
    if not found:
        message = f"no spot check of {table} was drawn for {period or 'all rows'}"
        raise WrongUse(message, "draw it: `kpi spot-check draw`")
    return found[-1]


def of_sheet(checks: Iterable[SpotCheckStanding], text: str) -> SpotCheckStanding:
    """The one whose sheet a text is: its name stands in every line."""
    drawn = [one for one in checks if one.draw is not None]
    lines = text.splitlines()
    for one in drawn:
        if len(lines) > 1 and lines[1].strip('"').startswith((f"{one.name},", f"{one.name};", f'{one.name}"')):
            return one
    names = ", ".join(one.name for one in drawn) or "none"
    raise WrongUse("the file is no sheet of a spot check that was drawn", f"drawn were: {names}")
