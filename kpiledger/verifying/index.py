"""Does the index that questions are answered from say what the ledger says?

It is made again to be compared. What it keeps of judged approvals is held against those judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from kpiledger.collector import uncollected
from kpiledger.ledger.problem import Problem
from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.ledger_index.comparing import faults_of_index, faults_of_verdicts
from kpiledger.ledger_index.files import IndexFiles
from kpiledger.ledger_index.lean import without_pandas
from kpiledger.verifying.check import Beside, Check, Held, Looked

NAME = "index"


def files_of(beside: Beside) -> IndexFiles | None:
    """The index that is there, if any."""
    if beside.settings is None:
        return None
    files = IndexFiles(beside.settings.build)
    return files if files.database.exists() else None


@without_pandas
@uncollected()
def looked_at(ledger: Ledger, files: IndexFiles) -> Looked:
    """What is wrong with the index, as it lies there, but for what it keeps of approvals."""
    faults = faults_of_index(files, ledger, signed_checkpoint(ledger), is_judged=False)
    return Looked.found(_told(files, faults))


def _look(held: Held) -> Looked:
    files = files_of(held.beside)
    if files is None:
        return Looked()
    # First what can be told here, while another process may go on.
    own = tuple(_told(files, faults_of_verdicts(files, held.entries, held.judging(), held.ledger)))
    found = held.index()
    return replace(found, problems=(*found.problems, *own))


def _told(files: IndexFiles, faults: Iterable[str]) -> Iterator[Problem]:
    return (Problem(NAME, f"{files.database.name}: {fault}") for fault in faults)


CHECK = Check(NAME, _look, is_given=lambda _, beside: files_of(beside) is not None)
