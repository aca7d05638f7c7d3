"""Where are checkpoints kept that the ledger's own account cannot put back, and what lies there?

An anchor is a folder, best on another machine or medium: each new checkpoint is copied there once, as
`<last part of the origin>-<size>.checkpoint`, and never replaced. A ledger that was rolled back or
forked does not hold what was anchored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.ledger.checkpoint import Checkpoint
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
    return f"{checkpoint.origin.rpartition('/')[2]}-{checkpoint.size}{SUFFIX}"


def _unreachable(anchor: Path, problem: OSError) -> BrokenWorld:
    return BrokenWorld(
        f"the checkpoint cannot be anchored in {anchor}: {problem}",
        "make the folder reachable or take it out of `anchors`; what was recorded stays recorded",
    )
