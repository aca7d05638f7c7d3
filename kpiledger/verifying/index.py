"""Does the index that questions are answered from say what the ledger says?

It is made again to be compared. What it keeps of judged approvals is held against those judged here.
"""

from __future__ import annotations

from kpiledger.ledger.problem import Problem
from kpiledger.ledger_index.comparing import faults_of_verdicts
from kpiledger.ledger_index.files import IndexFiles
from kpiledger.verifying.check import Beside, Check, Held, Looked

NAME = "index"


def files_of(beside: Beside) -> IndexFiles | None:
    """The index that is there, if any."""
    if beside.settings is None:
        return None
    files = IndexFiles(beside.settings.build)
    return files if files.database.exists() else None


def _look(held: Held) -> Looked:
    files = files_of(held.beside)
    if files is None:
        return Looked()
    # First what can be told here, while another process may go on.
    own = tuple(faults_of_verdicts(files, held.entries, held.judging(), held.ledger))
    return Looked.found(Problem(NAME, f"{files.database.name}: {fault}") for fault in (*held.index(), *own))


CHECK = Check(NAME, _look, is_given=lambda _, beside: files_of(beside) is not None)
