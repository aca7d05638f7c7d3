"""Do the project's files say of each recorded definition and event what the ledger recorded?"""

from __future__ import annotations

from kpiledger.finding import Finding
from kpiledger.ledger.problem import Problem
from kpiledger.recording import contradictions
from kpiledger.recording.rewriting import PAST_REWRITTEN
from kpiledger.verifying.check import Check, Held, Looked, Reads

NAME = "files"


def _look(held: Held) -> Looked:
    project = held.beside.project
    found = contradictions(project, held.ledger, held.entries) if project else []
    # That a policy says something else of the past is to be seen before it is recorded, and no damage.
    problems = [_told(finding) for finding in found if finding.rule != PAST_REWRITTEN]
    partly = [_told(finding) for finding in found if finding.rule == PAST_REWRITTEN]
    return Looked(tuple(Problem(NAME, text) for text in problems), partly=tuple(partly))


def _told(finding: Finding) -> str:
    return f"{finding.position.path}:{finding.position.line}: {finding.rule} {finding.message}"


CHECK = Check(NAME, _look, is_given=lambda _, beside: beside.project is not None, reads=Reads.VALUES)
