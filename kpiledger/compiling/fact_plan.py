"""All that is asked of one fact: its columns in groups, for which periods, cut by which dimensions, by which days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from kpiledger.compiling.columns import Column, Group, Route, coined, groups_of, in_route
from kpiledger.compiling.dialects import Dialect, local_day
from kpiledger.compiling.plan import Leaf, Need, Value, leaves_by_fact, need_of, slices_of
from kpiledger.project import Project
from kpiledger.specs.fact import Fact
from kpiledger.vocabulary import Grain

_OF_MONTHS = frozenset({Grain.MONTH, Grain.QUARTER, Grain.YEAR})


@dataclass(frozen=True, eq=False)
class FactPlan:
    """What the KPIs of a project ask of a fact, in a dialect."""

    project: Project
    fact: Fact
    used: tuple[tuple[Value, Leaf], ...]
    dialect: Dialect

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Every column asked for, each once, by route and then by name."""
        return tuple(column for route in Route for column in self.of_route(route))

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups that its columns are computed in."""
        return groups_of(column for _, column in self._leaf_columns)

    @cached_property
    def slices(self) -> tuple[str, ...]:
        """The dimensions it is cut by."""
        return slices_of(value for value, _ in self.used)

    @cached_property
    def need(self) -> Need:
        """The periods and stretches of days that any of its columns is needed for."""
        return need_of(self.used)

    @cached_property
    def by_day(self) -> bool:
        """Whether its rows must be kept apart by day; else months, cut where a comparison is, are enough."""
        need = need_of((value, leaf) for value, leaf in self.used if leaf.column.group.route is not Route.LATEST)
        lengths = [stretch.rolling for stretch in need.stretches if stretch.rolling]
        return (
            not set(need.grains) <= _OF_MONTHS
            or any(length.days for length in lengths)
            or any(stretch.earlier.days or stretch.to_date is Grain.WEEK for stretch in need.stretches)
        )

    @property
    def tile(self) -> str:
        """The column of `dim_day` that says which rows are put together before anything else."""
        return "day" if self.by_day else "month_tile"

    @property
    def _leaf_columns(self) -> Iterable[tuple[Value, Column]]:
        return ((value, leaf.column) for value, leaf in self.used)

    def of_route(self, route: Route) -> tuple[Column, ...]:
        """The columns of a route, in order of their names."""
        return in_route((column for _, column in self._leaf_columns), route)

    def of_group(self, group: Group) -> tuple[Column, ...]:
        """The columns of a group, in order of their names."""
        return tuple(column for column in self.of_route(group.route) if column.group == group)

    def need_of(self, groups: Sequence[Group]) -> Need:
        """The periods and stretches of days that columns of some groups are needed for."""
        found = tuple(dict.fromkeys(groups))
        if found not in self._needs:
            self._needs[found] = need_of((value, leaf) for value, leaf in self.used if leaf.column.group in found)
        return self._needs[found]

    @cached_property
    def _needs(self) -> dict[tuple[Group, ...], Need]:
        """What was found out about groups: every model of the fact asks again."""
        return {}

    @cached_property
    def _cuts(self) -> dict[tuple[Group, ...], tuple[str, ...]]:
        return {}

    def slices_of(self, groups: Sequence[Group]) -> tuple[str, ...]:
        """The dimensions that columns of some groups are cut by."""
        found = tuple(dict.fromkeys(groups))
        if found not in self._cuts:
            self._cuts[found] = slices_of(value for value, leaf in self.used if leaf.column.group in found)
        return self._cuts[found]

    def row_count(self, group: Group) -> str:
        """The column that counts the rows of a group's date in an interval and member."""
        return self._row_counts[group]

    @property
    def has_several_counts(self) -> bool:
        """Whether its groups count different rows, so that a row of measures may be one of some groups only."""
        return len(set(self._row_counts.values())) > 1

    @cached_property
    def _row_counts(self) -> dict[Group, str]:
        counted = {group: _counted(group) for group in self.groups}
        if len(set(counted.values())) == 1:
            return dict.fromkeys(counted, "row_count")
        return {group: coined("row_count", *names) for group, names in counted.items()}

    def day(self, time: str) -> str:
        """The column of the described rows with the day of a date or timestamp of the fact."""
        return coined(time, "day") if self._moment(time) != f"{self.fact.model}.{time}" else time

    def day_sql(self, time: str) -> str:
        """How that day is read from the fact."""
        return self._moment(time)

    def _moment(self, time: str) -> str:
        kind = self.project.columns.get(self.fact.model, {}).get(time, "")
        column = f"{self.fact.model}.{time}"
        return local_day(column, kind, self.fact.zone, self.project.calendar.zone, self.dialect)


def fact_plans(project: Project, values: Iterable[Value], dialect: Dialect) -> dict[str, FactPlan]:
    """What some values ask of each fact they need, by fact."""
    return {
        fact: FactPlan(project, project.facts[fact], used, dialect) for fact, used in leaves_by_fact(values).items()
    }


def _counted(group: Group) -> tuple[str, ...]:
    """Rows that count for sums and for distinct counts are the same; those that stand are others."""
    return (group.time, "last", *group.over) if group.route is Route.LATEST else (group.time,)
