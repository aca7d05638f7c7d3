"""A shop in a folder of its own, whose source answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from extract_shop import ROWS, Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    (tmp_path / "next").mkdir()
    made.fill(ROWS)
    return made
