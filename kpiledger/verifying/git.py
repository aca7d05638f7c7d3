"""Does git say of each entry what the ledger recorded, and is no recorded commit rewritten?"""

from __future__ import annotations

from kpiledger.git_check import check_git
from kpiledger.ledger.problem import Problem
from kpiledger.verifying.check import Check, Held, Looked

NAME = "git"


def _look(held: Held) -> Looked:
    settings = held.beside.settings
    if settings is None:
        return Looked(not_looked_at="no project was given")
    report = check_git(settings.root, held.ledger, held.entries)
    if report.not_looked_at is not None:
        return Looked(not_looked_at=report.not_looked_at)
    problems = tuple(Problem(NAME, one.message, one.seq, one.key) for one in report.problems)
    return Looked(problems, partly=report.notes)


CHECK = Check(NAME, _look, is_given=lambda _, beside: beside.settings is not None)
