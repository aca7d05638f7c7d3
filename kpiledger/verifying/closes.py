"""Are the closes as they were recorded: each frozen file, two people, the right to approve, signatures?"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.approvals.standing import company_units
from kpiledger.closing.judged import judged_deeds
from kpiledger.closing.standing import closes_in
from kpiledger.closing.verified import faults
from kpiledger.ledger.problem import Problem
from kpiledger.verifying.check import Check, Held, Looked

NAME = "closes"


def _look(held: Held) -> Looked:
    partly = () if held.beside.project else ("the right to approve is not judged: the specs were not given",)
    return Looked((*_people(held), *_files(held)), partly=partly)


def _people(held: Held) -> Iterator[Problem]:
    project = held.beside.project
    for one in judged_deeds(held.entries, company_units(project.organisation) if project else None):
        yield from (Problem(NAME, text, one.entry.seq, one.entry.key) for text in one.problems)


def _files(held: Held) -> Iterator[Problem]:
    assert held.beside.settings is not None
    for fault in faults(held.beside.settings.closes, closes_in(held.entries), with_extracts=True):
        yield Problem(NAME, fault.message, fault.entry.seq, fault.entry.key)


CHECK = Check(NAME, _look, is_given=lambda _, beside: beside.settings is not None)
