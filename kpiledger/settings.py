"""Where generated things lie: `kpiledger.yml`, overridden by the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kpiledger.compiling.dialects import Dialect
from kpiledger.errors import WrongUse

FILE = "kpiledger.yml"


class SettingsFile(BaseModel):
    """The settings file: folders relative to the project's root."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    build: str = "build"
    """The folder of everything a run makes: warehouse, pages, journal, publications. `KPI_BUILD` in the environment
    overrides it.
    """
    ledger: str = "build/ledger"
    """The folder of the ledger. In production it lies where the pipeline may append and nobody may rewrite.
    `KPI_LEDGER` in the environment overrides it.
    """
    dialect: Dialect = Dialect.DUCKDB
    """The warehouse whose SQL `kpi compile` writes: `duckdb`, `postgres` or `spark`. `kpi run` builds and publishes
    DuckDB only. `KPI_DIALECT` in the environment overrides it.
    """
    keep_publications: int = Field(default=3, ge=0)
    """How many earlier publications stay beside the current one. 0 keeps none, so a reader who has the old one open
    loses it.
    """


@dataclass(frozen=True, slots=True)
class Settings:
    """The project's root and the places of everything that is made from it."""

    root: Path
    build: Path
    ledger: Path
    keep_publications: int
    dialect: Dialect

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
            f"{FILE} cannot be read: {_told(problem)}", "its keys are build, ledger, keep_publications, dialect"
        ) from problem
    return Settings(
        root=root,
        build=root / environ.get("KPI_BUILD", written.build),
        ledger=root / environ.get("KPI_LEDGER", written.ledger),
        keep_publications=written.keep_publications,
        dialect=_dialect(environ.get("KPI_DIALECT", written.dialect)),
    )


def _dialect(text: str) -> Dialect:
    if text not in set(Dialect):
        raise WrongUse(f"KPI_DIALECT is {text!r}", f"it is one of {', '.join(Dialect)}")
    return Dialect(text)


def _told(problem: Exception) -> str:
    """What is wrong with the settings file, in a line."""
    if isinstance(problem, ValidationError):
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg'].lower()}" for one in problem.errors())
    return " ".join(str(problem).split())
