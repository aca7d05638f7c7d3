"""How does the demo get the ledger that its company would have by now: three years, each day's decisions on the next?

The specs are recorded again and again as they stood at each moment at which something was decided, with a clock that
says that moment. The ledger's name says that it is a demo, so that nobody takes it for evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from kpiledger.approvals.in_files import events_in_files
from kpiledger.demo_check_ins import demo_check_ins
from kpiledger.demo_triggers import fire_outside, noted_days
from kpiledger.errors import WrongUse
from kpiledger.ledger.file_storage import FileStorage
from kpiledger.ledger.keys import make_keys
from kpiledger.ledger.store import Ledger
from kpiledger.objectives.check_ins import CheckIn, record_check_in
from kpiledger.project import Project
from kpiledger.recording import record
from kpiledger.specs.agreement import AgreementEvent
from kpiledger.specs.kpi import KpiVersion
from kpiledger.specs.signing import Signer

ORIGIN = "kpiledger.demo"
# What is decided on a day is merged and recorded the next morning.
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_MORNING = time(9, tzinfo=UTC)
_LATE = timedelta(days=14)
_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay made: entries, at how many moments, the first and the last of them."""

    entries: int
    moments: int
    first: datetime
    last: datetime


def replay(project: Project, root: Path, ledger: Ledger) -> Replayed:
    """Record the project's history into a ledger that does not exist yet, as if each day had been recorded then."""
    if not keeps_any_time(ledger):
        raise WrongUse(
            "the ledger's server records the time itself, so that no past day can be written into it",
            "leave KPI_LEDGER_URL out to write the demo's history into a folder",
        )
    if ledger.exists:
        raise WrongUse(
            f"there is a ledger in {ledger.directory} already, and a history is written once",
            "`kpi run` records what is new; set KPI_LEDGER to a folder of its own to try this out",
        )
    said = tuple(demo_check_ins(project))
    moments = sorted({*_moments(project), *(_said_at(one) for one in said)})
    make_keys(ledger.keys, ORIGIN)
    total = 0
    for moment in moments:
        total = _record_at(moment, project, root, ledger, [one for one in said if _said_at(one) == moment])
    return Replayed(total, len(moments), moments[0], moments[-1])


def _record_at(moment: datetime, project: Project, root: Path, ledger: Ledger, said: Iterable[CheckIn]) -> int:
    """Record what came at a moment, and say how many entries there are then."""
    total = record(as_it_stood(project, moment), root, ledger, lambda: moment).total
    for place, one in enumerate(said, start=1):
        # Nobody says two things in the same second.
        spoken = partial(_same, moment + place * _MINUTE)
        total = record_check_in(ledger, one, tuple(project.organisation.people), spoken).seq
    if moment in map(_morning, noted_days(project)):
        total += fire_outside(project, ledger, moment, ORIGIN)
    return total


def _same(moment: datetime) -> datetime:
    return moment


def keeps_any_time(ledger: Ledger) -> bool:
    """Whether the ledger believes its writer's clock: files do, a server does not."""
    return isinstance(ledger.storage, FileStorage)


def as_it_stood(project: Project, moment: datetime) -> Project:
    """The project with what had been decided at a moment, and nothing that came later."""
    kpis = {}
    for name, kpi in project.kpis.items():
        versions = tuple(version for version in kpi.versions if _defined_at(project, version) <= moment)
        if versions:
            kpis[name] = kpi.model_copy(update={"versions": versions})
    agreements = []
    for file in project.agreements:
        events = tuple(event for event in file.events if _merged_at(event) <= moment)
        if events:
            agreements.append(file.model_copy(update={"events": events}))
    adopted_at = _adopted_at(project)
    approved_at = _approved_at(project)
    return replace(
        project,
        kpis=kpis,
        agreements=tuple(agreements),
        authority=project.authority if adopted_at and adopted_at <= moment else None,
        signers=tuple(line for line in project.signers if _added_at(adopted_at, line) <= moment),
        signatures=tuple(one for one in project.signatures if approved_at.get(one.event, moment) <= moment),
    )


def _moments(project: Project) -> Iterator[datetime]:
    """When something was recorded."""
    for kpi in project.kpis.values():
        yield from (_defined_at(project, version) for version in kpi.versions)
    for file in project.agreements:
        yield from (_merged_at(event) for event in file.events)
    adopted_at, approved_at = _adopted_at(project), _approved_at(project)
    yield from map(_morning, noted_days(project))
    if adopted_at:
        yield adopted_at
    yield from (_added_at(adopted_at, line) for line in project.signers)
    yield from (approved_at[one.event] for one in project.signatures if one.event in approved_at)


def _defined_at(project: Project, version: KpiVersion) -> datetime:
    return _morning(max(version.valid_from, project.calendar.starts_on))


def _said_at(said: CheckIn) -> datetime:
    return _morning(said.on + _DAY)


def _merged_at(event: AgreementEvent) -> datetime:
    return _morning(event.decided_on + _DAY)


def _adopted_at(project: Project) -> datetime | None:
    """When the policy on approvals was recorded: on its first day."""
    return _morning(project.authority.required_from) if project.authority else None


def _added_at(adopted_at: datetime | None, line: Signer) -> datetime:
    """When a key was recorded: on its first day, and not before there was a policy."""
    first = _morning(line.valid_after.date()) if line.valid_after else _EVER
    return max(first, adopted_at or _EVER)


def _approved_at(project: Project) -> dict[str, datetime]:
    """When the approval of each event was recorded: the day after it was, or late where it changed what had begun."""
    return {
        one.key: _merged_at(one.event) + (_LATE if one.event.valid_from < one.event.decided_on else _DAY)
        for one in events_in_files(project)
    }


def _morning(day: date) -> datetime:
    return datetime.combine(day, _MORNING)
