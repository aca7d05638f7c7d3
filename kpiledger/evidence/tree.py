"""How are many proofs made from one tree, without hashing all of it for each?"""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.ledger.merkle import node_hash

Levels = Sequence[Sequence[bytes]]


def levels_of(leaves: Sequence[bytes]) -> Levels:
    """Every level of a tree from the leaves to the root; a node without a neighbour goes up as it is."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        above = [node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)]
        levels.append([*above, below[-1]] if len(below) % 2 else above)
    return levels


def path_in(levels: Levels, index: int) -> list[bytes]:
    """The inclusion proof of a leaf, as `merkle.inclusion_proof` gives it."""
    steps = []
    for level in levels[:-1]:
        beside = index ^ 1
        if beside < len(level):
            steps.append(level[beside])
        index //= 2
    return steps
