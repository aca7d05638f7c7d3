"""What the README says to type works, in the order it says it."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.demo import ROOT, kpi

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.removeprefix("$ ").split("  #")[0].strip()
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]
TOUR = [command for command in COMMANDS if command.startswith("kpi ")]


@pytest.mark.demo
def test_every_command_of_the_tour_ends_well(published_demo: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(published_demo, tmp_path / "demo", symlinks=True))
    for command in TOUR:
        done = kpi(folder, *shlex.split(command)[1:])
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        if command != "kpi run":
            assert done.stdout.strip(), f"{command} said nothing"


def test_the_readme_begins_with_the_two_commands() -> None:
    assert COMMANDS[:2] == ["make demo", "make test"]
    assert len(TOUR) >= 7


def test_make_knows_every_target_that_the_readme_names() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in {command.split()[1] for command in COMMANDS if command.startswith("make ")}:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_every_link_of_the_readme_leads_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / link).exists(), link
