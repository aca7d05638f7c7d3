"""The build folder is emptied to be made anew, so it may not hold the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpiledger.errors import WrongUse
from kpiledger.settings import load_settings


@pytest.mark.parametrize("build", [".", "..", "build/..", "/"])
def test_a_build_folder_around_the_project_is_refused(build: str, tmp_path: Path) -> None:
    (tmp_path / "kpiledger.yml").write_text(f"build: {build}\n")
    with pytest.raises(WrongUse, match="holds the project itself"):
        load_settings(tmp_path, {})
    with pytest.raises(WrongUse, match="holds the project itself"):
        load_settings(tmp_path, {"KPI_BUILD": str(tmp_path)})


@pytest.mark.parametrize("build", ["build", "../beside"])
def test_a_build_folder_of_its_own_is_taken(build: str, tmp_path: Path) -> None:
    (tmp_path / "kpiledger.yml").write_text(f"build: {build}\n")
    assert load_settings(tmp_path, {}).build == tmp_path / build
