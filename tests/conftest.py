"""What all tests share: golden files, rewritten by `pytest --update-golden` and never by hand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from tests.demo import copy_project, run_demo

Golden = Callable[[Path, str], None]

# How long an example takes says nothing on a machine that does other work beside it.
settings.register_profile("kpiledger", deadline=None)
settings.load_profile("kpiledger")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files with what came out")


def pytest_configure(config: pytest.Config) -> None:
    os.environ.pop("KPI_LEDGER_URL", None)  # no test may write to the ledger of whoever runs it
    if config.getoption("--update-golden") and os.environ.get("CI"):
        raise pytest.UsageError("golden files are rewritten by a person who reads them, never in CI")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with a golden file, or rewrite the file where `--update-golden` is given."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path.name} is missing; write it with pytest --update-golden and read it"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def published_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project whose build/ holds a finished run of the demo; tests must leave it as it is.

    Made once, also where several processes run tests: the others wait for the one that makes it.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, is_made = shared / "published" / "demo", shared / "published.made"
    with FileLock(shared / "published.lock"):
        if not is_made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            ran = run_demo(copy_project(folder))
            assert ran.returncode == 0, ran.stderr
            is_made.touch()
    return folder
