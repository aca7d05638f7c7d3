"""Do the bytes of a ledger agree with each other, and if not, which entry is at fault?

Pure: the bytes of a storage and a key come in, entries and problems come out. Whether earlier checkpoints
still hold is in `beginnings`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kpiledger.collector import uncollected
from kpiledger.ledger.beginnings import Opened, beginning_problems, gap_problems, open_all, order_problems
from kpiledger.ledger.checkpoint import Checkpoint, CheckpointError, VerifierKey, open_checkpoint
from kpiledger.ledger.entry import Entry, EntryError, decode_entry, parse_entry
from kpiledger.ledger.frontier import Frontier
from kpiledger.ledger.merkle import leaf_hash, root
from kpiledger.ledger.problem import Problem
from kpiledger.ledger.storage import LEAF_LINE, Stored

# A damaged line may be no JSON any more; this still finds what it was called.
_KEY = re.compile(rb'"format":"1","key":"([^"]*)"')
_HISTORY = "checkpoints"
UNSIGNED = "unsigned"
_OF_HISTORY = (_HISTORY, "rollback", "frontier")


@dataclass(frozen=True, slots=True)
class Examination:
    """What a ledger holds and what is wrong with it.

    `hashes` are the leaf hashes of the entries' bytes; `tail` counts bytes that no checkpoint covers. `history`
    has the checkpoints kept from the first to the newest, None where none were kept or looked at.
    """

    checkpoint: Checkpoint | None
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    tail: int = 0
    hashes: tuple[bytes, ...] = ()
    history: tuple[Checkpoint, ...] | None = None

    @property
    def has_sound_entries(self) -> bool:
        """Whether the entries are what was signed last, even if earlier checkpoints or the frontier are not."""
        return all(problem.name in _OF_HISTORY for problem in self.problems)


Read = tuple[list[Entry], list[Problem]]
# Makes entries of lines, which come with their leaf hashes; with a problem for each line that is none in its place.
Reader = Callable[[Sequence[bytes], Sequence[bytes]], Read]


@uncollected()
def read_lines(
    lines: Sequence[bytes], hashes: Sequence[bytes], first: int, one: Callable[[bytes, bytes], Entry]
) -> Read:
    """The entries of lines, the first of which is the line of that number; `one` is given a line and its hash."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    for number, (line, hashed) in enumerate(zip(lines, hashes, strict=True), start=first):
        try:
            entry = one(line, hashed)
        except EntryError as problem:
            problems.append(Problem("entry", str(problem), number, key_in(line)))
            continue
        if entry.seq != number:
            problems.append(Problem("order", f"stands on line {number} and says seq {entry.seq}", number, entry.key))
        entries.append(entry)
    return entries, problems


def read_strictly(lines: Sequence[bytes], hashes: Sequence[bytes]) -> Read:
    """Each as its writer would have written it."""
    return read_lines(lines, hashes, 1, parse_entry)


def read_vouched(lines: Sequence[bytes], hashes: Sequence[bytes]) -> Read:
    """Without looking at their form again."""
    return read_lines(lines, hashes, 1, decode_entry)


def examine(stored: Stored, key: VerifierKey, reader: Reader = read_strictly) -> Examination:
    """Check every byte against every other, and each entry for being canonical.

    Another `reader` than this may leave out what it knows of the very same bytes.
    """
    lines = _lines(stored.entries)
    try:
        checkpoint = open_checkpoint(stored.checkpoint, key)
    except CheckpointError as problem:
        found = Problem("checkpoint", f"checkpoint: {problem}")
        # Without a trusted size every whole line is looked at, so that more than one fault can be named.
        hashes = [leaf_hash(line) for line in lines]
        unsigned = _unsigned_tail(stored, key, hashes)
        return Examination(None, (), (found, *unsigned, *_against_leaves(lines, hashes, stored.leaves)))
    size = checkpoint.size
    opened = None if stored.checkpoints is None else open_all(stored.checkpoints, key)
    examined = examine_entries(checkpoint, lines[:size], stored.leaves[: size * LEAF_LINE], reader)
    length = sum(map(len, lines[:size])) + min(size, len(lines))
    tail = len(stored.entries) - length + max(0, len(stored.leaves) - size * LEAF_LINE)
    examined = replace(examined, tail=tail)
    return examined if examined.problems else _with_history(examined, stored, opened, checkpoint, lines)


def examine_entries(
    checkpoint: Checkpoint, lines: Sequence[bytes], leaves: bytes, reader: Reader = read_vouched
) -> Examination:
    """Check the acknowledged lines and leaves against a checkpoint that was opened.

    With `read_vouched` the entries are vouched for by the signed root alone, which is as safe as the writer.
    """
    hashes = [leaf_hash(line) for line in lines]
    problems = [*_missing(lines, leaves, checkpoint), *_against_leaves(lines, hashes, leaves)]
    if root(hashes) != checkpoint.root:
        problems.append(_root_problem(leaves, checkpoint))
    elif problems:
        problems.append(Problem("leaves", "the entries agree with the checkpoint, `leaves` does not"))
    entries, unread = reader(lines, hashes)
    return Examination(checkpoint, tuple(entries), (*problems, *unread, *_order(entries)), hashes=tuple(hashes))


def _with_history(
    examined: Examination, stored: Stored, opened: Opened | None, checkpoint: Checkpoint, lines: Sequence[bytes]
) -> Examination:
    """The checkpoints that were kept and the frontier, once the entries themselves hold."""
    problems = list(_frontier_problems(stored, checkpoint, lines, examined.hashes))
    if opened is None:
        if stored.frontier is not None:  # both were kept from the same day on
            problems.append(Problem(_HISTORY, f"`{_HISTORY}` is missing"))
        return replace(examined, problems=tuple(problems))
    earlier, unopened = opened
    problems += unopened
    if not unopened:
        problems += order_problems(earlier, checkpoint)
        problems += gap_problems(earlier, examined.entries)
        problems += beginning_problems(
            _HISTORY, [one for one in earlier if one.checkpoint.size <= checkpoint.size], examined.hashes
        )
    history = tuple(one.checkpoint for one in earlier)
    return replace(examined, problems=tuple(problems), history=history)


def _frontier_problems(
    stored: Stored, checkpoint: Checkpoint, lines: Sequence[bytes], hashes: Sequence[bytes]
) -> Iterator[Problem]:
    """It is of all entries but the last; of a batch whose append was interrupted, where there is a tail."""
    if stored.frontier is None:  # it only saves the writer time, and is made anew
        return
    found = Frontier.parse(stored.frontier)
    if found is not None and max(0, checkpoint.size - 1) <= found.size < max(1, len(lines)):
        leaves = [*hashes[: found.size], *(leaf_hash(line) for line in lines[len(hashes) : found.size])]
        if found == Frontier().grown(leaves, sum(map(len, lines[: found.size])) + found.size):
            return
    yield Problem("frontier", "`frontier` is not that of the entries before the last; the next recording makes it anew")


def _unsigned_tail(stored: Stored, key: VerifierKey, hashes: Sequence[bytes]) -> Iterator[Problem]:
    """Where the newest checkpoint is nobody's: up to where the key signed, and what was added behind it."""
    earlier, _ = open_all(stored.checkpoints or b"", key)
    signed = max((one.checkpoint for one in earlier), key=lambda one: one.size, default=None)
    if signed is not None and signed.size < len(hashes) and root(hashes[: signed.size]) == signed.root:
        message = f"the key signed {signed.size} entries, and they hold; those behind them, up to {len(hashes)}, are "
        yield Problem(
            UNSIGNED, f"{message}nobody's: they were added by someone who does not have the key", signed.size + 1
        )


def _lines(content: bytes) -> list[bytes]:
    """The complete lines; what follows the last line end is torn."""
    return content.split(b"\n")[:-1]


def _missing(lines: Sequence[bytes], leaves: bytes, checkpoint: Checkpoint) -> Iterator[Problem]:
    if len(lines) < checkpoint.size:
        yield Problem(
            "missing",
            f"is missing: the checkpoint covers {checkpoint.size} entries, found {len(lines)}",
            len(lines) + 1,
        )
    if len(leaves) < checkpoint.size * LEAF_LINE:
        found = len(leaves) // LEAF_LINE
        yield Problem("leaves", f"`leaves` has {found} whole lines, expected {checkpoint.size}", found + 1)


def _against_leaves(lines: Sequence[bytes], hashes: Sequence[bytes], leaves: bytes) -> Iterator[Problem]:
    if leaves == "".join(f"{hashed.hex()}\n" for hashed in hashes).encode():
        return
    for index, (line, hashed) in enumerate(zip(lines, hashes, strict=True)):
        stored = leaves[index * LEAF_LINE : (index + 1) * LEAF_LINE]
        if stored != hashed.hex().encode() + b"\n":
            recorded = stored.decode(errors="replace").rstrip("\n") or "nothing"
            message = f"its bytes hash to {hashed.hex()}, `leaves` has {recorded}"
            yield Problem("leaf", message, index + 1, key_in(line))


def _root_problem(leaves: bytes, checkpoint: Checkpoint) -> Problem:
    stored = [leaves[at : at + 64] for at in range(0, checkpoint.size * LEAF_LINE, LEAF_LINE)]
    try:
        agrees = root(bytes.fromhex(text.decode()) for text in stored) == checkpoint.root
    except ValueError:
        agrees = False
    verdict = "agrees with it, so an entry was changed" if agrees else "does not agree either"
    return Problem("root", f"the entries do not have the root of the signed checkpoint; the file `leaves` {verdict}")


def _order(entries: Sequence[Entry]) -> Iterator[Problem]:
    for before, entry in pairwise(entries):
        if entry.recorded_at < before.recorded_at:
            yield Problem(
                "clock",
                f"recorded at {entry.recorded_at.isoformat()}, before entry {before.seq} at "
                f"{before.recorded_at.isoformat()}",
                entry.seq,
                entry.key,
            )


def key_in(line: bytes) -> str | None:
    """The key that a damaged entry's bytes still show."""
    found = _KEY.search(line)
    return found.group(1).decode(errors="replace") if found else None
