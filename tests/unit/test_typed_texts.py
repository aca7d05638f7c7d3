"""What is typed after a command may be kept for good: characters that nobody sees are refused, and nothing is done."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kpiledger.cli import kpi

COMMANDS = {
    "says": "decide --holder sales_west --period 2017-Q3 --by cfo --says",
    "reason": "erase p1007 --reason",
    "purpose": "evidence bundle --out out --with-subjects --by cfo --purpose",
    "note": "checkin revenue_2017 --confidence 0.5 --by cfo --note",
    "accepted": "close 2017-03 --by p1002 --approved-by p1001 --accept",
}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("found", ["\u200b", "\x1b", "\u202e"])
def test_a_character_that_nobody_sees_is_refused_in_what_is_typed(tmp_path: Path, name: str, found: str) -> None:
    (tmp_path / "kpiledger.yml").write_text("build: build\n")
    done = CliRunner().invoke(kpi, ["--project", str(tmp_path), *COMMANDS[name].split(), f"as dis{found}cussed"])
    assert done.exit_code
    assert f"the invisible character U+{ord(found):04X} stands in `{name}`" in str(done.exception) + done.output
    assert [path.name for path in tmp_path.rglob("*")] == ["kpiledger.yml"]


def test_lines_and_the_joiners_of_a_language_are_no_such_characters(tmp_path: Path) -> None:
    (tmp_path / "kpiledger.yml").write_text("build: build\n")
    words = ["decide", "--holder", "x", "--period", "2017-Q3", "--by", "x", "--says", "two\nlines, \u0646\u200c\u0647"]
    done = CliRunner().invoke(kpi, ["--project", str(tmp_path), *words])
    assert done.exit_code  # the folder has no specs
    assert "invisible" not in str(done.exception) + done.output
