"""What is wrong with a spot check: its seed, its plan, the rows that were kept, the sheet that was judged?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from kpiledger.errors import BrokenWorld
from kpiledger.ledger.anchors import SUFFIX
from kpiledger.ledger.checkpoint import CheckpointError, open_checkpoint
from kpiledger.ledger.keys import trusted_key
from kpiledger.ledger.store import Ledger
from kpiledger.spot_checks.sample import FILE, FILLED_FILE, folder_of, kept_sample
from kpiledger.spot_checks.standing import SpotCheckStanding


def doubts(check: SpotCheckStanding, ledger: Ledger, samples: Path) -> Iterator[str]:
    """Each reason not to believe a spot check, as a sentence."""
    if check.draw is None:
        return
    if not check.is_seed_right:
        yield "its seed does not follow from the ledger, so somebody may have chosen it"
    yield from _not_anchored(check, ledger)
    folder = folder_of(samples, check.name)
    if (folder / FILE).exists():
        try:
            kept_sample(folder, check)
        except BrokenWorld as problem:
            yield f"{folder / FILE}: {problem.message}"
    judged = folder / FILLED_FILE
    if check.verdict is not None and judged.exists():
        found = sha256(judged.read_bytes()).hexdigest()
        if found != check.verdict.content["sheet_hash"]:
            yield f"{judged} is not the sheet that entry {check.verdict.seq} was judged by"


def gone_files(checks: Sequence[SpotCheckStanding], samples: Path) -> list[str]:
    """The spot checks whose drawn rows are no longer there to be looked at."""
    return [one.name for one in checks if one.draw and not (folder_of(samples, one.name) / FILE).exists()]


def _not_anchored(check: SpotCheckStanding, ledger: Ledger) -> Iterator[str]:
    """The anchors that hold an older checkpoint, and not that of the plan: it was recorded where they were not reached.

    That is how a copy of a ledger looks on which somebody drew until the sample suited.
    """
    for anchor in ledger.anchors:
        sizes = [path.stem.rpartition("-")[2] for path in anchor.glob(f"*{SUFFIX}")]
        is_older = any(size.isdigit() and int(size) < check.plan.seq for size in sizes)
        if is_older and not _has_plan(anchor, check, ledger):
            yield (
                f"the checkpoint of its plan, of {check.plan.seq} entries, was never anchored in {anchor}: it may have "
                "been drawn on a copy of the ledger until the sample suited"
            )


def _has_plan(anchor: Path, check: SpotCheckStanding, ledger: Ledger) -> bool:
    key = trusted_key(ledger.keys)
    for path in anchor.glob(f"*-{check.plan.seq}{SUFFIX}"):
        try:
            checkpoint = open_checkpoint(path.read_bytes(), key)
        except CheckpointError:  # of another ledger: `anchors` of `kpi verify` tells of it
            continue
        if checkpoint.root.hex() == check.plan_root:
            return True
    return False
