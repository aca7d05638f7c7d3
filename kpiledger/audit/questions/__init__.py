"""The auditor's questions in order, a file each."""

from __future__ import annotations

from kpiledger.audit.answer import Question
from kpiledger.audit.questions import (
    q01_target,
    q02_history,
    q03_changes,
    q04_retroactive,
    q05_improving,
    q06_authority,
    q07_reasons,
    q08_baseline,
    q09_lacking,
    q10_definition,
    q11_logic,
    q12_rights,
    q23_integrity,
    q24_consistency,
    q25_inclusion,
    q26_projections,
    q27_git,
    q28_clock,
    q29_runs,
    q30_held,
    q31_erasing,
    q32_individuals,
)

QUESTIONS: tuple[Question, ...] = (
    q01_target.QUESTION,
    q02_history.QUESTION,
    q03_changes.QUESTION,
    q04_retroactive.QUESTION,
    q05_improving.QUESTION,
    q06_authority.QUESTION,
    q07_reasons.QUESTION,
    q08_baseline.QUESTION,
    q09_lacking.QUESTION,
    q10_definition.QUESTION,
    q11_logic.QUESTION,
    q12_rights.QUESTION,
    q23_integrity.QUESTION,
    q24_consistency.QUESTION,
    q25_inclusion.QUESTION,
    q26_projections.QUESTION,
    q27_git.QUESTION,
    q28_clock.QUESTION,
    q29_runs.QUESTION,
    q30_held.QUESTION,
    q31_erasing.QUESTION,
    q32_individuals.QUESTION,
)
