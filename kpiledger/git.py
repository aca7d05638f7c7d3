"""Which git commit does a file come from, and does it still say what that commit says?

A project need not be in git, and git need not be installed: then nothing is committed.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
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


def origin_of(root: Path, paths: Sequence[str]) -> Origin:
    """The last commit that touched any of some files (relative to `root`), if all are as in HEAD."""
    changed = _git(root, "status", "--porcelain", "--untracked-files=all", "--ignored", "--", *paths)
    if changed is None or changed:
        return Origin(None)
    if not all(_git(root, "ls-files", "--", path) for path in paths):
        return Origin(None)
    return Origin(_git(root, "log", "-1", "--format=%H", "--", *paths) or None)


def head_commit(root: Path) -> str | None:
    """The commit that the project is at; None outside of git."""
    return _git(root, "rev-parse", "HEAD") or None


def _git(root: Path, *words: str) -> str | None:
    """What git says, None where it is missing, refuses, or there is no repository."""
    # A hook's own GIT_DIR would point git at another repository than the project's.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", "--literal-pathspecs", "-C", str(root), *words],
            capture_output=True,
            env=environment,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else None
