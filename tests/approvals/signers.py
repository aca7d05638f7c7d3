"""People with real SSH keys, and a small company whose agreements they approve."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from kpiledger.checking import check_folder
from kpiledger.project import Project

BASE = Path(__file__).parents[1] / "findings" / "base"
WEST = "metrics/agreements/2017/sales_west.yml"
AUTHORITY = """\
required_from: 2017-01-01
authorities:
  - role: cfo
    units: [company]
appointments:
  - role: cfo
    person: p1001
    valid_from: 2017-01-01
"""
PEOPLE = """\
people:
  p1001: [cfo]
  p1002: [finance_controller]
  p1003: [cfo, finance_controller]
  p1007: [head_of_sales]
"""


@dataclass(frozen=True)
class Keys:
    """A folder of private keys, by name."""

    folder: Path

    def make(self, name: str, *words: str) -> Path:
        """The private key of a name, made with the words that ssh-keygen is given; Ed25519 without any."""
        path = self.folder / name
        if not path.exists():
            asked = words or ("-t", "ed25519")
            subprocess.run(["ssh-keygen", "-q", "-N", "", "-C", "a comment", *asked, "-f", str(path)], check=True)
        return path

    def line(self, name: str, person: str, days: str = "") -> str:
        """The line of allowed_signers for a key."""
        public = public_key(self.make(name))
        return f'{person} namespaces="kpi-agreement"{days} {public}\n'


def public_key(key: Path) -> str:
    return " ".join(key.with_name(f"{key.name}.pub").read_text().split()[:2])


def small_company(folder: Path, *lines: str) -> Path:
    """The base project of the findings, with a policy from 2017 on and the lines given as its allowed_signers."""
    shutil.copytree(BASE, folder)
    organisation = folder / "metrics/organisation.yml"
    text = organisation.read_text()
    organisation.write_text(text[: text.index("people:")] + PEOPLE)
    approvers = folder / "metrics/approvers"
    approvers.mkdir()
    (approvers / "authority.yml").write_text(AUTHORITY)
    (approvers / "allowed_signers").write_text("".join(lines))
    (folder / "kpiledger.yml").write_text("build: build\n")
    return folder


def found_in(folder: Path) -> tuple[Project, list[tuple[str, str]]]:
    """The project and the rule and message of each finding."""
    project, findings = check_folder(folder)
    assert project is not None
    return project, [(finding.rule, finding.message) for finding in findings]


def ssh_verifies(
    folder: Path, person: str, signature: Path, content: bytes, moment: str, *, to: str = "kpi-agreement"
) -> bool:
    """Whether `ssh-keygen -Y verify`, which knows nothing of us, accepts a signature."""
    signers = folder / "metrics/approvers/allowed_signers"
    words = [
        "-Y",
        "verify",
        "-f",
        str(signers),
        "-I",
        person,
        "-n",
        to,
        f"-Overify-time={moment}",
        "-s",
        str(signature),
    ]
    done = subprocess.run(["ssh-keygen", *words], input=content, capture_output=True, check=False)
    return done.returncode == 0
