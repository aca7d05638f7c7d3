"""The CTEs that find which base events were converted: followed by an event of the same entity soon enough.

Each converted event is credited to the latest base event before it, and a base event is converted or not,
however many events follow it: the share never exceeds one.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.compiling.columns import Column, Converted
from kpiledger.compiling.dialects import Dialect, local_day, plus
from kpiledger.compiling.text import Cte, lines
from kpiledger.expressions import render
from kpiledger.project import Project
from kpiledger.specs.fact import Fact


def conversion_ctes(
    project: Project, base: Fact, columns: Sequence[Column], dialect: Dialect, models: str = "", calendar: str = ""
) -> list[Cte]:
    """For each conversion among the columns of a base fact, the keys of its converted rows.

    The schemas `models` and `calendar` stand before the models where no CTE imports them.
    """
    ctes: list[Cte] = []
    for asked in (column.converted for column in columns if column.converted):
        earlier, later, credited = (f"{asked.name}__{word}" for word in ("base", "events", "credited"))
        ctes += [
            (earlier, _events(project, base, asked.base_time, asked.base_where, asked.entity, dialect, models, "")),
            (
                later,
                _events(
                    project, asked.fact, asked.time, asked.where, asked.entity, dialect, models, f"{calendar}dim_day"
                ),
            ),
            (
                credited,
                _credited(base, asked, earlier, later, dialect),
                f"each event with the base events within {asked.window} before it, the latest first",
            ),
            (
                asked.name,
                f"select distinct\n{lines(base.key)}\nfrom {credited}\nwhere nearness = 1",
                "the base events that an event is credited to",
            ),
        ]
    return ctes


def conversion_join(base: Fact, column: Column) -> str:
    """The join that tells for each row of the base fact whether it was converted."""
    if column.converted is None:
        return ""
    name = column.converted.name
    keys = "\n    and ".join(f"{base.model}.{key} = {name}.{key}" for key in base.key)
    return f"\nleft join {name}\n    on {keys}"


def _events(
    project: Project,
    fact: Fact,
    time: str,
    where: tuple[str, ...],
    entity: str,
    dialect: Dialect,
    models: str,
    until: str,
) -> str:
    """The keys, entity and day of the rows that count; with `until`, a model of days, none after its last one."""
    kind = project.columns.get(fact.model, {}).get(time, "")
    day = local_day(f"{fact.model}.{time}", kind, fact.zone, project.calendar.zone, dialect)
    names = [f"{fact.model}.{name}" for name in dict.fromkeys([*fact.key, entity])]
    known = f"\ninner join {until}\n    on {day} = dim_day.day" if until else ""
    conditions = [render(text, dialect) for text in where]
    chosen = "".join(f"\n    and ({text})" for text in conditions)
    return (
        f"select\n{lines([*names, f'{day} as event_on'])}\nfrom {models}{fact.model}{known}\n"
        f"where {fact.model}.{entity} is not null{chosen}"
    )


def _credited(base: Fact, asked: Converted, earlier: str, later: str, dialect: Dialect) -> str:
    keys = [f"{earlier}.{key}" for key in base.key]
    one_event = ", ".join(f"{later}.{key}" for key in asked.fact.key)
    nearest = ", ".join(f"{name} desc" for name in (f"{earlier}.event_on", *keys))
    nearness = f"row_number() over (partition by {one_event} order by {nearest}) as nearness"
    return (
        f"select\n{lines([*keys, nearness])}\nfrom {later}\ninner join {earlier}\n"
        f"    on {earlier}.{asked.entity} = {later}.{asked.entity}\n"
        f"    and {earlier}.event_on <= {later}.event_on\n"
        f"    and {later}.event_on < {plus(f'{earlier}.event_on', asked.window, dialect)}"
    )
