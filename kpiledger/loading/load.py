"""A project folder to a `Project` and the findings of every file in it.

A file that fails leaves the others readable: what it would have named is remembered as `unread`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar

from kpiledger.finding import Finding, Severity, in_order
from kpiledger.loading.contracts import read_contracts
from kpiledger.loading.events import read_tree
from kpiledger.loading.files import Found, spec_files
from kpiledger.loading.shape import shaped
from kpiledger.loading.tree import Tree
from kpiledger.project import Project
from kpiledger.specs.agreement import AgreementFile
from kpiledger.specs.base import SpecFile
from kpiledger.specs.calendar import Calendar
from kpiledger.specs.chain import Chain
from kpiledger.specs.expectation import Expectations
from kpiledger.specs.fact import Fact
from kpiledger.specs.kpi import Kpi
from kpiledger.specs.organisation import Organisation

_Spec = TypeVar("_Spec", bound=SpecFile)

# Stand in for a file that could not be read, so that the others can still be checked.
_NO_ORGANISATION = Organisation(departments={}, units={}, roles={})
_NO_CHAIN = Chain.model_construct(stages=())
_NO_CALENDAR = Calendar(starts_on=date(1970, 1, 1), zone="UTC")


def load_project(root: Path) -> tuple[Project | None, list[Finding]]:
    """The project in a folder and what is wrong with its files, by file and line; None where no spec was found.

    With error findings the project holds what could be read: enough to check it further, not to run it.
    """
    files, findings = spec_files(root)
    if not files:
        return None, in_order(findings)
    specs: dict[str, dict[str, SpecFile]] = defaultdict(dict)
    unread: dict[str, set[str]] = defaultdict(set)
    for file in files:
        tree = read_tree(file.path, (root / file.path).read_bytes())
        spec, problems = shaped(tree, file.kind.model)
        findings += [*tree.findings, *problems, *_misnamed(file, tree)]
        if spec is None:
            unread[file.kind.name].add(file.name)
        else:
            findings += _add(specs[file.kind.name], file, spec)
    contracts = read_contracts(root)
    findings += contracts.findings
    if contracts.findings:
        unread["model"].add("")
    for kind in ("organisation", "chain"):
        if kind not in specs:
            unread[kind].add(kind)
    project = Project(
        root=root,
        calendar=_one(specs["calendar"], Calendar, _NO_CALENDAR),
        organisation=_one(specs["organisation"], Organisation, _NO_ORGANISATION),
        chain=_one(specs["chain"], Chain, _NO_CHAIN),
        facts=_of(specs["fact"], Fact),
        kpis=_of(specs["kpi"], Kpi),
        agreements=tuple(_of(specs["holder"], AgreementFile).values()),
        expectations=_of(specs["expectations"], Expectations),
        columns=contracts.columns,
        unique_columns=contracts.unique_columns,
        unread={kind: frozenset(names) for kind, names in unread.items()},
    )
    return project, in_order(findings)


def _misnamed(file: Found, tree: Tree) -> list[Finding]:
    """A finding where the thing in a file is not named as the file."""
    key = file.kind.key
    said = tree.value.get(key) if key and tree.is_whole else None
    if key is None or not isinstance(said, str) or said == file.name or (key,) in tree.refused:
        return []
    message = f"the file is {file.name}.yml, but `{key}` is '{said}'"
    hint = f"rename the file to {said}.yml, or write `{key}: {file.name}`"
    return [Finding("KPI014", Severity.ERROR, tree.places[(key,)], message, hint)]


def _add(specs: dict[str, SpecFile], file: Found, spec: SpecFile) -> list[Finding]:
    """Keep a spec under its name; a name that is taken is a finding. Agreements are kept by path."""
    name = file.path if file.kind.model is AgreementFile else file.name
    taken = specs.setdefault(name, spec)
    if taken is spec:
        return []
    message = f"the {file.kind.name} `{name}` is defined in {taken.path} already"
    place = spec.place(file.kind.key or "")
    return [
        Finding(
            "KPI018", Severity.ERROR, place, message, "delete one of the two files, or give it another name"
        )
    ]


def _of(specs: Mapping[str, SpecFile], model: type[_Spec]) -> dict[str, _Spec]:
    return {name: spec for name, spec in specs.items() if isinstance(spec, model)}


def _one(specs: Mapping[str, SpecFile], model: type[_Spec], missing: _Spec) -> _Spec:
    return next(iter(_of(specs, model).values()), missing)
