"""The scorecard's rows gathered into series: one holder, KPI, slice and member over its periods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kpiledger.pages.changes import TargetChange, target_changes
from kpiledger.pages.queries import AgreementVersionRow, Readings, ScorecardRow, TargetRow
from kpiledger.periods import Reckoning
from kpiledger.project import Project
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Grain, Status


@dataclass(frozen=True, slots=True)
class Series:
    """A holder's KPI at the grain it is reviewed in: rows oldest first, and the versions of its target.

    `version` and `promised` are the agreement version and the target behind the newest row.
    """

    holder: str
    kpi: Kpi
    slice: str
    member: str
    grain: Grain
    rows: tuple[ScorecardRow, ...]
    changes: tuple[TargetChange, ...]
    reckoning: Reckoning
    version: AgreementVersionRow | None = None
    promised: TargetRow | None = None

    @property
    def part(self) -> str:
        """The part of the KPI, as `region West`; empty for the whole."""
        return "" if self.slice == "all" else f"{self.slice} {self.member}"

    @property
    def newest(self) -> ScorecardRow | None:
        """The latest period that is finished, else the latest begun; None before the first."""
        finished = [row for row in self.rows if row.is_complete]
        return finished[-1] if finished else (self.rows[-1] if self.rows else None)

    @property
    def until_newest(self) -> tuple[ScorecardRow, ...]:
        """The rows up to the newest finished period."""
        newest = self.newest
        return tuple(row for row in self.rows if newest and row.period_start <= newest.period_start)

    @property
    def status(self) -> Status:
        """How the newest period stands."""
        return Status(self.newest.status) if self.newest else Status.NO_DATA

    @property
    def shows_target(self) -> bool:
        """Whether the newest period has a target, be it binding or not."""
        return self.newest is not None and self.newest.target_value is not None

    @property
    def has_target(self) -> bool:
        """Whether the holder is held to a target now: the newest period has one that binds."""
        return self.shows_target and self.newest is not None and self.newest.is_binding is not False


def all_series(project: Project, readings: Readings) -> tuple[Series, ...]:
    """Every series of the scorecard, by holder and KPI; at the KPI's cadence, else the finest grain there is."""
    rows_of: dict[tuple[str, str, str, str], dict[Grain, list[ScorecardRow]]] = defaultdict(lambda: defaultdict(list))
    for row in readings.scorecard:
        rows_of[(row.holder, row.kpi, row.slice, row.member)][Grain(row.grain)].append(row)
    return tuple(
        _series(project, project.kpis[kpi], holder, slice_name, member, grains, readings)
        for (holder, kpi, slice_name, member), grains in rows_of.items()
        if kpi in project.kpis
    )


def by_holder(series: tuple[Series, ...]) -> Mapping[str, tuple[Series, ...]]:
    """The series of each holder, heaviest weight first, then in the order read."""
    found: dict[str, list[Series]] = defaultdict(list)
    for one in series:
        found[one.holder].append(one)
    return {holder: tuple(sorted(own, key=_weight)) for holder, own in found.items()}


def _series(
    project: Project,
    kpi: Kpi,
    holder: str,
    slice_name: str,
    member: str,
    grains: Mapping[Grain, list[ScorecardRow]],
    readings: Readings,
) -> Series:
    grain = _grain(kpi, grains)
    targets = [
        row
        for row in readings.targets
        if (row.holder, row.kpi, row.slice, row.member, row.grain) == (holder, kpi.kpi, slice_name, member, grain)
    ]
    changes = target_changes(targets, readings.versions)
    rows = tuple(sorted(grains[grain], key=lambda row: row.period_start))
    series = Series(holder, kpi, slice_name, member, grain, rows, changes, project.calendar.reckoning)
    return _with_agreement(series, targets, readings)


def _grain(kpi: Kpi, grains: Mapping[Grain, list[ScorecardRow]]) -> Grain:
    """The cadence, unless its targets ended and those of another grain go on; then the finest that goes on."""
    agreed = {grain: [row for row in rows if row.target_value is not None] for grain, rows in grains.items()}
    held = {grain: rows for grain, rows in agreed.items() if rows} or grains
    newest = max(row.period_start for rows in held.values() for row in rows)
    going_on = [grain for grain, rows in held.items() if max(row.period_end for row in rows) >= newest]
    return kpi.cadence if kpi.cadence in going_on else min(going_on, key=list(Grain).index)


def _with_agreement(series: Series, targets: Sequence[TargetRow], readings: Readings) -> Series:
    newest = series.newest
    if newest is None or newest.agreement is None:
        return series
    key = (newest.agreement, newest.agreement_version)
    # Reason and approval are those of the event that named the target, also where a later version carries it on.
    version = next((one for one in readings.versions if one.seq == newest.entry_seq), None)
    promised = (one for one in targets if (one.agreement, one.agreement_version) == key)
    return replace(
        series,
        version=version,
        promised=next((one for one in promised if one.period_start == newest.period_start), None),
    )


def _weight(series: Series) -> tuple[int, float]:
    newest = series.newest
    weight = newest.weight if newest and newest.weight is not None else None
    return (0 if series.shows_target else 1, -float(weight) if weight is not None else 1.0)
