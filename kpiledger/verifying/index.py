"""Does the index that questions are answered from say what the ledger says?"""

from __future__ import annotations

from kpiledger.ledger.problem import Problem
from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.ledger_index.comparing import faults_of_index
from kpiledger.ledger_index.files import IndexFiles
from kpiledger.verifying.check import Beside, Check, Held, Looked

NAME = "index"


def _look(held: Held) -> Looked:
    assert held.beside.settings is not None
    files = IndexFiles(held.beside.settings.build)
    faults = faults_of_index(files, held.ledger, signed_checkpoint(held.ledger))
    return Looked.found(Problem(NAME, f"{files.database.name}: {fault}") for fault in faults)


def _is_given(_: Ledger, beside: Beside) -> bool:
    return beside.settings is not None and IndexFiles(beside.settings.build).database.exists()


CHECK = Check(NAME, _look, _is_given)
