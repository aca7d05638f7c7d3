"""Is what was frozen still there, byte for byte as the ledger says?

Every close is looked at, also one that was reopened: what was closed then stays readable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kpiledger.closing.places import EXTRACTS, folder_of
from kpiledger.closing.standing import Close
from kpiledger.errors import BrokenWorld, RunStopped
from kpiledger.file_hash import file_hash
from kpiledger.ledger.entry import Entry


@dataclass(frozen=True, slots=True)
class Fault:
    """A file of a close that is not as it was recorded."""

    entry: Entry
    path: Path
    message: str


def faults(closes: Path, found: Iterable[Close], *, with_extracts: bool) -> Iterator[Fault]:
    """Files that are missing or changed; each is read once, however many closes have a link to it."""
    seen: dict[tuple[int, int], str] = {}
    for close in found:
        for entry in (close.entry, *close.restatements):
            for name, digest in sorted(entry.content["files"].items()):
                if with_extracts or EXTRACTS not in Path(name).parts:
                    yield from _fault(entry, folder_of(closes, close) / name, digest, seen)


def require_unchanged(closes: Path, found: Iterable[Close]) -> None:
    """RunStopped with every file that is not as it was recorded; extracts are left to `kpi verify`."""
    told = [f"  {fault.message}" for fault in faults(closes, found, with_extracts=False)]
    if told:
        raise RunStopped(
            "what was frozen when periods were closed is not as the ledger says:\n" + "\n".join(told),
            f"bring {closes} back from its copy; a closed figure is never made again",
        )


def sound_file(closes: Path, close: Close, name: str) -> Path | None:
    """A file of a close, byte for byte as the ledger says; None where the ledger names no such file of it.

    BrokenWorld where it is missing or changed: no figure is told from it then.
    """
    path = folder_of(closes, close) / name
    for entry in (close.entry, *close.restatements):
        digest = entry.content["files"].get(name)
        if digest is not None:
            for fault in _fault(entry, path, digest, {}):
                raise BrokenWorld(fault.message, f"bring {path} back from a copy; `kpi verify` names every such file")
            return path
    return None


def _fault(entry: Entry, path: Path, digest: str, seen: dict[tuple[int, int], str]) -> Iterator[Fault]:
    close = f"the close {entry.content['period']}/{entry.content['ordinal']}"
    try:
        stat = path.stat()
        place = stat.st_dev, stat.st_ino
        if place not in seen:
            seen[place] = file_hash(path)
    except OSError as problem:
        yield Fault(entry, path, f"{path} of {close} cannot be read: {problem.strerror}")
        return
    if seen[place] != digest:
        yield Fault(entry, path, f"{path} of {close} was changed: recorded {digest}, found {seen[place]}")
