"""How do bytes get onto the disk so that a power cut leaves all of them or none, and only one writes?"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kpiledger.errors import BrokenWorld, BusyError

# An append takes some 20 ms; whoever waits longer than this waits for a process that hangs.
LOCK_PATIENCE_SECONDS = 60.0
_LOCK_PAUSE_SECONDS = 0.005


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_from(path: Path, offset: int = 0) -> bytes | None:
    """The bytes of a file from an offset on; None if there is no such file."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read()
    except FileNotFoundError:
        return None


def size_of(path: Path) -> int:
    """The bytes that a file has; 0 if there is no such file."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def replace_file(path: Path, content: bytes, mode: int = 0o644, is_durable: bool = True) -> None:
    """Write a whole file: a temporary file beside it, fsync, rename; whoever reads sees the old or the new one."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    _write(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), content, is_durable)
    beside.replace(path)
    if is_durable:
        sync_folder(path.parent)


def append_to_file(path: Path, content: bytes) -> None:
    """Add bytes at the end of a file and fsync."""
    _write(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), content)


def cut_file(path: Path, length: int) -> None:
    """Shorten a file and fsync."""
    handle = os.open(path, os.O_WRONLY)
    try:
        os.ftruncate(handle, length)
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(handle: int, content: bytes, is_durable: bool = True) -> None:
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        if is_durable:
            os.fsync(file.fileno())


@contextmanager
def locked(path: Path, shared: bool = False, patience: float = LOCK_PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the lock file, alone or with other readers; the system lets go of it when a process dies."""
    try:
        handle = os.open(path, os.O_RDONLY if shared else os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as problem:
        raise BrokenWorld(
            f"the lock file {path} cannot be opened: {problem.strerror}",
            "check that the folder exists and that this account may write to it",
        ) from problem
    try:
        _wait(handle, path, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, patience)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, path: Path, kind: int, patience: float) -> None:
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
            return
        except BlockingIOError as problem:
            if time.monotonic() >= until:
                raise BusyError(
                    f"another process has held {path} for {patience:.0f} seconds",
                    "wait until the other run has ended, or end it; the lock goes with the process",
                ) from problem
            time.sleep(_LOCK_PAUSE_SECONDS)
