"""How is a statement given thousands of numbers? As one text: DuckDB takes ten microseconds for each value bound."""

from __future__ import annotations

from collections.abc import Iterable

# In place of a list of seqs, as `where seq in {MANY}`; none of them where the text is empty.
MANY = "(select unnest(string_split(nullif(?, ''), ',')::integer[]))"


def many(numbers: Iterable[int]) -> str:
    """The text that is bound to it."""
    return ",".join(map(str, numbers))
