"""Do the promises of a holder fit together: each made once at a time, with weights that sum to at most 1?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error
from kpiledger.rules.timelines import Promise, Told, last_day, promise, timelines, told_events
from kpiledger.specs.agreement import AgreedTarget
from kpiledger.vocabulary import EventKind

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Held:
    """A promise of an agreement, from the event that made it first to the last day that an event made it for."""

    told: Told
    index: int
    start: date
    end: date


def promise_rules(project: Project) -> Iterable[Finding]:
    """Findings between the targets of one event, one agreement and one holder."""
    for told in told_events(project):
        yield from _once(told)
    lines = timelines(project)
    for line in lines.values():
        yield from _weights(line)
    yield from _overlaps(lines)


def _once(told: Told) -> Iterable[Finding]:
    seen: set[Promise] = set()
    for index, target in enumerate(told.event.targets):
        if promise(target) in seen:
            message = f"{_named(promise(target))} is promised twice in this event"
            yield error("KPI057", told.file, told.path("targets", index, "kpi"), message, "keep one of the two targets")
        seen.add(promise(target))


def _weights(line: list[Told]) -> Iterable[Finding]:
    """The weights of each version: an event replaces the targets it names and carries the others over."""
    targets: dict[Promise, AgreedTarget] = {}
    before = Decimal(0)
    for told in line:
        targets.update({promise(target): target for target in told.event.targets})
        weights = [target.weight for target in targets.values() if target.weight is not None]
        total = sum(weights, Decimal(0))
        if total > max(before, Decimal(1)):
            message = f"the weights of `{told.event.agreement}` sum to {total} from {told.event.valid_from}"
            hint = "lower them to a sum of at most 1; targets that an amendment does not name keep theirs"
            yield error("KPI056", told.file, told.path("targets"), message, hint)
        before = total


def _overlaps(lines: dict[tuple[str, str], list[Told]]) -> Iterable[Finding]:
    held: dict[tuple[str, Promise], list[_Held]] = {}
    for (holder, _), line in lines.items():
        for made, entry in _held(line).items():
            for other in held.get((holder, made), ()):
                if other.start <= entry.end and entry.start <= other.end:
                    yield _overlap(made, entry, other)
            held.setdefault((holder, made), []).append(entry)


def _held(line: list[Told]) -> dict[Promise, _Held]:
    """Days that an event adds to an agreement are promised what it names; days that one gives up are given up."""
    held: dict[Promise, _Held] = {}
    ends = [last_day(line[: position + 1]) for position in range(len(line))]
    retired = [told.event.valid_from - _DAY for told in line if told.event.event is EventKind.RETIRED]
    for position, told in enumerate(line):
        known = [end for end in ends[position:] if end]
        if not known:
            continue  # it was never agreed
        last = min([*known, *retired])
        for index, target in enumerate(told.event.targets):
            first = held.setdefault(promise(target), _Held(told, index, told.event.valid_from, last))
            held[promise(target)] = replace(first, end=max(first.end, last))
    return held


def _overlap(made: Promise, entry: _Held, other: _Held) -> Finding:
    told, event = entry.told, other.told.event
    message = f"{_named(made)} is promised in `{event.agreement}` already, from {other.start} to {other.end}"
    hint = "amend or retire the agreement before, so that one target holds on a day"
    return error("KPI055", told.file, told.path("targets", entry.index, "kpi"), message, hint)


def _named(made: Promise) -> str:
    kpi, slice_name, member = made
    return kpi if slice_name == "all" else f"{kpi} of {slice_name} {member}"
