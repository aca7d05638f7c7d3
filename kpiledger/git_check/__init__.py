"""Does git still say what the ledger recorded, and is every recorded commit still in the project's history?"""

from __future__ import annotations

from kpiledger.git_check.check import ask_of_git, check_git, learn_from_git
from kpiledger.git_check.report import GitFinding, GitReport, GitState

__all__ = ["GitFinding", "GitReport", "GitState", "ask_of_git", "check_git", "learn_from_git"]
