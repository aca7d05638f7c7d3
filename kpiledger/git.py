"""Which git commit does a file come from, and does it still say what that commit says?

A project need not be in git, and git need not be installed: then nothing is committed.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# A status of a large repository on a slow disk takes seconds; beyond this, something hangs.
_PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Origin:
    """The last commit that touched some files; none if they differ from it or there is no git."""

    commit: str | None

    @property
    def uncommitted(self) -> bool:
        """Whether no commit holds the files as they are."""
        return self.commit is None


@dataclass(frozen=True, slots=True)
class GitSaid:
    """What a git command answered: its output, or why there is none."""

    output: bytes
    refusal: str | None

    @property
    def text(self) -> str | None:
        """The output as text without line ends around it; None where git refused."""
        return None if self.refusal is not None else self.output.decode(errors="replace").strip()


def origin_of(root: Path, paths: Sequence[str]) -> Origin:
    """The last commit that touched any of some files (relative to `root`), if all are as in HEAD."""
    changed = _text(root, "status", "--porcelain", "--untracked-files=all", "--ignored", "--", *paths)
    if changed is None or changed:
        return Origin(None)
    if not all(_text(root, "ls-files", "--", path) for path in paths):
        return Origin(None)
    return Origin(_text(root, "log", "-1", "--format=%H", "--", *paths) or None)


def head_commit(root: Path) -> str | None:
    """The commit that the project is at; None outside of git."""
    return _text(root, "rev-parse", "--verify", "--quiet", "HEAD") or None


def ask_git(root: Path, *words: str, given: bytes = b"") -> GitSaid:
    """What git says in a folder; `given` is its standard input."""
    try:
        done = subprocess.run(
            git_command(root, *words),
            input=given,
            capture_output=True,
            env=git_environment(),
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except OSError as problem:
        return GitSaid(b"", f"git cannot be started: {problem.strerror}")
    except subprocess.TimeoutExpired:
        return GitSaid(b"", f"git did not answer within {_PATIENCE_SECONDS} seconds")
    if done.returncode == 0:
        return GitSaid(done.stdout, None)
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return GitSaid(done.stdout, said[0] if said else f"git {words[0]} ended with {done.returncode}")


def git_command(root: Path, *words: str) -> list[str]:
    """The words of a git command that runs in a folder and takes every path as it is written."""
    return ["git", "--literal-pathspecs", "-C", str(root), *words]


def git_environment() -> Mapping[str, str]:
    """The environment for git: the project's own repository, as it is, in English and without the network."""
    # A hook's own GIT_DIR would point git at another repository than the project's.
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    # A replaced object would show another content under the recorded commit's name.
    return {**kept, "GIT_NO_REPLACE_OBJECTS": "1", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}


def _text(root: Path, *words: str) -> str | None:
    """What git says, None where it is missing, refuses, or there is no repository."""
    return ask_git(root, *words).text
