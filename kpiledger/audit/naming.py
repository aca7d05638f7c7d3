"""How does a name that was asked for stand in the index: as it is, or as the commitment of a person?"""

from __future__ import annotations

from kpiledger.ledger.side_store import person_commitment
from kpiledger.ledger.store import Ledger


def cells_of(ledger: Ledger, name: str) -> list[str]:
    """What a cell may hold where a unit, role or person of that name is meant."""
    commitment = person_commitment(ledger, name)
    return [name] if commitment is None else [name, f"commitment:{commitment}"]
