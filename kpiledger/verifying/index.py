"""Does the index that questions are answered from say what the ledger says?

It is made again to be compared. What it keeps of judged approvals is held against those judged here. In a large ledger
one that the ledger's key vouches for is believed, as published tables are, but for the hashes of its entries.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from kpiledger.errors import LedgerDamaged
from kpiledger.ledger.checkpoint import CheckpointError
from kpiledger.ledger.problem import Problem
from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.ledger_index.comparing import MADE_ANEW_UP_TO, faults_of_entries, faults_of_verdicts
from kpiledger.ledger_index.files import NAME as FILE
from kpiledger.ledger_index.files import IndexFiles
from kpiledger.ledger_index.vouching import Vouched, sound_index
from kpiledger.verifying.check import Beside, Check, Held, Looked

NAME = "index"


def files_of(beside: Beside) -> IndexFiles | None:
    """The index that is there, if any."""
    if beside.settings is None:
        return None
    files = IndexFiles(beside.settings.build)
    return files if files.database.exists() else None


def believed(beside: Beside, ledger: Ledger) -> Vouched | None:
    """What spares the comparison of every row: the signed note that fits; None where they are to be compared."""
    files = files_of(beside)
    if files is None:
        return None
    try:
        is_large = signed_checkpoint(ledger).size > MADE_ANEW_UP_TO
        vouched = sound_index(files, ledger) if is_large else None
    except (LedgerDamaged, CheckpointError):
        return None  # who examines the ledger says what is wrong
    return vouched if isinstance(vouched, Vouched) else None


def of_entries(vouched: Vouched) -> Check:
    """Of an index that is believed, the hashes of its entries alone."""
    return Check(NAME, partial(_look_at_entries, vouched), CHECK.is_given)


def _look_at_entries(vouched: Vouched, held: Held) -> Looked:
    files = files_of(held.beside)
    newest = signed_checkpoint(held.ledger).size
    faults = tuple(faults_of_entries(files, held.found.hashes, newest)) if files else ()
    # Of an index that is not this ledger's nothing is believed.
    partly = () if faults else (f"row by row: {vouched}; `--every-row` compares them again",)
    return Looked(_problems(faults), partly=partly)


def _look(held: Held) -> Looked:
    files = files_of(held.beside)
    if files is None:
        return Looked()
    # First what can be told here, while another process may go on.
    own = tuple(faults_of_verdicts(files, held.entries, held.judging(), held.ledger))
    return Looked(_problems((*held.index(), *own)))


def _problems(faults: Iterable[str]) -> tuple[Problem, ...]:
    return tuple(Problem(NAME, f"{FILE}: {fault}") for fault in faults)


CHECK = Check(NAME, _look, is_given=lambda _, beside: files_of(beside) is not None)
