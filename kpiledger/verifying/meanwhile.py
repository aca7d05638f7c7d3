"""What of a large ledger is looked at by a process of its own, while its entries are examined?

The index, which entries are read strictly without a fault, and which signatures of approvals fit. All are looked at
from the ledger itself. With few entries a process takes longer to start than to look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from types import MappingProxyType
from typing import Generic, TypeVar

from kpiledger.approvals.fitting import fitting_signatures
from kpiledger.collector import uncollected
from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.ledger.checkpoint import CheckpointError
from kpiledger.ledger.entry import Entry, EntryError, decode_entry, require_strict
from kpiledger.ledger.integrity import Read, read_lines, read_strictly
from kpiledger.ledger.sound import digest_of, sound_part
from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.ledger_index.comparing import unjudged_faults
from kpiledger.ledger_index.files import IndexFiles

_WORTH_A_PROCESS = 20_000
# Into so many parts the ledger is divided: both processes end together, give or take the two that wait to be begun.
_PARTS = 128

_NONE: Mapping[bytes, str] = MappingProxyType({})
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Parts(Generic[_Found]):
    """Work on a ledger that another process has begun, a part after the other.

    What it has not begun when it is asked for is left to who asks: so neither waits for the other. A part is so many
    entries long, the first begins with entry 1.
    """

    step: int
    begun: Mapping[int, Future[_Found]]

    def of(self, part: int) -> _Found | None:
        """What was found of a part; None where it is left to who asks, or is of what was recorded since."""
        begun = self.begun.get(part)
        try:
            return None if begun is None or begun.cancel() else begun.result()
        except BrokenProcessPool:
            return None


@dataclass(frozen=True, slots=True)
class Signatures:
    """Which signatures fit, checked by another process or left to who judges them."""

    parts: Parts[Mapping[bytes, str]]
    _known: dict[int, Mapping[bytes, str]] = field(default_factory=dict)

    def of(self, seq: int) -> Mapping[bytes, str]:
        """Those of the part that an approval is in."""
        part = (seq - 1) // self.parts.step
        if part not in self._known:
            found = self.parts.of(part)
            self._known[part] = _NONE if found is None else found
        return self._known[part]


@dataclass(frozen=True, slots=True)
class Strictly:
    """Reads entries strictly, but for those of which another process found that they are sound."""

    parts: Parts[bytes | None]

    @uncollected()
    def read(self, lines: Sequence[bytes], hashes: Sequence[bytes]) -> Read:
        """As `read_strictly`; what the other says counts for bytes of these very hashes."""
        # All are decoded first, which is done here in any case and leaves the other time.
        entries, problems = read_lines(lines, hashes, 1, decode_entry)
        if problems or not all(self._is_sound(entries, hashes, first) for first in self._firsts(lines)):
            return read_strictly(lines, hashes)  # which says what is wrong with each
        return entries, problems

    def _firsts(self, lines: Sequence[bytes]) -> range:
        return range(0, len(lines), self.parts.step)

    def _is_sound(self, entries: Sequence[Entry], hashes: Sequence[bytes], first: int) -> bool:
        own = slice(first, first + self.parts.step)
        if self.parts.of(first // self.parts.step) == digest_of(hashes[own]):
            return True
        try:
            for entry in entries[own]:
                require_strict(entry)
        except EntryError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What was looked at, asked for when it is needed.

    `index` has the faults of the index, but for what it keeps of judged approvals.
    """

    index: Callable[[], tuple[str, ...]]
    strictly: Strictly
    signatures: Signatures


@contextmanager
def looked_at_meanwhile(ledger: Ledger, files: IndexFiles | None) -> Iterator[Meanwhile]:
    """Begin to look where that takes long; what is given waits for it, and raises what was raised.

    `files` are those of the index, None where it is not to be looked at.
    """
    size = _size(ledger)
    if size < _WORTH_A_PROCESS:
        index = partial(unjudged_faults, files, ledger) if files else tuple[str, ...]
        yield Meanwhile(index, Strictly(Parts(max(1, size), {})), Signatures(Parts(max(1, size), {})))
        return
    # Not a fork, which would copy the locks of threads that DuckDB may have. One process and not two: each has a core
    # of two.
    aside = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
    try:
        looked = aside.submit(unjudged_faults, files, ledger) if files else None
        # Who reads strictly begins with the first part, and they meet. Who judges has other work with each part, and
        # comes later: signatures are checked ahead of that.
        strictly = Strictly(_begun(aside, sound_part, ledger, size, reversed(range(_PARTS))))
        signatures = Signatures(_begun(aside, fitting_signatures, ledger, size, range(_PARTS)))
        yield Meanwhile(lambda: _ended(looked) if looked else (), strictly, signatures)
    finally:
        aside.shutdown(wait=False, cancel_futures=True)


def _begun(
    aside: ProcessPoolExecutor, look: Callable[[Ledger, range], _Found], ledger: Ledger, size: int, parts: Iterable[int]
) -> Parts[_Found]:
    step = size // _PARTS + 1
    seqs = {part: range(part * step + 1, (part + 1) * step + 1) for part in parts}
    return Parts(step, {part: aside.submit(look, ledger, own) for part, own in seqs.items()})


def _size(ledger: Ledger) -> int:
    try:
        return signed_checkpoint(ledger).size
    except (LedgerDamaged, CheckpointError):
        return 0  # who examines it says what is wrong


def _ended(begun: Future[_Found]) -> _Found:
    try:
        return begun.result()
    except BrokenProcessPool as killed:
        raise BrokenWorld("the process that looked at the index meanwhile was killed", "verify again") from killed
