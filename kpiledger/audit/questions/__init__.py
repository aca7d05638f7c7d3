"""The auditor's questions in order, a file each; one is imported when it is asked, since some need large libraries."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from kpiledger.audit.answer import Question

# The file of each question in this folder, by its number.
_FILES = {
    1: "q01_target",
    2: "q02_history",
    3: "q03_changes",
    4: "q04_retroactive",
    5: "q05_improving",
    6: "q06_authority",
    7: "q07_reasons",
    8: "q08_baseline",
    9: "q09_lacking",
    10: "q10_definition",
    11: "q11_logic",
    12: "q12_rights",
    13: "q13_made_of",
    14: "q14_recompute",
    15: "q15_versions_of_a_number",
    16: "q16_reconciliation",
    17: "q17_by_hand",
    18: "q18_not_passed",
    19: "q19_close",
    20: "q20_reopenings",
    21: "q21_restatements",
    22: "q22_late_data",
    23: "q23_integrity",
    24: "q24_consistency",
    25: "q25_inclusion",
    26: "q26_projections",
    27: "q27_git",
    28: "q28_clock",
    29: "q29_runs",
    30: "q30_held",
    31: "q31_erasing",
    32: "q32_individuals",
}


class Questions:
    """Every question by its number; going through all of them imports them all."""

    numbers: tuple[int, ...] = tuple(_FILES)

    def __iter__(self) -> Iterator[Question]:
        return map(self.of, self.numbers)

    def of(self, number: int) -> Question:
        """The question of a number, which must be one of `numbers`."""
        found: Question = import_module(f"{__name__}.{_FILES[number]}").QUESTION
        return found


QUESTIONS = Questions()
