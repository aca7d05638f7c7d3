"""Question 30: what is held about a person, in every store and file of the project?"""

from __future__ import annotations

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.changing import counted
from kpiledger.audit.standing import tree_facts
from kpiledger.ledger.side_store import kept_of
from kpiledger.people.held import everything_about

COLUMNS = ("store", "place", "what")
_NOTES = (
    "Searched are the ledger, its side store, the project's files, the published warehouse and pages, the journal, "
    "what periods were closed with, spot checks, and the source systems below the build folder. Not searched: the "
    "history of git, backups, and what was handed on.",
)


def answer(asked: Asked) -> Answer:
    """A row for each thing held; a salt is never shown."""
    index, person = asked.index(), asked.words["person"]
    found = everything_about(asked.settings, asked.ledger, index, person)
    rows = [(one.store, one.place, one.what) for one in found]
    told = f"held about {person}: {counted(len(rows), 'thing')}" if rows else f"nothing is held about {person}"
    unknown = () if _is_known(asked, person) else (f"{person} is known neither to the side store nor the organisation",)
    stores = {store: sum(1 for one in found if one.store == store) for store in dict.fromkeys(row[0] for row in rows)}
    return Answer(COLUMNS, rows, (*unknown, told), _NOTES, facts={**stores, **tree_facts(index)})


def _is_known(asked: Asked, person: str) -> bool:
    """Whether it is the id of anybody, and not of nobody by a slip of the pen."""
    return bool(kept_of(asked.ledger, person)) or person in asked.project().organisation.people


QUESTION = Question(30, "Everything held about a person", answer, needs=("person",))
