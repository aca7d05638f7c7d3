"""Where generated things lie: `kpiledger.yml`, overridden by the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kpiledger.compiling.dialects import Dialect
from kpiledger.errors import WrongUse
from kpiledger.specs.formula import LengthField
from kpiledger.stretches import Length

FILE = "kpiledger.yml"


class Retained(StrEnum):
    """What is kept about people, each for its own length of time."""

    TEXTS_ABOUT_PEOPLE = "texts_about_people"
    """Reasons and other words in a person's own agreements."""
    SIGNATURES = "signatures"
    """Signatures and keys of people; approvals stay, and can no longer be checked."""
    PEOPLE = "people"
    """The ids of people, and with them everything else about them."""


class SettingsFile(BaseModel):
    """The settings file: folders relative to the project's root."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    build: str = "build"
    """The folder of everything a run makes: warehouse, pages, journal, publications. `KPI_BUILD` in the environment
    overrides it.
    """
    ledger: str = "build/ledger"
    """The folder of the ledger. In production it lies where the pipeline may append and nobody may rewrite.
    `KPI_LEDGER` in the environment overrides it. With `KPI_LEDGER_URL` in the environment the entries lie in
    PostgreSQL, and only keys and personal values here.
    """
    anchors: list[str] = ["build/anchors"]
    """The folders that each new checkpoint of the ledger is copied to, and that `kpi verify` holds the ledger against.
    In production at least one lies where the pipeline's account cannot rewrite: then a ledger that was forked or rolled
    back is found. A folder is of one ledger. `KPI_ANCHORS` in the environment overrides it, several folders separated
    by `:`; with `KPI_LEDGER` alone it is that folder with `-anchors` behind its name.
    """
    closes: str = "build/closes"
    """The folder of what was frozen when periods were closed. It is history like the ledger: no run can make it again,
    and `make clean` leaves it. `KPI_CLOSES` in the environment overrides it.
    """
    dialect: Dialect = Dialect.DUCKDB
    """The warehouse whose SQL `kpi compile` writes: `duckdb`, `postgres` or `spark`. `kpi run` builds and publishes
    DuckDB only. `KPI_DIALECT` in the environment overrides it.
    """
    keep_extracts: int = Field(default=3, ge=0)
    """How many earlier extracts of each table stay beside the newest. Publications and closes keep those that they were
    made from.
    """
    keep_publications: int = Field(default=3, ge=0)
    """How many earlier publications stay beside the current one. 0 keeps none, so a reader who has the old one open
    loses it.
    """
    retention: dict[Retained, LengthField] = {}
    """How long what is about people is kept after the agreement it belongs to has ended, as
    `{texts_about_people: 5 years, people: 10 years}`. `kpi retention` lists what is due, and erases it with
    `--apply`. Without a length, it is kept until it is erased.
    """
    notice: LengthField | None = None
    """How long before they count a person must be told of the KPIs they are held to, as `6 weeks`. Without it,
    questions about it show the days and judge nothing.
    """
    new_approver_days: int = Field(default=14, ge=0)
    """For how many days a recorded key, or right to approve, is new: question 6 shows each approval that rests on one.
    Two weeks, so that somebody who is away for one still sees who was let in.
    """


@dataclass(frozen=True, slots=True)
class Settings:
    """The project's root and the places of everything that is made from it."""

    root: Path
    build: Path
    ledger: Path
    anchors: tuple[Path, ...]
    keep_publications: int
    dialect: Dialect
    closes: Path
    retention: Mapping[Retained, Length] = field(default_factory=dict)
    notice: Length | None = None
    new_approver_days: int = 14
    keep_extracts: int = 3

    @property
    def written(self) -> tuple[Path, ...]:
        """The folders that commands write to; each may be on a disk of its own."""
        return (self.root, self.build, self.ledger, self.closes)

    @property
    def extracts(self) -> Path:
        """The extracts of the source systems, with their manifests."""
        return self.build / "extracts"

    @property
    def warehouse(self) -> Path:
        """The published warehouse: a link into the current publication."""
        return self.build / "warehouse.duckdb"

    @property
    def pages(self) -> Path:
        """The published pages: a link into the current publication."""
        return self.build / "pages"

    @property
    def sources(self) -> Path:
        """The demo's source systems."""
        return self.build / "sources"

    @property
    def next(self) -> Path:
        """Where a run builds, aside from what readers see."""
        return self.build / "next"

    @property
    def publications(self) -> Path:
        """One folder for each publication that is kept."""
        return self.build / "publications"

    @property
    def current(self) -> Path:
        """The link that names the publication readers see."""
        return self.build / "current"

    @property
    def spot_checks(self) -> Path:
        """The samples drawn by spot checks, and their sheets."""
        return self.build / "spot_checks"

    @property
    def issues(self) -> Path:
        """The register of registration issues: since when each is open, and when it was fixed."""
        return self.build / "issues.parquet"

    @property
    def stopped(self) -> Path:
        """The pages of runs that the checks stopped: one folder a run."""
        return self.build / "stopped"

    @property
    def runs(self) -> Path:
        """The journal: one file a run."""
        return self.build / "runs"


def load_settings(root: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of the project in `root`; a folder that is no project is wrong use."""
    path = root / FILE
    environ = {name: value for name, value in environ.items() if value}  # an empty variable says nothing
    if not path.exists():
        raise WrongUse(
            f"{root} is no kpiledger project: it has no {FILE}",
            "change to the project's folder, or name it with --project",
        )
    try:
        written = SettingsFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (yaml.YAMLError, UnicodeDecodeError, ValidationError) as problem:
        raise WrongUse(
            f"{FILE} cannot be read: {_told(problem)}", f"its keys are {', '.join(SettingsFile.model_fields)}"
        ) from problem
    build = root / environ.get("KPI_BUILD", written.build)
    if root.resolve().is_relative_to(build.resolve()):
        raise WrongUse(
            f"the build folder {build} holds the project itself, and what lies in it is removed to be made anew",
            f"name a folder of its own, as `build: build` in {FILE} or in KPI_BUILD",
        )
    return Settings(
        root=root,
        build=build,
        ledger=root / environ.get("KPI_LEDGER", written.ledger),
        anchors=tuple(root / folder for folder in _anchors(written.anchors, environ)),
        keep_extracts=written.keep_extracts,
        keep_publications=written.keep_publications,
        dialect=_dialect(environ.get("KPI_DIALECT", written.dialect)),
        closes=_closes(root, build, written.closes, environ),
        retention=written.retention,
        notice=written.notice,
        new_approver_days=written.new_approver_days,
    )


def _anchors(written: list[str], environ: Mapping[str, str]) -> list[str]:
    """The folders to anchor in; another ledger than the settings' has its own, or each would refute the other."""
    if "KPI_ANCHORS" in environ:
        return [folder for folder in environ["KPI_ANCHORS"].split(os.pathsep) if folder]
    return [f"{environ['KPI_LEDGER']}-anchors"] if "KPI_LEDGER" in environ else written


def _closes(root: Path, build: Path, written: str, environ: Mapping[str, str]) -> Path:
    """The folder of closes; with another build folder than the settings' it lies there, unless it is named too."""
    if "KPI_CLOSES" in environ:
        return root / environ["KPI_CLOSES"]
    return build / "closes" if "KPI_BUILD" in environ else root / written


def _dialect(text: str) -> Dialect:
    if text not in set(Dialect):
        raise WrongUse(f"KPI_DIALECT is {text!r}", f"it is one of {', '.join(Dialect)}")
    return Dialect(text)


def _told(problem: Exception) -> str:
    """What is wrong with the settings file, in a line."""
    if isinstance(problem, ValidationError):
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg'].lower()}" for one in problem.errors())
    return " ".join(str(problem).split())
