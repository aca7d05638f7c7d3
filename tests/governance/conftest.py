"""What tests of the conversation begin with; `talking_world` says what it holds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

from talking_world import World, made_world


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A project whose West holds revenue in 2017, with a trigger; nothing is recorded yet."""
    return made_world(tmp_path)
