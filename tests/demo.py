"""A copy of the project in a folder of its own, and the real commands run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".uv", "build", "target", "logs", "tests", "benchmarks", "__pycache__", ".*_cache", ".hypothesis"
)


def copy_project(folder: Path) -> Path:
    """The project as it stands, in a git repository with one commit."""
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    git = ["git", "-c", "user.name=Demo", "-c", "user.email=demo@example.org", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "demo"]):
        subprocess.run([*git, *words], cwd=folder, check=True, capture_output=True)
    return folder


def commit_all(folder: Path, message: str) -> None:
    """One more commit with everything changed."""
    git = ["git", "-c", "user.name=Demo", "-c", "user.email=demo@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run([*git, "add", "-A"], cwd=folder, check=True, capture_output=True)
    subprocess.run([*git, "commit", "-q", "-m", message], cwd=folder, check=True, capture_output=True)


def kpi(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command `kpi` in a project folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KPI_")}
    command = [str(Path(sys.executable).with_name("kpi")), *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=600
    )


def run_demo(folder: Path) -> subprocess.CompletedProcess[str]:
    """What `make demo` does, without making the environment."""
    for words in (["demo-sources"], ["extract"], ["demo-history", "--unless-exists"]):
        made = kpi(folder, *words)
        assert made.returncode == 0, made.stderr
    return kpi(folder, "run", "--no-extract")
