"""Is a name that was asked for one that the ledger knows, and how does it stand there: as it is, or as a commitment?"""

from __future__ import annotations

from kpiledger.audit.answer import Asked, Question
from kpiledger.ledger.side_store import person_commitment
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import holder_name, resolving
from kpiledger.ledger_index.privacy import recorded_value
from kpiledger.reports.known import require_known

_KPIS = "select distinct kpi from definition union select distinct kpi from target"
_AGREEMENTS = "select distinct agreement from event"


def cells_of(ledger: Ledger, name: str) -> list[str]:
    """What a cell may hold where a unit, role or person of that name is meant."""
    commitment = person_commitment(ledger, name)
    return [name] if commitment is None else [name, f"commitment:{commitment}"]


def require_narrowing(question: Question, asked: Asked) -> None:
    """WrongUse where a question is narrowed to what is unknown: a slip of the pen must not read as `nothing found`."""
    words = {word: name for word, name in asked.words.items() if word in question.takes}
    if "kpi" in words:
        require_known(words["kpi"], _names(asked, _KPIS), "recorded KPIs")
    if "agreement" in words:
        require_known(words["agreement"], _names(asked, _AGREEMENTS), "recorded agreements")
    if "holder" in words:
        cells = _names(asked, "select distinct holder from event")
        if cells.isdisjoint(cells_of(asked.ledger, words["holder"])):
            value_of = resolving(asked.ledger)
            held = {holder_name(value_of(recorded_value(cell))) for cell in cells}
            require_known(words["holder"], held | set(asked.project().organisation.holders), "holders")


def _names(asked: Asked, query: str) -> set[str]:
    return {name for (name,) in asked.index().execute(query).fetchall()}
