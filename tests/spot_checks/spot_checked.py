"""A project whose spot checks are drawn, filled in and recorded by the real commands."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from kpiledger.cli import kpi
from kpiledger.errors import KpiledgerError
from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.spot_checks.standing import SpotCheckStanding, spot_checks

TABLE = "desk.ticket"


@dataclass(frozen=True)
class Place:
    """A project's root, and a folder for keys."""

    root: Path
    home: Path

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(kpi, ["--project", str(self.root), "spot-check", *words])

    def refused(self, *words: str) -> str:
        """Why the command is refused."""
        done = self.run(*words)
        assert isinstance(done.exception, KpiledgerError), done.output
        return done.exception.message

    def verified(self) -> str:
        """What `kpi verify` says."""
        return CliRunner().invoke(kpi, ["--project", str(self.root), "verify"]).output

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.root / "build/ledger", anchors=(self.root / "build/anchors",))

    @property
    def checks(self) -> tuple[SpotCheckStanding, ...]:
        return spot_checks(read_entries(self.ledger))

    def drawn(self, period: str, *words: str) -> Path:
        """Draw, and return the sheet."""
        done = self.run("draw", TABLE, "--period", period, *words)
        assert done.exit_code == 0, (done.output, done.exception)
        return self.root / "build/spot_checks" / self.checks[-1].name / "sheet.csv"

    def signer(self, person: str) -> Path:
        """The key of a person, in allowed_signers from now on."""
        key = self.home / person
        subprocess.run(["ssh-keygen", "-q", "-N", "", "-t", "ed25519", "-f", str(key)], check=True)
        signers = self.root / "metrics/approvers/allowed_signers"
        public = " ".join(key.with_suffix(".pub").read_text().split()[:2])
        before = signers.read_text() if signers.exists() else ""
        signers.write_text(f'{before}{person} namespaces="kpi-agreement" {public}\n')
        return key


def filled(sheet: Path, answer: Callable[[dict[str, str]], str]) -> Path:
    """The sheet with an answer in every line."""
    lines = lines_of(sheet)
    for line in lines:
        line["answer"] = answer(line)
    return written(sheet.with_name("mine.csv"), lines)


def lines_of(sheet: Path) -> list[dict[str, str]]:
    """The lines of a sheet, by their columns."""
    return list(csv.DictReader(io.StringIO(sheet.read_text(encoding="utf-8"))))


def written(path: Path, lines: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    return path


def right(line: dict[str, str]) -> str:
    return "right"
