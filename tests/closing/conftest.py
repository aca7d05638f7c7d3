"""One company with a run and a closed month is made; each test that changes it has a copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from kpiledger.settings import load_settings
from tests.closing.closing_world import ClosingWorld, new_world

Copy = Callable[[], ClosingWorld]


def copied(world: ClosingWorld, root: Path) -> ClosingWorld:
    """The same company in a folder of its own."""
    shutil.copytree(world.root, root, symlinks=True)
    return replace(deepcopy(world), root=root, settings=load_settings(root, {}))


@pytest.fixture(scope="session")
def run_once(tmp_path_factory: pytest.TempPathFactory) -> ClosingWorld:
    """A company after its first run; nothing is closed. Tests must leave it as it is."""
    world = new_world(tmp_path_factory.mktemp("closing") / "company")
    world.run()
    return world


@pytest.fixture(scope="session")
def closed_once(run_once: ClosingWorld, tmp_path_factory: pytest.TempPathFactory) -> ClosingWorld:
    """The same after March 2017 was closed, with a run since. Tests must leave it as it is."""
    world = copied(run_once, tmp_path_factory.mktemp("closed") / "company")
    world.close("2017-03")
    world.run()
    return world


@pytest.fixture
def world(run_once: ClosingWorld, tmp_path: Path) -> ClosingWorld:
    """A company of the test's own, after its first run."""
    return copied(run_once, tmp_path / "company")


@pytest.fixture
def closed(closed_once: ClosingWorld, tmp_path: Path) -> ClosingWorld:
    """A company of the test's own that has closed March 2017."""
    return copied(closed_once, tmp_path / "company")
