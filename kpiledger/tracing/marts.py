"""Are the tables that the rows are read from still those that the number was published with?"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.mart_hashes import mart_hash, marts_of
from kpiledger.tracing.lines import Line, Traced


def mart_lines(traced: Traced) -> Iterator[Line]:
    """Each table behind the facts of the number, held against the hash that was recorded with the publication."""
    entry = traced.fixed.entry
    recorded = entry.content.get("marts", {}) if entry else {}
    for model in marts_of(traced.facts):
        then, now = recorded.get(model), mart_hash(traced.warehouse, model)
        if entry is None or then is None:
            yield Line("mart", model, "what it held was not recorded when it was published", now)
        elif now == then:
            yield Line("mart", model, f"as entry {entry.seq} recorded it", now)
        else:
            found = "it is gone" if now is None else "the rows below are those of now"
            told = f"entry {entry.seq} recorded {then}; {found}; `kpi run` publishes anew"
            yield Line("mart", model, f"CHANGED since it was published: {told}", now, holds=False)
