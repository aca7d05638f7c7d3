"""Does the index that questions are answered from say what the ledger says?

It is made again to be compared, from the ledger itself and not from entries already examined. So a large one is looked
at by a process of its own while the entries are examined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context

from kpiledger.errors import BrokenWorld
from kpiledger.ledger.problem import Problem
from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.ledger_index.comparing import faults_of_index
from kpiledger.ledger_index.files import IndexFiles
from kpiledger.ledger_index.lean import without_pandas
from kpiledger.verifying.check import Beside, Check, Held, Looked

NAME = "index"
# In bytes, some 20,000 entries: with fewer, a process takes longer to start than to look.
_WORTH_A_PROCESS = 10_000_000


@contextmanager
def looked_at_meanwhile(ledger: Ledger, beside: Beside) -> Iterator[Callable[[], Looked]]:
    """Begin to look where that takes long; what is given ends it, and raises what was raised."""
    if beside.settings is None or not _is_given(ledger, beside):
        yield Looked
        return
    files = IndexFiles(beside.settings.build)
    if files.database.stat().st_size < _WORTH_A_PROCESS:
        yield partial(looked_at, ledger, files)
        return
    # Not a fork, which would copy the locks of threads that DuckDB may have.
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as aside:
        begun = aside.submit(looked_at, ledger, files)

        def ended() -> Looked:
            try:
                return begun.result()
            except BrokenProcessPool as killed:
                raise BrokenWorld("the process that looked at the index was killed", "verify again") from killed

        yield ended


@without_pandas
def looked_at(ledger: Ledger, files: IndexFiles) -> Looked:
    """What is wrong with the index, as it lies there."""
    faults = faults_of_index(files, ledger, signed_checkpoint(ledger))
    return Looked.found(Problem(NAME, f"{files.database.name}: {fault}") for fault in faults)


def _look(held: Held) -> Looked:
    return held.index()


def _is_given(_: Ledger, beside: Beside) -> bool:
    return beside.settings is not None and IndexFiles(beside.settings.build).database.exists()


CHECK = Check(NAME, _look, _is_given)
