"""Was it a full disk that ended a command? Then that is said first, with the disk, instead of whatever broke by it.

The system says so with an error number, DuckDB and SQLite only in words, and dbt in the message of a model.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from kpiledger.errors import BrokenWorld

_FULL = (errno.ENOSPC, errno.EDQUOT)
_WORDS = (*map(os.strerror, _FULL), "database or disk is full")
_HINT = "free some room, then run again: nothing is published by halves, and what was recorded stays recorded"


def full_disk(problem: BaseException, folders: Iterable[Path]) -> BrokenWorld | None:
    """The same problem as one of a full disk, None where it is another; `folders` are those that are written to."""
    said = next((text for one in _behind(problem) if (text := _said(one))), None)
    if said is None:
        return None
    fullest = min((*_there(folders), Path(tempfile.gettempdir())), key=lambda folder: shutil.disk_usage(folder).free)
    free = shutil.disk_usage(fullest).free // 1024
    return BrokenWorld(f"the disk is full: {said}\n  the fullest is that of {fullest}, with {free:,} kB free", _HINT)


def _behind(problem: BaseException | None) -> Iterator[BaseException]:
    """A problem and what it came of, each once: one that was raised again from its own effect leads back to itself."""
    seen: set[int] = set()
    while problem is not None and id(problem) not in seen:
        seen.add(id(problem))
        yield problem
        problem = problem.__cause__ or problem.__context__


def _said(problem: BaseException) -> str | None:
    """The line that tells of the full disk."""
    lines = [" ".join(line.split()) for line in str(problem).splitlines()]
    if isinstance(problem, OSError) and problem.errno in _FULL:
        return lines[0]
    return next((line for line in lines if any(words in line for words in _WORDS)), None)


def _there(folders: Iterable[Path]) -> Iterator[Path]:
    """The folders, or what they will be made in."""
    for folder in folders:
        yield next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
