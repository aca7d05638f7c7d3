"""What the tests of personal data share: a project folder with a person's own agreement, recorded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kpiledger.ledger.store import Ledger
from kpiledger.project import Project
from kpiledger.settings import Settings

PERSON, TEXT, ILL = "p1001", "Own goals of Anna Kirkegaard", "Anna was ill"
OWN_FILE = "metrics/agreements/2017/p1001.yml"
BASELINE = {
    "from": "2016-01", "to": "2016-12", "method": "mean", "value": "19514.20", "source": "erp",
    "exclude": [{"month": "2016-11", "reason": ILL}],
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A project folder whose ledger holds a person's own agreement, and its specs."""

    root: Path
    settings: Settings
    ledger: Ledger
    project: Project

    def write(self, path: str, text: str) -> Path:
        """A file of the project or of its build folder."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file


def bytes_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder: its name with its content, so that names are searched too."""
    return {
        str(path.relative_to(folder)): str(path.relative_to(folder)).encode() + b"\n" + path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
