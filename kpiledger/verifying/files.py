"""Do the project's files say of each recorded definition and event what the ledger recorded?"""

from __future__ import annotations

from kpiledger.ledger.problem import Problem
from kpiledger.recording import contradictions
from kpiledger.verifying.check import Check, Held, Looked, Reads

NAME = "files"


def _look(held: Held) -> Looked:
    project = held.beside.project
    found = contradictions(project, held.ledger, held.entries) if project else []
    return Looked.found(
        Problem(NAME, f"{finding.position.path}:{finding.position.line}: {finding.rule} {finding.message}")
        for finding in found
    )


CHECK = Check(NAME, _look, is_given=lambda _, beside: beside.project is not None, reads=Reads.VALUES)
