"""A period asked for in words that this calendar does not have."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpiledger.cli import kpi
from kpiledger.errors import WrongUse

BASE = Path(__file__).parents[1] / "findings" / "base"
ASKED = ("target", "revenue", "--holder", "sales_west", "--period")


@pytest.mark.parametrize(("begins", "is_said"), [("january", False), ("july", True)])
def test_a_calendar_with_fiscal_years_says_how_they_are_written(tmp_path: Path, begins: str, *, is_said: bool) -> None:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "kpiledger.yml").touch()
    calendar = tmp_path / "metrics" / "calendar.yml"
    text = calendar.read_text(encoding="utf-8")
    calendar.write_text(text.replace("fiscal_year_starts: january", f"fiscal_year_starts: {begins}"), encoding="utf-8")
    called = CliRunner().invoke(kpi, ["--project", str(tmp_path), *ASKED, "2017-Q5"])
    assert isinstance(called.exception, WrongUse)
    assert ("quarters and years are fiscal here and begin with FY" in str(called.exception)) is is_said
