"""A run that fills the disk anywhere says so, and leaves readers with all of the old publication.

The same at more places: `python -m benchmarks.full_disk_runs`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo import ROOT

pytestmark = pytest.mark.demo

# In the extracts, while dbt builds, while the ledger is written, after the pages.
PLACES = ("0+20", "0+8000", "ledger/entries.jsonl+0")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, with room for the demo and a few runs."""
    folder = tmp_path / "disk"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting is not allowed here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_leaves_all_old_and_says_so_and_the_next_run_converges(
    published_demo: Path, small_disk: Path
) -> None:
    folder = Path(shutil.copytree(published_demo, small_disk / "demo", symlinks=True))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KPI_")}
    command = [sys.executable, "-m", "tests.full_disk_runs", str(folder), str(small_disk / "ballast"), *PLACES]

    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert ran.stdout, ran.stderr
    seen = json.loads(ran.stdout)
    assert seen["broken"] == []
    assert seen["as_new"] == 0
    first, second, third = seen["steps"]
    assert (first, third) == ("extracts", "published_warehouse")
    assert second == "models" or second.startswith("dbt ")  # whichever part of dbt's work ran out of room
    said = seen["said"]
    assert said[0].startswith("error: the disk is full: IO Error: Could not write file")
    assert "warehouse.duckdb" in said[1]
    assert said[2].startswith(f"error: the disk is full: the ledger {folder / 'build' / 'ledger'} cannot be written")
