"""What do the rules look at: the KPIs that count, and what each holder is held to, now and from each later day?

Looked at is the day that the project is as of, and each later day on which an agreement begins or changes: what was
agreed in years that are over is as it was. Without such a day only the latest state of each holder is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from kpiledger.project import Project
from kpiledger.rules.governance.held import Held, HeldTarget, held_on
from kpiledger.rules.governance.holders import HolderKind, department_of, kind_of_holder
from kpiledger.rules.timelines import Told, timelines
from kpiledger.specs.governance import Thresholds
from kpiledger.specs.kpi import Kpi


@dataclass(frozen=True)
class Looking:
    """A project as the rules of good KPI work look at it."""

    project: Project

    @property
    def day(self) -> date | None:
        """The day that what is due is looked at."""
        return self.project.day

    @property
    def is_early(self) -> bool:
        """Whether the rules do not hold yet on the day that is looked at."""
        return self.day is not None and self.day < self.start

    @property
    def limits(self) -> Thresholds:
        """Where the limits of the rules lie."""
        return self.project.organisation.thresholds

    @property
    def start(self) -> date:
        """The day from which what is written is judged."""
        governance = self.project.organisation.governance
        return governance.start if governance else date.min

    @cached_property
    def in_use(self) -> tuple[Kpi, ...]:
        """The KPIs that are not deprecated."""
        return tuple(kpi for kpi in self.project.kpis.values() if kpi.deprecated is None)

    @cached_property
    def kpis(self) -> tuple[Kpi, ...]:
        """The KPIs that are judged: in use, and with a version from the day on which the rules begin."""
        return tuple(kpi for kpi in self.in_use if any(version.valid_from >= self.start for version in kpi.versions))

    @cached_property
    def held(self) -> tuple[Held, ...]:
        """What each holder is held to on each day that is looked at, where anything of it is judged."""
        return tuple(found for found in self._all_held if any(one.is_judged(self.start) for one in found.targets))

    @cached_property
    def targets(self) -> tuple[HeldTarget, ...]:
        """The targets that are judged, each once."""
        found = (one for held in self.held for one in held.targets if one.is_judged(self.start))
        return tuple({(one.file.path, one.path): one for one in found}.values())

    @cached_property
    def holders_of(self) -> dict[str, frozenset[str]]:
        """Who is held to each KPI on any of the days, whether judged or not."""
        found: dict[str, set[str]] = {}
        for held in self._all_held:
            for one in held.targets:
                found.setdefault(one.target.kpi, set()).add(held.holder)
        return {kpi: frozenset(holders) for kpi, holders in found.items()}

    @cached_property
    def kinds(self) -> dict[str, HolderKind]:
        """What kind each holder is."""
        return {file.holder: kind_of_holder(self.project, file.holder) for file in self.project.agreements}

    @cached_property
    def departments(self) -> dict[str, str | None]:
        """The department of each holder; None for the company."""
        return {file.holder: department_of(self.project, file.holder) for file in self.project.agreements}

    @cached_property
    def targets_of(self) -> dict[str, list[HeldTarget]]:
        """The targets that are judged, by holder."""
        found: dict[str, list[HeldTarget]] = {}
        for one in self.targets:
            found.setdefault(one.file.holder, []).append(one)
        return found

    @cached_property
    def lines(self) -> dict[tuple[str, str], list[Told]]:
        """The events by holder and agreement."""
        return timelines(self.project)

    @cached_property
    def _all_held(self) -> tuple[Held, ...]:
        by_holder: dict[str, list[list[Told]]] = {}
        for (holder, _), line in self.lines.items():
            by_holder.setdefault(holder, []).append(line)
        found = (
            Held(holder, day, held_on(lines, day)) for holder, lines in by_holder.items() for day in self._days(lines)
        )
        return tuple(one for one in found if one.targets)

    def _days(self, lines: list[list[Told]]) -> Iterator[date]:
        begins = sorted({told.event.valid_from for line in lines for told in line})
        if self.day is None:
            yield begins[-1]
            return
        yield self.day
        yield from (begin for begin in begins if begin > self.day)
