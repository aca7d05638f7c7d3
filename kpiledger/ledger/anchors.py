"""Where are checkpoints kept that the ledger's own account cannot put back, and what lies there?

An anchor is a folder, best on another machine or medium: each new checkpoint is copied there once, as
`<last part of the origin>-<size>.checkpoint`, and never replaced. A ledger that was rolled back or
forked does not hold what was anchored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.ledger.checkpoint import Checkpoint, CheckpointError, VerifierKey, open_checkpoint
from kpiledger.ledger.durable import read_from, replace_file

SUFFIX = ".checkpoint"


@dataclass(frozen=True, slots=True)
class Anchored:
    """A checkpoint file in an anchor; its bytes are not looked at yet."""

    path: Path
    note: bytes


def require_none_before(anchors: Sequence[Path], place: str) -> None:
    """Where checkpoints are anchored there was a ledger: a missing one is never begun anew silently."""
    for anchor in anchors:
        if anchored_in(anchor):
            raise BrokenWorld(
                f"there is no ledger in {place}, but checkpoints of one are anchored in {anchor}",
                "bring it back from its copy; to begin a new history on purpose, give it an anchor of its own",
            )


def require_no_fork(anchors: Sequence[Path], checkpoint: Checkpoint, note: bytes) -> None:
    """LedgerDamaged if an anchor has another checkpoint of this size: the ledger was rolled back since."""
    for anchor in anchors:
        path = anchor / _name(checkpoint)
        try:
            held = read_from(path)
        except OSError as problem:
            raise _unreachable(anchor, problem) from problem
        if held is not None and held != note:
            raise LedgerDamaged(
                f"{path} is another checkpoint of {checkpoint.size} entries: the ledger was rolled back after it",
                "run `kpi verify`, then restore the ledger from a copy; do not remove the anchor",
            )


def require_not_ahead(anchors: Sequence[Path], checkpoint: Checkpoint, key: VerifierKey) -> None:
    """LedgerDamaged if an anchor has a checkpoint of more entries, signed by the ledger's key: it was rolled back."""
    named = re.compile(rf"{re.escape(_stem(checkpoint))}-(?P<size>[0-9]+){re.escape(SUFFIX)}")
    for anchor in anchors:
        try:
            found = [(path, named.fullmatch(path.name)) for path in (anchor.iterdir() if anchor.exists() else ())]
            larger = sorted(path for path, name in found if name and int(name["size"]) > checkpoint.size)
            ahead = next((path for path in larger if _is_signed(path.read_bytes(), key)), None)
        except OSError as problem:
            raise _unreachable(anchor, problem) from problem
        if ahead:
            raise LedgerDamaged(
                f"{ahead} is of more entries than the {checkpoint.size} of the ledger: it was rolled back",
                "run `kpi verify`, then restore the ledger from a copy; do not remove the anchor",
            )


def keep_anchored(anchors: Sequence[Path], checkpoint: Checkpoint, note: bytes) -> None:
    """Copy a checkpoint to every anchor that has it not."""
    for anchor in anchors:
        path = anchor / _name(checkpoint)
        try:
            if not path.exists():
                anchor.mkdir(parents=True, exist_ok=True)
                replace_file(path, note, mode=0o444)
        except OSError as problem:
            raise _unreachable(anchor, problem) from problem


def anchored_in(anchor: Path) -> list[Anchored]:
    """The checkpoints in an anchor by their names; a folder that was not made yet has none."""
    try:
        paths = sorted(path for path in anchor.glob(f"*{SUFFIX}") if path.is_file())
        return [Anchored(path, path.read_bytes()) for path in paths]
    except OSError as problem:
        raise _unreachable(anchor, problem) from problem


def _name(checkpoint: Checkpoint) -> str:
    return f"{_stem(checkpoint)}-{checkpoint.size}{SUFFIX}"


def _stem(checkpoint: Checkpoint) -> str:
    return checkpoint.origin.rpartition("/")[2]


def _is_signed(note: bytes, key: VerifierKey) -> bool:
    """What somebody else laid there does not keep a ledger from being written."""
    try:
        open_checkpoint(note, key)
    except CheckpointError:
        return False
    return True


def _unreachable(anchor: Path, problem: OSError) -> BrokenWorld:
    return BrokenWorld(
        f"the checkpoint cannot be anchored in {anchor}: {problem}",
        "make the folder reachable or take it out of `anchors`; what was recorded stays recorded",
    )
