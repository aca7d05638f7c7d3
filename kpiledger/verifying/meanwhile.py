"""What of a large ledger is looked at by a process of its own, while its entries are examined?

The index, and which signatures of approvals fit. Both are looked at from the ledger itself, and not from entries that
were examined already. With few entries a process takes longer to start than to look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from types import MappingProxyType
from typing import TypeVar

from kpiledger.approvals.fitting import fitting_signatures
from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.ledger.checkpoint import CheckpointError
from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.ledger_index.comparing import unjudged_faults
from kpiledger.ledger_index.files import IndexFiles

_WORTH_A_PROCESS = 20_000
# Into so many parts the signatures are divided: both processes end together, give or take one of them.
_PARTS = 32

_NONE: Mapping[bytes, str] = MappingProxyType({})
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Signatures:
    """Signatures are checked by another process from the last to the first, while they are judged from the first on.

    What the other has not begun when it is asked for is left to who asks: so neither waits for the other.
    """

    step: int
    parts: Mapping[int, Future[Mapping[bytes, str]]]
    _known: dict[int, Mapping[bytes, str]] = field(default_factory=dict)

    def of(self, seq: int) -> Mapping[bytes, str]:
        """Those of the part that an approval is in."""
        part = seq // self.step
        if part not in self._known:
            begun = self.parts.get(part)  # none of what was recorded since
            self._known[part] = _NONE if begun is None or begun.cancel() else _ended(begun)
        return self._known[part]


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What was looked at, asked for when it is needed.

    `index` has the faults of the index, but for what it keeps of judged approvals.
    """

    index: Callable[[], tuple[str, ...]]
    signatures: Signatures


@contextmanager
def looked_at_meanwhile(ledger: Ledger, files: IndexFiles | None) -> Iterator[Meanwhile]:
    """Begin to look where that takes long; what is given waits for it, and raises what was raised.

    `files` are those of the index, None where there is none.
    """
    size = _size(ledger)
    if size < _WORTH_A_PROCESS:
        yield Meanwhile(lambda: unjudged_faults(files, ledger) if files else (), Signatures(1, {}))
        return
    # Not a fork, which would copy the locks of threads that DuckDB may have. One process and not two: each has a core
    # of two.
    aside = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
    try:
        looked = aside.submit(unjudged_faults, files, ledger) if files else None
        step = size // _PARTS + 1
        parts = {
            part: aside.submit(fitting_signatures, ledger, range(part * step, (part + 1) * step))
            for part in reversed(range(_PARTS))
        }
        yield Meanwhile(lambda: _ended(looked) if looked else (), Signatures(step, parts))
    finally:
        aside.shutdown(cancel_futures=True)


def _size(ledger: Ledger) -> int:
    try:
        return signed_checkpoint(ledger).size
    except (LedgerDamaged, CheckpointError):
        return 0  # who examines it says what is wrong


def _ended(begun: Future[_Found]) -> _Found:
    try:
        return begun.result()
    except BrokenProcessPool as killed:
        raise BrokenWorld("the process that looked at the ledger meanwhile was killed", "verify again") from killed
