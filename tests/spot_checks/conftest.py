"""A project of its own over the published demo: its warehouse and sources are linked, its ledger is a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from spot_checked import Place


@pytest.fixture
def place(published_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    root = tmp_path / "project"
    shutil.copytree(published_demo, root, ignore=shutil.ignore_patterns("build", ".git", "target", "logs"))
    build, published = root / "build", published_demo / "build"
    build.mkdir()
    (build / "warehouse.duckdb").symlink_to((published / "warehouse.duckdb").resolve())
    shutil.copytree(published / "sources", build / "sources")
    for name in ("ledger", "anchors"):
        shutil.copytree(published / name, build / name)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("DESK_URL", "KPI_BUILD", "KPI_LEDGER", "KPI_ANCHORS"):
        monkeypatch.delenv(name, raising=False)
    return Place(root, tmp_path)
