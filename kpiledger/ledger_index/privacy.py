"""How do people stand in the index: by their commitments, so that an erasure leaves nothing behind in it."""

from __future__ import annotations

import re
from typing import Any

# What a cell begins with that holds a commitment.
COMMITTED = "commitment:"
_COMMITMENT = re.compile(rf"{COMMITTED}([0-9a-f]{{64}})\Z")


def private_text(value: Any) -> str:
    """A recorded text or commitment as a column of the index holds it."""
    return value if isinstance(value, str) else f"{COMMITTED}{value['commitment']}"


def commitment_in(cell: object) -> str | None:
    """The commitment that a cell of the index holds; None where it is anything else."""
    if not isinstance(cell, str) or not cell.startswith(COMMITTED):  # nearly every cell of a large answer
        return None
    found = _COMMITMENT.match(cell)
    return found.group(1) if found else None


def recorded_value(cell: str) -> Any:
    """A column of the index as the entry has it, to be resolved."""
    commitment = commitment_in(cell)
    return cell if commitment is None else {"commitment": commitment}
