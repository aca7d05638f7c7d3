"""A period asked for in words that this calendar does not have."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpiledger.cli import kpi
from kpiledger.errors import WrongUse

ROOT = Path(__file__).parents[2]
ASKED = ("target", "revenue", "--holder", "company", "--period")


@pytest.mark.parametrize(("begins", "is_said"), [("january", False), ("july", True)])
def test_a_calendar_with_fiscal_years_says_how_they_are_written(tmp_path: Path, begins: str, *, is_said: bool) -> None:
    for name in ("metrics", "expectations", "models", "seeds"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("kpiledger.yml", "dbt_project.yml"):
        shutil.copy(ROOT / name, tmp_path)
    calendar = tmp_path / "metrics" / "calendar.yml"
    text = calendar.read_text(encoding="utf-8")
    calendar.write_text(text.replace("fiscal_year_starts: january", f"fiscal_year_starts: {begins}"), encoding="utf-8")
    called = CliRunner().invoke(kpi, ["--project", str(tmp_path), *ASKED, "2017-Q5"])
    assert isinstance(called.exception, WrongUse)
    assert ("quarters and years are fiscal here and begin with FY" in str(called.exception)) is is_said
