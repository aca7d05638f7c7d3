"""Is the evidence that an event names there, where it is a file of the project?

An address is left alone: nothing here asks the network. What is missing is a warning: an event that was recorded is
not edited any more, and a run does not wait until somebody finds the minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from kpiledger.finding import Finding
from kpiledger.nearest import nearest
from kpiledger.project import Project
from kpiledger.rules.found import warning
from kpiledger.rules.timelines import told_events

_CODE = "KPI165"
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # one letter before the colon is a drive


def evidence_findings(project: Project, root: Path) -> Iterator[Finding]:
    """A finding for each evidence and each post-mortem that is a path which leads nowhere, or out of the project."""
    for told in told_events(project):
        amiss = evidence_amiss(root, told.event.reason.evidence)
        if amiss is not None:
            yield warning(_CODE, told.file, told.path("reason", "evidence"), *amiss)
        for index, target in enumerate(told.event.targets):
            amiss = evidence_amiss(root, target.baseline.post_mortem) if target.baseline else None
            if amiss is not None:
                place = told.path("targets", index, "baseline", "post_mortem")
                yield warning(_CODE, told.file, place, *amiss)


def evidence_amiss(root: Path, named: str | None) -> tuple[str, str] | None:
    """What is wrong with what was named as evidence, and what mends it; None where nothing is."""
    if named is None or _ADDRESS.match(named):
        return None
    path = PurePosixPath(named.partition("#")[0])
    if path.is_absolute() or ".." in path.parts:
        hint = "write a path in the project, as docs/decisions/2017-06.md, or an address"
        return f"the evidence `{named}` lies outside the project", hint
    if not _is_file(root / path):
        return f"there is no file `{path}` to be evidence", _hint(root, path)
    return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file system takes
        return False


def _hint(root: Path, path: PurePosixPath) -> str:
    """The nearest file of the folder it should be in."""
    files = {(path.parent / one.name).as_posix() for one in (root / path.parent).glob("*") if one.is_file()}
    near = nearest(path.as_posix(), files)
    return f"did you mean `{near}`?" if near else "put the document there, or write the address where it lies"
