"""Does a KPI name people, places and things that exist, and do its own words fit together?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error, unknown
from kpiledger.specs.kpi import Kpi
from kpiledger.vocabulary import Unit

_VERSIONED = re.compile(r"_v[0-9]+\Z")
_COMPILED = ("as_of",)


def kpi_rules(project: Project) -> Iterable[Finding]:
    """Findings in KPI files, but for their formulas and versions."""
    known = {*project.kpis, *project.unread.get("kpi", ())}
    for kpi in project.kpis.values():
        if "organisation" not in project.unread:
            yield from _people(project, kpi)
        if "chain" not in project.unread:
            stages = [stage.stage for stage in project.chain.stages]
            yield from unknown("KPI024", kpi, ("chain_stage",), kpi.chain_stage, stages, "chain stage")
        yield from _folder(kpi)
        yield from _counter_kpis(kpi, known)
        yield from _tensions(project, kpi, known)
        yield from _currency(kpi)
        yield from _each_once(kpi)
    yield from _published_names(project)


def _people(project: Project, kpi: Kpi) -> Iterable[Finding]:
    organisation = project.organisation
    yield from unknown("KPI023", kpi, ("owner",), kpi.owner, organisation.roles, "role")
    yield from unknown("KPI024", kpi, ("department",), kpi.department, organisation.departments, "department")
    known = {*organisation.roles, *organisation.people}
    for index, version in enumerate(kpi.versions):
        path = ("versions", index, "change", "requested_by")
        yield from unknown("KPI023", kpi, path, version.change.requested_by, known, "role")
    if kpi.reviewed:
        yield from unknown("KPI023", kpi, ("reviewed", "by"), kpi.reviewed.by, known, "role")


def _folder(kpi: Kpi) -> Iterable[Finding]:
    folder = PurePosixPath(kpi.path).parent.name
    if folder != kpi.chain_stage:
        message = f"the file lies in {folder}/, but `chain_stage` is '{kpi.chain_stage}'"
        hint = f"move it to metrics/kpis/{kpi.chain_stage}/, or write `chain_stage: {folder}`"
        yield error("KPI029", kpi, ("chain_stage",), message, hint)


def _counter_kpis(kpi: Kpi, known: Collection[str]) -> Iterable[Finding]:
    for index, name in enumerate(kpi.counter_kpis):
        path = ("counter_kpis", index)
        if name == kpi.kpi:
            hint = "name the KPI that gets worse when this one is pushed too hard"
            yield error("KPI013", kpi, path, f"the KPI `{name}` is its own counter-KPI", hint)
        yield from unknown("KPI021", kpi, path, name, known, "KPI")


def _tensions(project: Project, kpi: Kpi, known: Collection[str]) -> Iterable[Finding]:
    said: set[str] = set()
    for index, name in enumerate(tension.kpi for tension in kpi.conflicts_with):
        path = ("conflicts_with", index, "kpi")
        if name == kpi.kpi:
            message = f"the KPI `{name}` is said to work against itself"
            yield error("KPI013", kpi, path, message, "name the KPI that it works against")
        yield from unknown("KPI021", kpi, path, name, known, "KPI")
        other = project.kpis.get(name)
        # Told at the later of the two by name, so that one of them stays.
        is_mutual = other is not None and name < kpi.kpi and kpi.kpi in {back.kpi for back in other.conflicts_with}
        if name in said or is_mutual:
            message = f"that `{kpi.kpi}` works against `{name}` is said twice"
            kept = other.path if other is not None and is_mutual else kpi.path
            hint = f"once is enough, and it holds for both sides; keep the other one, in {kept}"
            yield error("KPI270", kpi, path, message, hint)
        said.add(name)


def _currency(kpi: Kpi) -> Iterable[Finding]:
    if kpi.unit is Unit.CURRENCY and kpi.currency is None:
        yield error("KPI013", kpi, ("unit",), "`unit` is currency and no `currency` is named", "add `currency: USD`")
    if kpi.unit is not Unit.CURRENCY and kpi.currency is not None:
        message = f"`currency` is {kpi.currency} and `unit` is {kpi.unit}"
        yield error("KPI013", kpi, ("currency",), message, "delete `currency`, or write `unit: currency`")


def _each_once(kpi: Kpi) -> Iterable[Finding]:
    for key in ("grains", "spans", "slices", "counter_kpis"):
        seen: Counter[str] = Counter()
        for index, entry in enumerate(getattr(kpi, key)):
            seen[entry] += 1
            if seen[entry] == 2:
                yield error("KPI013", kpi, (key, index), f"`{entry}` stands twice in `{key}`", "keep one of them")


def _published_names(project: Project) -> Iterable[Finding]:
    """A KPI's own dbt model must not meet another one, nor a version of another one."""
    taken: dict[str, str] = {}
    for kpi in project.kpis.values():
        name = kpi.publish_as
        if name is None:
            continue
        hint = "choose another name"
        if name in project.columns or name in _COMPILED:
            message = f"there is a model `{name}` already"
        elif name in taken:
            message = f"`{taken[name]}` is published as `{name}` already"
        elif _VERSIONED.search(name):
            message = f"`{name}` reads as a version of another model"
            hint = f"leave {_VERSIONED.findall(name)[0]} out: it is added for each version"
        else:
            taken[name] = kpi.kpi
            continue
        yield error("KPI115", kpi, ("publish_as",), message, hint)
