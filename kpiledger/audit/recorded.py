"""What do single entries say, word for word: read again by the place that the index has of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger.ledger.lines import lines_of
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import resolving

_PLACES = "select seq, first_byte, length from entry where list_contains(?::integer[], seq) order by seq"


def contents_of(ledger: Ledger, index: DuckDBPyConnection, seqs: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    """The contents of entries by seq, with people by their ids or as `erased`."""
    places = index.execute(_PLACES, [sorted(set(seqs))]).fetchall()
    values_of = resolving(ledger)
    with lines_of(ledger.storage) as lines:
        found = [json.loads(line) for line in lines.at(places)]
    return {int(shown["seq"]): values_of(shown["content"]) for shown in found}
