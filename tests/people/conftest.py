"""The project that tests of personal data begin with; `people_place` says what it holds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

from ledger_builders import agreed, agreements, clock, project, target
from people_place import BASELINE, OWN_FILE, PERSON, TEXT, Place

from kpiledger.ledger.store import Ledger
from kpiledger.recording import record
from kpiledger.settings import load_settings


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Recorded on 2026-01-05; the files themselves name nobody yet."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "kpiledger.yml").write_text("build: build\nledger: build/ledger\n", encoding="utf-8")
    settings = load_settings(root, {})
    ledger = Ledger(settings.ledger, anchors=settings.anchors)
    event = agreed(target(baseline=BASELINE), agreement="own_2017", reason=TEXT)
    specs = project(agreements(event, holder=PERSON, path=OWN_FILE), root=root)
    record(specs, root, ledger, clock())
    return Place(root, settings, ledger, specs)
