"""How does a command end that has said all it has to say, and holds much that it has read?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

LEAVING = """
import atexit, os, sys, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from kpiledger.errors import Answered
from kpiledger.leaving import leave_at_once

def busy(told):
    open(told, "w").write(str(os.getpid()))
    time.sleep(600)

if __name__ == "__main__":
    atexit.register(print, "done at the end")
    told = sys.argv[1]
    aside = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
    aside.submit(busy, told)
    while not os.path.exists(told) or not open(told).read():
        time.sleep(0.05)
    print("answer " * 100_000)
    Answered(int(sys.argv[2]), leave_at_once).leave()
"""


@pytest.mark.parametrize("code", [0, 1])
def test_all_is_said_nothing_is_left_running_and_nothing_leaks(tmp_path: Path, code: int) -> None:
    script, told = tmp_path / "leaving.py", tmp_path / "pid"
    script.write_text(LEAVING)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, str(script), str(told), str(code)],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (code, "")
    assert done.stdout == "answer " * 100_000 + "\ndone at the end\n"
    assert _has_ended(int(told.read_text()))


def _has_ended(process: int) -> bool:
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_verify_leaves_with_its_code_once_all_is_said(tmp_path: Path) -> None:
    ledger = shutil.copytree(Path(__file__).parent / "older_ledger", tmp_path / "ledger")
    (ledger / "leaves").write_bytes(b"")
    words = [sys.executable, "-m", "kpiledger.cli", "--project", str(Path(__file__).parents[2]), "verify"]
    environment = {**os.environ, "KPI_LEDGER": str(ledger), "KPI_BUILD": str(tmp_path / "build")}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[-1].startswith(f"the ledger {ledger} does not hold: ")
