"""Question 23: does the whole ledger hold, from its bytes alone; and where is each of its checkpoints kept?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.evidence.hashed_whole import looking_at
from kpiledger.ledger.anchored import emptied
from kpiledger.ledger.anchors import anchored_in, require_none_before
from kpiledger.ledger.beginnings import open_all, order_problems
from kpiledger.ledger.checkpoint import Checkpoint, CheckpointError, VerifierKey, open_checkpoint
from kpiledger.ledger.file_storage import FileStorage
from kpiledger.ledger.keys import trusted_key
from kpiledger.ledger.storage import Storage

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
    if not asked.ledger.exists:
        require_none_before(asked.ledger.anchors, asked.ledger.storage.place)
        raise BrokenWorld(f"there is no ledger in {asked.ledger.storage.place}", "`kpi run` makes it")
    key, (note, notes) = trusted_key(asked.ledger.keys), _notes_in(asked.ledger.storage)
    try:
        newest = open_checkpoint(note, key)
    except CheckpointError as problem:
        raise LedgerDamaged(f"checkpoint: {problem}", "run `kpi verify`") from problem
    with looking_at(asked.ledger.storage) as whole:
        history, unopened = open_all(notes or note, key)
        kept = {(one.checkpoint.size, one.checkpoint.root): Kept(one.checkpoint, True, []) for one in history}
        problems = [str(problem) for problem in (*unopened, *order_problems(history, newest))]
        problems += _anchored(asked, key, kept)
        problems += emptied(asked.ledger.directory, asked.ledger.anchors)
        entries = whole(newest, {size for size, _ in kept})
    holds = {at: entries.roots.get(at[0]) == at[1] for at in kept}
    problems += [*entries.problems, *_not_beginnings(kept, holds)]
    anchored = sum(bool(one.anchors) for one in kept.values())
    verdict = "holds" if not problems else f"does not hold: {len(problems)} problems"
    return Answer(
        COLUMNS,
        [_row(one, holds[at], entries.recorded_at.get(at[0])) for at, one in sorted(kept.items())],
        (f"the ledger {verdict}: {newest.size} entries, {len(kept)} checkpoints, {anchored} of them anchored",),
        (*problems, *_notes(asked, newest, kept)),
        holds=not problems,
        facts={"tree size": newest.size, "tree root": newest.root.hex(), "signed by": str(key)},
    )


def _notes_in(storage: Storage) -> tuple[bytes, bytes | None]:
    """The newest checkpoint and all of them, of one moment."""
    with storage.held_still() if isinstance(storage, FileStorage) else nullcontext():
        return storage.checkpoint(), storage.checkpoints()


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


def _row(one: Kept, is_beginning: bool, recorded_at: datetime | None) -> Row:
    size = one.checkpoint.size
    return (size, recorded_at, one.checkpoint.root.hex(), is_beginning, one.in_ledger, one.anchors)


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


QUESTION = Question(23, "Does the whole ledger hold, and where is each checkpoint kept", answer)
