"""Is each member that an agreement names one that the published warehouse knows, or a slip of the pen?

Only data know the members: without a published warehouse that can be read nothing is said. A member may also be new,
so it is a warning. This loads DuckDB: `kpiledger.checking` asks only where there is something to ask.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import duckdb

from kpiledger.errors import BrokenWorld
from kpiledger.finding import Finding
from kpiledger.nearest import listed, nearest
from kpiledger.project import Project
from kpiledger.rules.found import warning
from kpiledger.rules.timelines import told_events
from kpiledger.warehouse import open_reader

_CODE = "KPI166"
_MEMBERS = """
    select slice, list(distinct member) from kpi.fct_kpi_value
    where slice in (select unnest(?::varchar[])) group by slice
"""


def member_findings(project: Project, warehouse: Path) -> Iterator[Finding]:
    """A finding for each target of a member that its slice does not have in any KPI."""
    asked = {target.slice_name for told in told_events(project) for target in told.event.targets if target.slice}
    known = _published(warehouse, asked)
    for told in told_events(project):
        for index, target in enumerate(told.event.targets):
            members = known.get(target.slice_name, ())
            if target.slice and members and target.member not in members:
                message = f"no figure of {target.slice_name} `{target.member}` is published"
                path = told.path("targets", index, "slice", target.slice_name)
                yield warning(_CODE, told.file, path, message, _hint(target.slice_name, target.member, members))


def _hint(name: str, member: str, members: Collection[str]) -> str:
    spelt = {one.casefold(): one for one in members}
    near = nearest(member.casefold(), spelt)
    said = f"did you mean `{spelt[near]}`?" if near else f"the members of {name} are {listed(members)};"
    return f"{said} a member that is new has no figure before the next run"


def _published(warehouse: Path, slices: Collection[str]) -> dict[str, Collection[str]]:
    """The members of each slice in the published warehouse; none where it cannot be read."""
    try:
        with open_reader(warehouse) as connection:
            return dict(connection.execute(_MEMBERS, [sorted(slices)]).fetchall())
    except (BrokenWorld, duckdb.Error):
        # It was made by another version, or is being made: commands that need it say so.
        return {}
