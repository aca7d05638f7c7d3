"""Do the versions of a KPI follow each other, by number and in time?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise

from kpiledger.finding import Finding
from kpiledger.project import Project
from kpiledger.rules.found import error
from kpiledger.specs.kpi import Kpi

_DAY = timedelta(days=1)


def version_rules(project: Project) -> Iterable[Finding]:
    """Findings in the versions of KPIs."""
    for kpi in project.kpis.values():
        yield from _numbers(kpi)
        yield from _intervals(kpi)
        yield from _sequence(kpi)


def _numbers(kpi: Kpi) -> Iterable[Finding]:
    for index, version in enumerate(kpi.versions):
        if version.version != index + 1:
            message = f"this is version {version.version}, expected {index + 1}"
            hint = "number the versions 1, 2, 3 from the oldest; a number once used stays"
            yield error("KPI030", kpi, ("versions", index, "version"), message, hint)


def _intervals(kpi: Kpi) -> Iterable[Finding]:
    for index, version in enumerate(kpi.versions):
        if version.valid_to and version.valid_to < version.valid_from:
            message = f"`valid_to` is {version.valid_to}, before `valid_from` {version.valid_from}"
            yield error("KPI032", kpi, ("versions", index, "valid_to"), message, "write a later day")


def _sequence(kpi: Kpi) -> Iterable[Finding]:
    for index, (version, following) in enumerate(pairwise(kpi.versions)):
        expected = following.valid_from - _DAY
        if version.valid_to == expected:
            continue
        path = ("versions", index, "valid_to" if version.valid_to else "valid_from")
        if version.valid_to is None:
            message = f"version {version.version} has no `valid_to`, and version {following.version} follows"
        else:
            word = "overlaps with" if version.valid_to > expected else "leaves a gap to"
            message = f"version {version.version} ends on {version.valid_to} and {word} version {following.version}"
            message += f" from {following.valid_from}"
        yield error("KPI031", kpi, path, message, f"write `valid_to: {expected}` in version {version.version}")
