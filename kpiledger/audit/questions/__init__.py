"""The auditor's questions in order, a file each."""

from __future__ import annotations

from kpiledger.audit.answer import Question

QUESTIONS: tuple[Question, ...] = ()
