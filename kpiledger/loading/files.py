"""Which files of a project hold specs, what each must hold by where it lies, and what lies astray."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kpiledger.finding import Finding, Position, Severity
from kpiledger.loading.signatures import PLACE
from kpiledger.nearest import suggestion
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
from kpiledger.specs.signing import APPROVALS, SIGNERS
from kpiledger.specs.waiver import Waivers
from kpiledger.vocabulary import is_name


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of spec file; `place` is where it lies, `key` the key that repeats the file's name."""

    name: str
    model: type[SpecFile]
    place: re.Pattern[str]
    written: str
    key: str | None = None
    is_optional: bool = False


def _kind(name: str, model: type[SpecFile], written: str, key: str | None = None, *, is_optional: bool = False) -> Kind:
    pattern = re.escape(written).replace("<year>", "[0-9]{4}")
    return Kind(name, model, re.compile(re.sub(r"<\w+>", "[^/]+", pattern) + r"\Z"), written, key, is_optional)


KINDS = (
    _kind("calendar", Calendar, "metrics/calendar.yml"),
    _kind("organisation", Organisation, "metrics/organisation.yml"),
    _kind("chain", Chain, "metrics/chain.yml"),
    _kind("fact", Fact, "metrics/facts/<fact>.yml", "fact"),
    _kind("kpi", Kpi, "metrics/kpis/<chain_stage>/<kpi>.yml", "kpi"),
    _kind("holder", AgreementFile, "metrics/agreements/<year>/<holder>.yml", "holder"),
    _kind("figure", OutsideFigure, "metrics/outside/<figure>.yml", "figure"),
    _kind("authority", Authority, "metrics/approvers/authority.yml", is_optional=True),
    _kind("waivers", Waivers, "metrics/waivers.yml", is_optional=True),
    _kind("objectives", ObjectiveFile, "metrics/objectives/<year>.yml", is_optional=True),
    _kind("expectations", Expectations, "expectations/<source>.yml", "source"),
)
FOLDERS = ("metrics", "expectations")
# Read by others: whose keys count and what was signed.
_OTHERS = re.compile(rf"{SIGNERS}\Z|{PLACE.pattern}")
# Windows keeps these names for devices, whatever the extension.
_DEVICES = {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}


@dataclass(frozen=True, slots=True)
class Found:
    """A spec file that was found: its path from the project's root, and the kind it must be."""

    path: str
    kind: Kind

    @property
    def name(self) -> str:
        """The name of the thing in it, by the file's name."""
        return Path(self.path).stem


def spec_files(root: Path) -> tuple[list[Found], list[Finding]]:
    """Every spec file below a project's root by path, and a finding for each file that is none."""
    found, findings = [], []
    for path in _paths(root):
        kind = next((kind for kind in KINDS if kind.place.match(path)), None)
        if (root / path).is_symlink():
            hint = "put the file itself here: a project is read from its own folder only"
            findings.append(_finding("KPI016", path, "this is a link to another file", hint))
        elif kind is None:
            findings.append(_astray(path))
        elif kind.key and (reason := _refused_name(Path(path).stem)):
            findings.append(_finding("KPI015", path, reason, "name the file as the thing in it, as gross_margin.yml"))
        else:
            found.append(Found(path, kind))
    present = {file.kind.name for file in found}
    for kind in KINDS:
        if kind.key is None and not kind.is_optional and kind.name not in present:
            hint = f"write {kind.written}; a project has one calendar, one organisation and one chain"
            findings.append(_finding("KPI017", kind.written, "the file is missing", hint))
    return found, findings


def _paths(root: Path) -> Iterator[str]:
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            relative = path.relative_to(root).as_posix()
            is_hidden = any(part.startswith(".") for part in relative.split("/"))
            is_ours = path.is_symlink() or (path.is_file() and not _OTHERS.match(relative))
            if is_ours and not is_hidden:
                yield relative


def _astray(path: str) -> Finding:
    stem, _, extension = path.rpartition(".")
    if extension in ("yaml", "YAML", "YML") and any(kind.place.match(f"{stem}.yml") for kind in KINDS):
        message = f"the file ends in .{extension}, expected .yml"
        return _finding("KPI015", path, message, f"rename it to {Path(stem).name}.yml")
    folders = {Path(kind.written).parts[1] for kind in KINDS if kind.written.startswith("metrics/")}
    part = Path(path).parts[1]
    places = [kind.written for kind in KINDS if Path(kind.written).parts[:2] == Path(path).parts[:2]]
    hint = f"it belongs to {places[0]}" if places else suggestion(part, folders, "files and folders of metrics")
    if path.startswith("expectations/"):
        hint = "it belongs to expectations/<source>.yml"
    if path.startswith(f"{APPROVALS}/"):
        hint = f"signatures lie in {APPROVALS}/<agreement>/<ordinal>.<person>.sig; `kpi approve` writes them"
    return _finding("KPI016", path, "no spec lies at this place", hint)


def _refused_name(name: str) -> str | None:
    if not is_name(name):
        return f"the file is named {name[:80]!r}, expected lower case letters, digits and single underscores"
    return f"{name!r} is a device and no file on Windows" if name in _DEVICES else None


def _finding(rule: str, path: str, message: str, hint: str) -> Finding:
    shown = "".join(character if character.isprintable() else "?" for character in path)
    return Finding(rule, Severity.ERROR, Position(shown, 1, 1), message, hint)
