"""How do plan, draw and verdict of a spot check read as the contents of ledger entries?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from kpiledger.ledger.canonical import canonical_bytes, decimal_text
from kpiledger.specs.expectation import CheckedTable
from kpiledger.spot_checks.planning import Part, claim_of, compared_columns
from kpiledger.spot_checks.queries import Stratum

ALL_TIME = "all"


def check_name(source: str, table: str, period: str | None, ordinal: int) -> str:
    """The key of a spot check in the ledger: desk.ticket/2017-03/1."""
    return f"{source}.{table}/{period or ALL_TIME}/{ordinal}"


def plan_content(
    source: str, table: CheckedTable, period: str | None, ordinal: int, reason: str | None, parts: Sequence[Part]
) -> dict[str, Any]:
    """What is fixed before a row is drawn."""
    assert table.spot_check is not None
    claim = claim_of(table.spot_check)
    return {
        "source": source,
        "table": table.table,
        "model": table.model,
        "period": period,
        "ordinal": str(ordinal),
        "reason": reason,
        "error_share_below": decimal_text(claim.error_share_below),
        "confidence": decimal_text(claim.confidence),
        "key": list(table.key),
        "columns": list(compared_columns(table)),
        "parts": [_planned_part(part) for part in parts],
    }


def _planned_part(part: Part) -> dict[str, Any]:
    return {
        "stratum": dict(part.stratum),
        "direction": part.direction.value,
        "population": str(part.size.population) if part.size else None,
        "sample_size": str(part.size.rows if part.size else 0),
        "allowed_errors": str(part.size.allowed_errors if part.size else 0),
    }


def seed_of(root: str, plan: Mapping[str, Any], word: str | None = None) -> str:
    """The seed of a plan: from the root of the tree that ends with it, the table, the period, and an auditor's word."""
    text = f"{root}:{plan['source']}.{plan['table']}:{plan['period'] or ALL_TIME}"
    return sha256((f"{text}:{word}" if word else text).encode()).hexdigest()


def draw_content(
    plan_seq: int, root: str, seed: str, word: str | None, drawn: Sequence[tuple[Part, Sequence[str], str]]
) -> dict[str, Any]:
    """Which rows were drawn, part by part: the hash of their keys, and the one of their values."""
    parts = [
        {
            "stratum": dict(part.stratum),
            "direction": part.direction.value,
            "keys_hash": keys_hash(keys),
            "rows_hash": hashed,
        }
        for part, keys, hashed in drawn
    ]
    content = {"plan_seq": str(plan_seq), "root": root, "seed": seed, "parts": parts}
    return {**content, "word": word} if word else content


def keys_hash(keys: Sequence[str]) -> str:
    """SHA-256 of keys in the order drawn, each ended by a line feed."""
    return sha256("".join(f"{key}\n" for key in keys).encode()).hexdigest()


def rows_hash(salt: str, rows: Sequence[tuple[str, Mapping[str, str | None]]]) -> str:
    """SHA-256 of a salt and of each row in the order drawn, as JSON, each ended by a line feed.

    The salt lies beside the rows and not in the ledger: nobody guesses the values of a small sample from their hash.
    """
    lines = [salt.encode(), *(canonical_bytes({"key": key, "values": dict(values)}) for key, values in rows)]
    return sha256(b"".join(line + b"\n" for line in lines)).hexdigest()


def part_name(part: Mapping[str, Any]) -> tuple[tuple[tuple[str, str | None], ...], str]:
    """What tells a recorded part from the others."""
    stratum: Stratum = part["stratum"]
    return tuple(sorted(stratum.items())), str(part["direction"])
