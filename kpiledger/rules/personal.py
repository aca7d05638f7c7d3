"""Does the id of a person stand only where it can be erased?

What is recorded stays for good. People are recorded as commitments in the fields made for them, and the words
about the holder of a person's own agreement too; an id anywhere else could never be taken out of the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error
from kpiledger.rules.timelines import Told, told_events
from kpiledger.specs.base import Path, SpecFile

_WORD = re.compile("[A-Za-z0-9_]+")
_HINT = "write the role, or nobody; what is recorded stays when the person is erased"


def personal_rules(project: Project) -> Iterable[Finding]:
    """Findings where something that is recorded as it stands names a person."""
    people = frozenset(project.organisation.people)
    if not people:
        return
    for told in told_events(project):
        for path, text in _recorded_texts(told, people):
            yield from _named(told.file, told.path(*path), text, people)
    for kpi in project.kpis.values():
        yield from _named(kpi, ("kpi",), kpi.kpi, people)
        for index, version in enumerate(kpi.versions):
            yield from _named(kpi, ("versions", index, "change", "reason"), version.change.reason, people)
            for place, given in version.formula.inputs.items():
                yield from _named(kpi, ("versions", index, "formula", *place), given.where or "", people)
    for fact in project.facts.values():
        for name, measure in fact.measures.items():
            yield from _named(fact, ("measures", name, "expr"), measure.expr or "", people)
            yield from _named(fact, ("measures", name, "where"), measure.where or "", people)
    if project.waivers is not None:  # a close keeps what checks said, and with it why they were waived
        for index, waiver in enumerate(project.waivers.waivers):
            yield from _named(project.waivers, ("waivers", index, "reason"), waiver.reason, people)


def people_in(text: str, people: Collection[str]) -> list[str]:
    """The ids that stand in a text as words, or as parts of words between underscores."""
    longest = _longest(frozenset(people))
    found: dict[str, None] = {}
    for word in _WORD.findall(text):
        parts = word.split("_")
        for start in range(len(parts)):
            for end in range(start + 1, min(start + longest, len(parts)) + 1):
                part = "_".join(parts[start:end])
                if part in people:
                    found[part] = None
    return list(found)


@lru_cache(maxsize=1)
def _longest(people: frozenset[str]) -> int:
    """Of how many parts the longest id is made: found out once for all texts of a project."""
    return max((person.count("_") for person in people), default=0) + 1


def _recorded_texts(told: Told, people: frozenset[str]) -> Iterator[tuple[Path, str]]:
    """The texts of an event that stand in its entry as they are; a person's own agreement hides what is about them."""
    event = told.event
    own = {told.file.holder} & people
    yield ("agreement",), event.agreement
    yield ("reason", "evidence"), event.reason.evidence or ""
    yield ("reason", "text"), _without(event.reason.text, own)
    for index, trigger in enumerate(event.triggers):
        yield ("triggers", index, "id"), trigger.id
        yield ("triggers", index, "says"), _without(trigger.says, own)
        yield ("triggers", index, "when", "slice"), trigger.when.member
    for index, target in enumerate(event.targets):
        for dimension, member in target.slice.items():
            yield ("targets", index, "slice", dimension), member
        if target.baseline:
            yield ("targets", index, "baseline", "source"), target.baseline.source
            for number, month in enumerate(target.baseline.exclude):
                yield ("targets", index, "baseline", "exclude", number, "reason"), _without(month.reason, own)


def _without(text: str, own: Collection[str]) -> str:
    """A text about the holder goes when the holder is erased, so it may name the holder, and nobody else."""
    for person in own:
        text = text.replace(person, " ")
    return text


def _named(spec: SpecFile, path: Path, text: str, people: Collection[str]) -> Iterator[Finding]:
    for person in people_in(text, people):
        yield error("KPI160", spec, path, f"this names {person}, and it is recorded as it stands", _HINT)
