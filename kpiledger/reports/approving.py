"""What does a person approve: who asks for it, from when, and which figure moves from what to what?"""

from __future__ import annotations

from typing import Any

from kpiledger.approvals.approving import Signing
from kpiledger.approvals.in_files import Event
from kpiledger.ledger.canonical import plain
from kpiledger.recording.differing import differences, shown
from kpiledger.specs.agreement import AgreedTarget
from kpiledger.vocabulary import EventKind


def signing_text(signing: Signing) -> str:
    """Everything that the signature will vouch for, as a person reads it."""
    event = signing.event.event
    end = f" until {event.valid_to}" if event.valid_to else ""
    lines = [
        f"{signing.event.key}: {event.event} for {signing.event.file.holder}",
        f"  decided on {event.decided_on}, from {event.valid_from}{end}",
        f"  proposed by {event.proposed_by}, to be approved by {event.approved_by}: {signing.person}",
        f"  reason ({event.reason.kind}): {' '.join(event.reason.text.split())}",
        *([f"  evidence: {event.reason.evidence}"] if event.reason.evidence else []),
        *(["  it ends every target of the agreement"] if event.event is EventKind.RETIRED else []),
    ]
    before = _promised_before(signing.event)
    for target in event.targets:
        lines += _target_lines(target, before.get(_name(target)))
    return "\n".join(lines)


def _target_lines(target: AgreedTarget, before: AgreedTarget | None) -> list[str]:
    head = f"  {_name(target)}{'' if before else ' (new)'}"
    moved = differences(_said(before) if before else {}, _said(target), frozenset())
    told = [(path, old, new) for path, old, new in moved if new is not None or before]
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


def _promised_before(event: Event) -> dict[str, AgreedTarget]:
    """What the earlier events of the same agreement last said of each KPI and slice."""
    earlier = (one for one in event.file.events[: event.index] if one.agreement == event.event.agreement)
    return {_name(target): target for one in earlier for target in one.targets}
