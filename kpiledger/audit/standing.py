"""Which ledger does an answer speak of: how large it is, and the root that everything in it hangs on."""

from __future__ import annotations

from duckdb import DuckDBPyConnection


def tree_facts(index: DuckDBPyConnection) -> dict[str, object]:
    """The size and root of the tree that the index was made from, for the facts of an answer."""
    row = index.execute("select size, root from ledger").fetchone()
    size, root = row or (0, "")
    return {"tree size": size, "tree root": root}
