"""One run at a time: a run claims the build folder from its first step to its last.

The claim is an operating-system lock on a file, so it goes with the process however that ends.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from kpiledger.errors import BusyError

_held: dict[Path, tuple[str, int]] = {}  # an flock lives in the process, so its record does too


def claim(folder: Path, run_id: str) -> None:
    """Claim a build folder for a run; claiming it again for the same run is fine."""
    folder = folder.resolve()
    holder, _ = _held.get(folder, (run_id, -1))
    if holder != run_id:
        raise _busy(holder)
    if folder in _held:
        return
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        other = os.pread(handle, 200, 0).decode(errors="replace").strip()
        os.close(handle)
        raise _busy(other or "unknown") from problem
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, run_id.encode(), 0)
    except OSError:  # a full disk must not leave the lock with a process that goes on
        os.close(handle)
        raise
    _held[folder] = (run_id, handle)


def release(folder: Path) -> None:
    """Let go of a build folder; of one that is not held there is nothing to let go."""
    _, handle = _held.pop(folder.resolve(), ("", -1))
    if handle >= 0:
        os.close(handle)


def holder_of(folder: Path) -> str | None:
    """The run that claims a build folder right now, in whatever process; None if nobody does."""
    try:
        handle = os.open(folder / "lock", os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(handle, 200, 0).decode(errors="replace").strip() or "unknown"
    finally:
        os.close(handle)
    return None


def _busy(other: str) -> BusyError:
    return BusyError(f"run {other} is building this project", "wait until it has ended; a killed run lets go by itself")
