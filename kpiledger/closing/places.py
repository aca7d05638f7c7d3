"""Where does what a close froze lie?"""

from __future__ import annotations

from pathlib import Path

from kpiledger.closing.standing import Close

SCORECARD_FILE, VALUES_FILE = "scorecard.parquet", "values.parquet"
EXTRACTS = "extracts"


def folder_of(closes: Path, close: Close) -> Path:
    """Where the evidence of a close lies."""
    return closes / close.period / str(close.ordinal)
