"""A project folder to a `Project` and the findings of every file in it.

A file that fails leaves the others readable: what it would have named is remembered as `unread`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TypeVar

from kpiledger.finding import Finding, Severity, in_order
from kpiledger.loading.contracts import Contracts, read_contracts
from kpiledger.loading.events import read_tree
from kpiledger.loading.files import KINDS, Found, spec_files
from kpiledger.loading.shape import shaped
from kpiledger.loading.signatures import read_signatures
from kpiledger.loading.signers import read_signers, says_nobody
from kpiledger.loading.tree import Tree
from kpiledger.project import Project
from kpiledger.specs.agreement import AgreementFile
from kpiledger.specs.authority import Authority
from kpiledger.specs.base import SpecFile
from kpiledger.specs.calendar import Calendar
from kpiledger.specs.chain import Chain
from kpiledger.specs.expectation import Expectations
from kpiledger.specs.fact import Fact
from kpiledger.specs.kpi import Kpi
from kpiledger.specs.objective import ObjectiveFile
from kpiledger.specs.organisation import Organisation
from kpiledger.specs.outside import OutsideFigure
from kpiledger.specs.waiver import Waivers

_Spec = TypeVar("_Spec", bound=SpecFile)

# Stand in for a file that could not be read, so that the others can still be checked.
_NO_ORGANISATION = Organisation(departments={}, units={}, roles={})
_NO_CHAIN = Chain.model_construct(stages=())
_NO_CALENDAR = Calendar(starts_on=date(1970, 1, 1), zone="UTC")


@dataclass(slots=True)
class _Read:
    """What reading the files gave, by kind: the specs by name, and the names that could not be read."""

    specs: dict[str, dict[str, SpecFile]] = field(default_factory=lambda: defaultdict(dict))
    unread: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    findings: list[Finding] = field(default_factory=list)


def load_project(root: Path) -> tuple[Project | None, list[Finding]]:
    """The project in a folder and what is wrong with its files, by place; None where no spec was found.

    With error findings the project holds what could be read: enough to check it further, not to run it.
    """
    files, astray = spec_files(root)
    if not files:
        return None, in_order(astray)
    read = _Read(findings=astray)
    for finding in astray:
        _remember(read, finding.position.path)
    for file in files:
        _read_file(read, root, file)
    signers, refused = read_signers(root)
    read.findings += refused
    contracts = read_contracts(root)
    if contracts.findings:
        read.unread["model"].add("")
    signed = read_signatures(root)
    project = replace(
        _project(root, read, contracts), signers=signers, signs_nobody=says_nobody(root), signatures=signed
    )
    return project, in_order([*read.findings, *contracts.findings])


def calendar_of(root: Path) -> Calendar | None:
    """The calendar of a project, read alone; None where there is not one sound file: the whole project says why."""
    files = [file for file in spec_files(root)[0] if file.kind.model is Calendar]
    if len(files) != 1:
        return None
    tree = read_tree(files[0].path, (root / files[0].path).read_bytes())
    spec, problems = shaped(tree, Calendar)
    return None if tree.findings or problems or not isinstance(spec, Calendar) else spec


def _remember(read: _Read, path: str) -> None:
    """Count what may stand in a file that lies astray as unread, so that nobody is accused of naming it."""
    parts = PurePosixPath(path).parts
    near = [kind for kind in KINDS if PurePosixPath(kind.written).parts[:2] == parts[:2]]
    for kind in near or KINDS:
        if "<" in kind.written or kind.written == path:
            read.unread[kind.name].add(PurePosixPath(path).stem)


def _read_file(read: _Read, root: Path, file: Found) -> None:
    tree = read_tree(file.path, (root / file.path).read_bytes())
    spec, problems = shaped(tree, file.kind.model)
    read.findings += [*tree.findings, *problems]
    if spec is None:
        read.unread[file.kind.name].add(file.name)
    else:
        read.findings += _add(read.specs[file.kind.name], file, spec)
    said = tree.value.get(file.kind.key) if file.kind.key and tree.is_whole else None
    if isinstance(said, str) and said != file.name and (file.kind.key,) not in tree.refused:
        read.findings.append(_misnamed(file, tree, said))
        read.unread[file.kind.name].add(said)


def _project(root: Path, read: _Read, contracts: Contracts) -> Project:
    specs = read.specs
    return Project(
        root=root,
        calendar=_one(specs["calendar"], Calendar, _NO_CALENDAR),
        organisation=_one(specs["organisation"], Organisation, _NO_ORGANISATION),
        chain=_one(specs["chain"], Chain, _NO_CHAIN),
        facts=_of(specs["fact"], Fact),
        kpis=_of(specs["kpi"], Kpi),
        agreements=tuple(_of(specs["holder"], AgreementFile).values()),
        expectations=_of(specs["expectations"], Expectations),
        authority=next(iter(_of(specs["authority"], Authority).values()), None),
        waivers=next(iter(_of(specs["waivers"], Waivers).values()), None),
        outside=_of(specs["figure"], OutsideFigure),
        objectives=tuple(_of(specs["objectives"], ObjectiveFile).values()),
        columns=contracts.columns,
        unique_columns=contracts.unique_columns,
        unread={kind: frozenset(names) for kind, names in read.unread.items()},
    )


def _misnamed(file: Found, tree: Tree, said: str) -> Finding:
    """A finding that the thing in a file is not named as the file."""
    message = f"the file is {file.name}.yml, but `{file.kind.key}` is '{said}'"
    hint = f"rename the file to {said}.yml, or write `{file.kind.key}: {file.name}`"
    return Finding("KPI014", Severity.ERROR, tree.places[(file.kind.key or "",)], message, hint)


def _add(specs: dict[str, SpecFile], file: Found, spec: SpecFile) -> list[Finding]:
    """Keep a spec under its name; a name that is taken is a finding. Agreements are kept by path."""
    name = file.path if file.kind.model is AgreementFile else file.name
    taken = specs.setdefault(name, spec)
    if taken is spec:
        return []
    message = f"the {file.kind.name} `{name}` is defined in {taken.path} already"
    place = spec.place(file.kind.key or "")
    return [Finding("KPI018", Severity.ERROR, place, message, "delete one of the two files, or give it another name")]


def _of(specs: Mapping[str, SpecFile], model: type[_Spec]) -> dict[str, _Spec]:
    return {name: spec for name, spec in specs.items() if isinstance(spec, model)}


def _one(specs: Mapping[str, SpecFile], model: type[_Spec], missing: _Spec) -> _Spec:
    return next(iter(_of(specs, model).values()), missing)
