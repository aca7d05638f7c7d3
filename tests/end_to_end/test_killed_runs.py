"""A run that is killed anywhere leaves readers with all of the old publication or all of the new one.

The same with 200 kills: `python -m benchmarks.killed_runs`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo import ROOT

pytestmark = pytest.mark.demo

KILLS = 4


def test_kills_leave_all_old_or_all_new_and_the_next_run_converges(published_demo: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(published_demo, tmp_path / "demo", symlinks=True))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KPI_")}
    command = [sys.executable, "-m", "tests.killed_runs", str(folder), str(KILLS), "7"]

    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert ran.stdout, ran.stderr
    seen = json.loads(ran.stdout)
    assert seen["broken"] == []
    assert seen["killed"] + seen["ended"] == KILLS
    assert seen["killed"] > 0
