"""A person is erased from the finished demo: not a byte of id, name or salt is left in anything that runs made."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from people_place import bytes_below

from tests.demo import commit_all, kpi

pytestmark = pytest.mark.demo

PERSON, APPROVER, NAME = "p_2001", "p_1002", "Kirkegaard"
OWN = "metrics/agreements/2017/p_2001.yml"
AGREEMENT = """\
holder: p_2001
events:
  - event: agreed
    agreement: south_lead_2017
    decided_on: 2016-12-20
    valid_from: 2017-01-01
    valid_to: 2017-12-31
    reason: {kind: annual_agreement, text: Own goals of Anna Kirkegaard for the year}
    proposed_by: head_of_sales
    approved_by: cfo
    targets:
      - kpi: revenue
        slice: {region: South}
        target: {grain: month, value: "9000.00", comparison: at_least}
        baseline:
          from: 2016-01
          to: 2016-12
          exclude: [{month: 2016-03, reason: Anna Kirkegaard was ill}]
          method: mean
          value: "6000.00"
          source: erp
"""
# Where the engine itself and its guide speak of people by way of example.
EXAMPLES = ("kpiledger", "docs", "schemas", "tools", ".git")


def stores(folder: Path) -> dict[str, bytes]:
    return {name: content for name, content in bytes_below(folder).items() if name.split("/")[0] not in EXAMPLES}


def salts_of(folder: Path) -> list[str]:
    return [json.loads(path.read_text())["salt"] for path in (folder / "build/ledger/subjects").glob("*.json")]


def add_person(folder: Path) -> None:
    (folder / OWN).write_text(AGREEMENT, encoding="utf-8")
    organisation = folder / "metrics/organisation.yml"
    text = organisation.read_text(encoding="utf-8")
    organisation.write_text(text.replace("people:\n", f"people:\n  {PERSON}: [head_of_sales_south]\n"), "utf-8")


def take_out(folder: Path, person: str) -> None:
    """Out of the specs: files named after them, and every line, or appointment, that names them."""
    for path in sorted((folder / "metrics").rglob("*")):
        if path.is_file() and person in path.name:
            path.unlink()
        elif path.is_file() and person in path.read_text(encoding="utf-8"):
            lines = path.read_text(encoding="utf-8")
            if path.name == "authority.yml":
                lines = re.sub(rf"  - role: \w+\n    person: {person}\n(    valid_\w+: .*\n)*", "", lines)
            kept = [line for line in lines.splitlines(keepends=True) if person not in line]
            path.write_text("".join(kept), encoding="utf-8")


def test_nothing_of_an_erased_person_is_left_and_the_next_run_goes_on(published_demo: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(published_demo, tmp_path / "demo", symlinks=True))
    add_person(folder)
    commit_all(folder, "own goals")
    ran = kpi(folder, "run")
    assert ran.returncode == 0, ran.stderr
    assert kpi(folder, "informed", "--holder", PERSON, "--on", "2016-12-21", "--by", "head_of_sales").returncode == 0
    held = kpi(folder, "held", PERSON, "--output", "json")
    assert {one["store"] for one in json.loads(held.stdout)} == {"ledger", "side store", "files", "warehouse", "pages"}
    salts = salts_of(folder)

    refused = kpi(folder, "erase", PERSON, "--reason", "asked for on 2018-01-05")
    assert refused.returncode == 1
    assert f"{OWN}:1:9: KPI161 error" in refused.stderr
    for person in (PERSON, APPROVER):
        take_out(folder, person)
    commit_all(folder, "two people left")
    approver = kpi(folder, "erase", APPROVER, "--reason", "left the house")
    assert approver.returncode == 0, approver.stderr
    done = kpi(folder, "erase", PERSON, "--reason", "asked for on 2018-01-05", "--run")
    assert done.returncode == 0, done.stderr

    left = stores(folder)
    for needle in (PERSON, APPROVER, NAME, *(set(salts) - set(salts_of(folder)))):
        assert [name for name, content in left.items() if needle.encode() in content] == []
    for person in (PERSON, APPROVER):
        assert f"nothing is held about {person}" in kpi(folder, "held", person).stdout
    verified = kpi(folder, "verify")
    assert verified.returncode == 0, verified.stdout
    assert "erased_" in kpi(folder, "history", "south_lead_2017").stdout
