"""Do the promises of a holder fit together: each made once at a time, with weights that sum to at most 1?

Where events need approvals, `kpiledger.approvals` says which of them count, and asks `overlaps` for those: an agreement
that nobody signed must not forbid one that was approved. Members that differ in case and spaces only are taken for one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error, warning
from kpiledger.rules.timelines import Promise, Told, last_day, promise, timelines, told_events
from kpiledger.specs.agreement import AgreedTarget
from kpiledger.specs.base import Path, SpecFile
from kpiledger.vocabulary import EventKind

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Held:
    """A promise of an agreement, from the event that made it first to the last day that an event made it for."""

    told: Told
    index: int
    start: date
    end: date

    @property
    def made(self) -> Promise:
        """What is promised, as it is written there."""
        return promise(self.told.event.targets[self.index])


@dataclass(frozen=True, slots=True)
class Overlap:
    """A promise that another agreement of the holder has made already for some of its days."""

    entry: Held
    other: Held

    @property
    def key(self) -> tuple[str, str, Promise]:
        """The two agreements, and what both promise."""
        return self.entry.told.event.agreement, self.other.told.event.agreement, alike(self.entry.made)


def promise_rules(project: Project) -> Iterable[Finding]:
    """Findings between the targets of one event, one agreement and one holder."""
    for told in told_events(project):
        yield from _once(told)
    lines = timelines(project)
    for line in lines.values():
        yield from _weights(line)
    if project.authority is None:
        yield from (overlap_error(found) for found in overlaps(project))


def _once(told: Told) -> Iterable[Finding]:
    seen: set[Promise] = set()
    for index, target in enumerate(told.event.targets):
        if alike(promise(target)) in seen:
            message = f"{promise_named(promise(target))} is promised twice in this event"
            yield error("KPI057", told.file, told.path("targets", index, "kpi"), message, "keep one of the two targets")
        seen.add(alike(promise(target)))


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


def overlaps(project: Project, counts: Callable[[Told], bool] = lambda _: True) -> Iterator[Overlap]:
    """What agreements of one holder promise twice on a day by those of their events that count."""
    held: dict[tuple[str, Promise], list[Held]] = {}
    for holder, entry in held_promises(project, counts):
        for other in held.get((holder, alike(entry.made)), ()):
            if other.start <= entry.end and entry.start <= other.end:
                yield Overlap(entry, other)
        held.setdefault((holder, alike(entry.made)), []).append(entry)


def held_promises(project: Project, counts: Callable[[Told], bool] = lambda _: True) -> Iterator[tuple[str, Held]]:
    """What each agreement promises by those of its events that count, with its holder."""
    for (holder, _), line in timelines(project).items():
        for entry in _held(line, counts).values():
            yield holder, entry


def _held(told_line: list[Told], counts: Callable[[Told], bool]) -> dict[Promise, Held]:
    """Days that an event adds to an agreement are promised what it names; days that one gives up are given up.

    The days of an agreement are those of its first event, whether or not it counts: amendments of it may.
    """
    held: dict[Promise, Held] = {}
    line = [told for told in told_line if told.event.event is EventKind.AGREED or counts(told)]
    ends = [last_day(line[: position + 1]) for position in range(len(line))]
    retired = [told.event.valid_from - _DAY for told in line if told.event.event is EventKind.RETIRED]
    for position, told in enumerate(line):
        known = [end for end in ends[position:] if end]
        if not known:
            continue  # it was never agreed
        last = min([*known, *retired])
        for index, target in enumerate(told.event.targets if counts(told) else ()):
            first = held.setdefault(promise(target), Held(told, index, told.event.valid_from, last))
            held[promise(target)] = replace(first, end=max(first.end, last))
    return held


def overlap_error(found: Overlap) -> Finding:
    """The finding where both agreements count."""
    if found.entry.told.event.agreement == found.other.told.event.agreement or found.entry.made != found.other.made:
        hint = f"write the member as there, `{found.other.made[2]}`, and promise it once on a day"
    else:
        hint = "amend or retire the agreement before, so that one target holds on a day"
    return error("KPI055", *_place(found), _said(found), hint)


def overlap_warning(found: Overlap) -> Finding:
    """The finding where one of the two waits for an approval: what is approved holds meanwhile."""
    hint = "amend or retire one of the two before both are approved; until then only what is approved counts"
    return warning("KPI162", *_place(found), _said(found), hint)


def _place(found: Overlap) -> tuple[SpecFile, Path]:
    told = found.entry.told
    return told.file, told.path("targets", found.entry.index, "kpi")


def _said(found: Overlap) -> str:
    other = found.other
    return (
        f"{promise_named(found.entry.made)} is promised in `{other.told.event.agreement}` already, "
        f"from {other.start} to {other.end}"
    )


def alike(made: Promise) -> Promise:
    """A promise with its member as it is compared."""
    kpi, slice_name, member = made
    return kpi, slice_name, " ".join(unicodedata.normalize("NFC", member).casefold().split())


def promise_named(made: Promise) -> str:
    """What is promised, as a sentence names it."""
    kpi, slice_name, member = made
    return kpi if slice_name == "all" else f"{kpi} of {slice_name} {member}"
