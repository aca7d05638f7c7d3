"""Is every checkpoint that was signed before a beginning of the ledger as it is now?

A fork (history written anew) and a roll back (an older state put back) are whole in themselves: only an
earlier checkpoint shows them. Those kept beside the entries show what was done carelessly, those kept
elsewhere (anchors) show the rest. Pure: bytes and hashes come in, problems come out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kpiledger.ledger.checkpoint import SIGNATURE_MARK, Checkpoint, CheckpointError, VerifierKey, open_checkpoint
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.merkle import peaks_at, root_of_peaks
from kpiledger.ledger.problem import Problem

NAME = "checkpoints"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A checkpoint that was signed before, and where it is kept."""

    place: str
    checkpoint: Checkpoint


def notes_in(content: bytes) -> list[bytes]:
    """The checkpoints in `checkpoints`: each ends with its signature line. What follows the last is one too many."""
    notes: list[bytes] = []
    lines: list[bytes] = []
    for line in content.splitlines(keepends=True):
        lines.append(line)
        if line.startswith(SIGNATURE_MARK.encode()):
            notes.append(b"".join(lines))
            lines = []
    return [*notes, b"".join(lines)] if lines else notes


Opened = tuple[list[Earlier], list[Problem]]


def open_all(content: bytes, key: VerifierKey) -> Opened:
    """The checkpoints in `checkpoints`, and those that are none of this ledger."""
    found: list[Earlier] = []
    problems: list[Problem] = []
    for number, note in enumerate(notes_in(content), start=1):
        try:
            found.append(Earlier(f"checkpoint {number} of `{NAME}`", open_checkpoint(note, key)))
        except CheckpointError as problem:
            problems.append(Problem(NAME, f"checkpoint {number} of `{NAME}`: {problem}"))
    return found, problems


def order_problems(earlier: Sequence[Earlier], newest: Checkpoint) -> Iterator[Problem]:
    """Each checkpoint covers more than the one before it, and the last is the newest."""
    for before, one in pairwise(earlier):
        if one.checkpoint.size <= before.checkpoint.size:
            message = f"{one.place} covers {one.checkpoint.size} entries, the one before it {before.checkpoint.size}"
            yield Problem(NAME, f"{message}: they were reordered, or an older checkpoint was put back")
    last = earlier[-1].checkpoint.size if earlier else -1
    if last > newest.size:
        message = f"`{NAME}` goes to {last} entries, `checkpoint` to {newest.size}: an older checkpoint was put back"
        yield Problem("rollback", message)
    elif last < newest.size:
        message = f"`{NAME}` does not end with the newest checkpoint: an append was interrupted, or it was cut"
        yield Problem(NAME, f"{message}; the next recording adds it")


def gap_problems(earlier: Sequence[Earlier], entries: Sequence[Entry]) -> Iterator[Problem]:
    """The entries of a batch have one time: where the time changes a batch ended, and its checkpoint is kept."""
    if not earlier:
        return
    sizes = {one.checkpoint.size for one in earlier}
    first = min(sizes)
    for before, entry in pairwise(entries):
        if before.seq > first and before.seq not in sizes and entry.recorded_at != before.recorded_at:
            message = f"a batch ended with entry {before.seq}, and `{NAME}` has no checkpoint of {before.seq} entries"
            yield Problem(NAME, message)


def beginning_problems(name: str, earlier: Sequence[Earlier], hashes: Sequence[bytes]) -> Iterator[Problem]:
    """Checkpoints that are no beginning of the tree over these leaf hashes; one problem for all of a kind."""
    size = len(hashes)
    beyond = [one for one in earlier if one.checkpoint.size > size]
    if beyond:
        most = max(beyond, key=lambda one: one.checkpoint.size)
        message = f"{most.place} covers {most.checkpoint.size} entries, the ledger has {size}"
        yield Problem("rollback", f"{message}: it was cut or an older state was put back", size + 1)
    within = sorted((one for one in earlier if one.checkpoint.size <= size), key=lambda one: one.checkpoint.size)
    peaks = peaks_at(hashes, (one.checkpoint.size for one in within))
    held = 0
    for one in within:
        if root_of_peaks(peaks[one.checkpoint.size]) == one.checkpoint.root:
            held = one.checkpoint.size
            continue
        message = f"{one.place} signed another root for the first {one.checkpoint.size} entries"
        yield Problem(name, f"{message}: history was written anew after entry {held}", held + 1)
        return
