"""What does a person approve: who asks for it, from when, and which figure moves from what to what?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from kpiledger.approvals.approving import Signing
from kpiledger.approvals.in_files import Event, standings
from kpiledger.ledger.canonical import plain
from kpiledger.periods import PeriodName
from kpiledger.project import Project
from kpiledger.recording.differing import differences, shown
from kpiledger.reports.known import in_one_line
from kpiledger.specs.agreement import AgreedTarget
from kpiledger.vocabulary import ApprovalState, EventKind

_TRIAL = {True: "a trial from then on: its targets bind nobody and are in no score", False: "binding from then on"}


def signing_text(project: Project, signing: Signing) -> str:
    """Everything that the signature will vouch for, as a person reads it.

    Old figures are those that hold: what waits for an approval itself is none, and months before the event stay.
    """
    event = signing.event.event
    end = f" until {event.valid_to}" if event.valid_to else ""
    lines = [
        f"{signing.event.key}: {event.event} for {signing.event.file.holder}",
        f"  decided on {event.decided_on}, from {event.valid_from}{end}",
        f"  proposed by {event.proposed_by}, to be approved by {event.approved_by}: {signing.person}",
        f"  reason ({event.reason.kind}): {in_one_line(event.reason.text)}",
        *([f"  evidence: {in_one_line(event.reason.evidence)}"] if event.reason.evidence else []),
        *([f"  {_TRIAL[event.pilot]}"] if event.pilot is not None else []),
        *(["  it ends every target of the agreement"] if event.event is EventKind.RETIRED else []),
    ]
    before = _promised_before(project, signing.event)
    for target in event.targets:
        lines += _target_lines(target, before.get(_name(target)), _ends_before(event.valid_from, project))
    return "\n".join(lines)


def _target_lines(target: AgreedTarget, before: AgreedTarget | None, is_earlier: Callable[[str], bool]) -> list[str]:
    head = f"  {_name(target)}{'' if before else ' (new)'}"
    moved = differences(_said(before) if before else {}, _said(target), frozenset())
    told = [(path, old, new) for path, old, new in moved if new is not None or not is_earlier(path)]
    lines = [f"    {path}: {f'{shown(old)} -> ' if before else ''}{shown(new)}" for path, old, new in told]
    return [head, *lines] if lines else [f"{head}: unchanged"]


def _said(target: AgreedTarget) -> dict[str, Any]:
    """What a target says, flat: a key for each figure."""
    flat: dict[str, Any] = {}

    def add(path: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                add(f"{path}.{key}" if path else key, inner)
        elif value not in (None, []):
            flat[path] = value

    add("", {key: value for key, value in plain(target).items() if key not in ("kpi", "slice")})
    return flat


def _name(target: AgreedTarget) -> str:
    part = "" if target.slice_name == "all" else f", {target.slice_name} {target.member}"
    return f"{target.kpi}{part}"


def _promised_before(project: Project, event: Event) -> dict[str, AgreedTarget]:
    """What the earlier events of the same agreement that hold last said of each KPI and slice."""
    earlier = (
        stands.event
        for stands in standings(project)
        if stands.event.event.agreement == event.event.agreement and stands.event.ordinal < event.ordinal
        if stands.event.ordinal == 1 or stands.state in (ApprovalState.APPROVED, ApprovalState.NOT_REQUIRED)
    )
    return {_name(target): target for one in earlier for target in one.event.targets}


def _ends_before(day: date, project: Project) -> Callable[[str], bool]:
    """Whether a figure is that of a period that begins before a day, which the event leaves as it is."""

    def is_earlier(path: str) -> bool:
        _, named, name = path.partition("by_period.")
        return bool(named) and PeriodName.parse(name).in_days(project.calendar.reckoning).start < day

    return is_earlier
