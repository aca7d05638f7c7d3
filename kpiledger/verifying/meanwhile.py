"""What of a large ledger is looked at by a process of its own, while its entries are examined?

The index, and which signatures of approvals fit. Both are looked at from the ledger itself, and not from entries that
were examined already. With few entries a process takes longer to start than to look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TypeVar

from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.ledger.checkpoint import CheckpointError
from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.verifying import index
from kpiledger.verifying.check import Beside, Looked
from kpiledger.verifying.signatures import fitting_signatures

_WORTH_A_PROCESS = 20_000
# So that both processes take equally long, where one makes an index after it: the rest is checked by who judges it.
_SHARE = 0.6

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What was looked at, asked for when it is needed; `fitting` as `kpiledger.approvals.judging` takes it."""

    index: Callable[[], Looked]
    fitting: Callable[[], Mapping[bytes, str]]


@contextmanager
def looked_at_meanwhile(ledger: Ledger, beside: Beside) -> Iterator[Meanwhile]:
    """Begin to look where that takes long; what is given waits for it, and raises what was raised."""
    files = index.files_of(beside)
    if not _is_large(ledger):
        yield Meanwhile(lambda: index.looked_at(ledger, files) if files else Looked(), dict)
        return
    # Not a fork, which would copy the locks of threads that DuckDB may have. One process and not two: each has a core
    # of two, and the first result is there when it is asked for.
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as aside:
        fitting = aside.submit(fitting_signatures, ledger, _SHARE if files else 1)
        looked = aside.submit(index.looked_at, ledger, files) if files else None
        yield Meanwhile(lambda: _ended(looked) if looked else Looked(), lambda: _ended(fitting))


def _is_large(ledger: Ledger) -> bool:
    try:
        return signed_checkpoint(ledger).size >= _WORTH_A_PROCESS
    except (LedgerDamaged, CheckpointError):
        return False  # who examines it says what is wrong


def _ended(begun: Future[_Found]) -> _Found:
    try:
        return begun.result()
    except BrokenProcessPool as killed:
        raise BrokenWorld("the process that looked at the ledger meanwhile was killed", "verify again") from killed
