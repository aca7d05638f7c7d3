"""Question 23: does the whole ledger hold, from its bytes alone; and where is each of its checkpoints kept?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.errors import LedgerDamaged
from kpiledger.ledger.anchored import emptied
from kpiledger.ledger.anchors import anchored_in
from kpiledger.ledger.beginnings import open_all, order_problems
from kpiledger.ledger.checkpoint import Checkpoint, CheckpointError, VerifierKey, open_checkpoint
from kpiledger.ledger.entry import EntryError, decode_entry
from kpiledger.ledger.integrity import examine_entries
from kpiledger.ledger.keys import trusted_key
from kpiledger.ledger.merkle import leaf_hash, peaks_at, root_of_peaks
from kpiledger.ledger.storage import LEAF_LINE

Row = tuple[object, ...]
At = tuple[int, bytes]  # size and root: what a checkpoint says
COLUMNS = ("tree_size", "recorded_at", "root", "is_beginning", "kept_by_ledger", "anchored_in")


@dataclass(slots=True)
class Kept:
    """A signed checkpoint and the places that have it."""

    checkpoint: Checkpoint
    in_ledger: bool
    anchors: list[str]


def answer(asked: Asked) -> Answer:
    """A row for each checkpoint that was ever signed and is kept anywhere."""
    key, stored = trusted_key(asked.ledger.keys), asked.ledger.storage.everything()
    try:
        newest = open_checkpoint(stored.checkpoint, key)
    except CheckpointError as problem:
        raise LedgerDamaged(f"checkpoint: {problem}", "run `kpi verify`") from problem
    history, unopened = open_all(stored.checkpoints or stored.checkpoint, key)
    kept = {(one.checkpoint.size, one.checkpoint.root): Kept(one.checkpoint, True, []) for one in history}
    problems = [str(problem) for problem in (*unopened, *order_problems(history, newest))]
    problems += _anchored(asked, key, kept)
    problems += emptied(asked.ledger.directory, asked.ledger.anchors)
    lines = stored.entries.split(b"\n")[:-1][: newest.size]
    found, holds = _held(newest, lines, stored.leaves[: newest.size * LEAF_LINE], kept)
    problems += [*found, *_not_beginnings(kept, holds)]
    anchored = sum(bool(one.anchors) for one in kept.values())
    verdict = "holds" if not problems else f"does not hold: {len(problems)} problems"
    return Answer(
        COLUMNS,
        [_row(one, holds[at], lines) for at, one in sorted(kept.items())],
        (f"the ledger {verdict}: {newest.size} entries, {len(kept)} checkpoints, {anchored} of them anchored",),
        (*problems, *_notes(asked, newest, kept)),
        holds=not problems,
        facts={"tree size": newest.size, "tree root": newest.root.hex(), "signed by": str(key)},
    )


def _held(
    newest: Checkpoint, lines: Sequence[bytes], leaves: bytes, kept: Mapping[At, Kept]
) -> tuple[list[str], Mapping[At, bool]]:
    """What is wrong with entries and leaves, and which checkpoints are a beginning of them: the tree is made once."""
    hashes = [leaf_hash(line) for line in lines]
    sizes = [size for size, _ in kept if size <= len(hashes)]
    peaks = peaks_at(hashes, [*sizes, newest.size])
    holds = {at: at[0] in peaks and root_of_peaks(peaks[at[0]]) == at[1] for at in kept}
    if root_of_peaks(peaks[newest.size]) == newest.root and leaves == _leaf_lines(hashes):
        return [], holds
    return [str(problem) for problem in examine_entries(newest, lines, leaves).problems], holds


def _anchored(asked: Asked, key: VerifierKey, kept: dict[At, Kept]) -> Iterator[str]:
    """Note where each checkpoint is anchored; what is no checkpoint of this ledger is a problem."""
    for anchor in asked.ledger.anchors:
        place = _shown(anchor, asked.settings.root)
        for found in anchored_in(anchor):
            try:
                checkpoint = open_checkpoint(found.note, key)
            except CheckpointError as problem:
                yield f"{_shown(found.path, asked.settings.root)}: {problem}"
                continue
            at = (checkpoint.size, checkpoint.root)
            kept.setdefault(at, Kept(checkpoint, False, [])).anchors.append(place)


def _not_beginnings(kept: dict[At, Kept], holds: Mapping[At, bool]) -> Iterator[str]:
    for at, one in sorted(kept.items()):
        if not holds[at]:
            where = ", ".join([*(["the ledger"] if one.in_ledger else []), *one.anchors])
            yield f"the checkpoint of {one.checkpoint.size} entries in {where} is no beginning of this ledger"


def _notes(asked: Asked, newest: Checkpoint, kept: dict[At, Kept]) -> Iterator[str]:
    last = kept.get((newest.size, newest.root))
    if not asked.ledger.anchors:
        yield "No anchors are set: nothing would show that an older ledger was put back."
    elif last is None or not last.anchors:
        yield "The newest checkpoint is anchored nowhere: what came after the last anchored one is the ledger's word."
    yield "Without us: sh tools/verify-ledger.sh FOLDER [VKEY [CHECKPOINT...]]; `kpi evidence bundle` has both."
    yield "`kpi verify` also reads every entry, and holds files, tables and approvals against the ledger."


def _row(one: Kept, is_beginning: bool, lines: Sequence[bytes]) -> Row:
    size = one.checkpoint.size
    return (size, _moment(lines, size), one.checkpoint.root.hex(), is_beginning, one.in_ledger, one.anchors)


def _moment(lines: Sequence[bytes], size: int) -> object:
    """When the last entry under a checkpoint was recorded."""
    try:
        return decode_entry(lines[size - 1]).recorded_at if 0 < size <= len(lines) else None
    except EntryError:
        return None


def _leaf_lines(hashes: Sequence[bytes]) -> bytes:
    return "".join(f"{hashed.hex()}\n" for hashed in hashes).encode()


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


QUESTION = Question(23, "Does the whole ledger hold, and where is each checkpoint kept", answer)
