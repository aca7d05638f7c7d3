"""A small project in a git repository of its own, and what people do to its history."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kpiledger.git_check import GitReport, check_git
from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.loading.load import load_project
from kpiledger.recording import record

BASE = Path(__file__).parents[1] / "findings" / "base"
WEST = "metrics/agreements/2017/sales_west.yml"
REVENUE = "metrics/kpis/order/revenue.yml"
NOW = datetime(2018, 1, 1, tzinfo=UTC)
_PERSON = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


@dataclass(frozen=True)
class Repository:
    """A git repository, the project in it, and the project's ledger beside it."""

    top: Path
    project: Path
    ledger: Ledger

    def git(self, *words: str) -> str:
        """What git answers; it must answer."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        environment = {**kept, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        command = ["git", *_PERSON, "-c", "protocol.file.allow=always", *words]
        done = subprocess.run(command, cwd=self.top, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, message: str = "as discussed", *words: str) -> str:
        """Commit everything; the id of the commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message, *words)
        return self.head

    @property
    def head(self) -> str:
        """The commit that the branch is at."""
        return self.git("rev-parse", "HEAD")

    def swap(self, path: str, old: str, new: str) -> None:
        """Write one text for another in a file of the project."""
        file = self.project / path
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def add(self, path: str, text: str) -> None:
        """Add lines to a file of the project."""
        with (self.project / path).open("a", encoding="utf-8") as file:
            file.write(text)

    def record(self) -> None:
        """Record what the files say now."""
        project, findings = load_project(self.project)
        assert project is not None
        assert findings == []
        record(project, self.project, self.ledger, lambda: NOW)

    def check(self, project: Path | None = None) -> GitReport:
        """Hold the ledger against git."""
        return check_git(project or self.project, self.ledger, read_entries(self.ledger))


def repository(folder: Path, inside: str = "") -> Repository:
    """A committed project, at the top of the repository or in a folder inside."""
    top = folder / "repository"
    made = Repository(top, top / inside, Ledger(folder / "ledger"))
    shutil.copytree(BASE, made.project)
    made.git("init", "-q", "-b", "main")
    made.commit("the project begins")
    return made


def states(report: GitReport, keys: Sequence[str] = ()) -> dict[str, str]:
    """How entries stand, by key."""
    return {one.key: one.state.value for one in report.findings if not keys or one.key in keys}


def said(report: GitReport, key: str) -> str:
    """What is said of an entry."""
    (found,) = [one.message for one in report.findings if one.key == key]
    return found
