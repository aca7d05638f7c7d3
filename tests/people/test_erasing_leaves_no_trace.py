"""A person is erased from the finished demo: not a byte of id, name or salt is left in anything that runs made."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from people_place import bytes_below

from tests.demo import commit_all, kpi

pytestmark = pytest.mark.demo

PERSON, APPROVER, NAME = "p_2001", "p_1002", "Kirkegaard"
ITEM = "trigger/south_lead_2017/nothing_delivered/2017-W37"
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
    triggers:
      - id: nothing_delivered
        says: If carriers deliver half a week's freight at most, the goals of Anna Kirkegaard are looked at again.
        when: {outside: florida_deliveries, grain: week, at_most: "0.50"}
        then: review
        asks: head_of_sales
        within: 14
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


def approve(folder: Path, keys: Path) -> None:
    """A trigger holds from when its agreement is approved; the approver, who is erased too, has a new key."""
    key = keys / "cfo"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)], check=True)
    with (folder / "metrics/approvers/allowed_signers").open("a", encoding="utf-8") as signers:
        public = key.with_suffix(".pub").read_text(encoding="utf-8").strip()
        signers.write(f'{APPROVER} namespaces="kpi-agreement" {public}\n')
    done = kpi(folder, "approve", OWN, "--key", str(key))
    assert done.returncode == 0, done.stderr


def talk(folder: Path) -> None:
    """The person says how sure a key result is, decides, and is decided about."""
    sure = ("--confidence", "0.7", "--by", PERSON, "--note", "Kirkegaard is sure of the larger stores")
    own = ("decide", "--holder", PERSON, "--period", "2017-Q3", "--says", "Kirkegaard works fewer hours from October")
    others = ("decide", "--holder", "sales_south", "--period", "2017-Q3", "--says", "The depot is opened again")
    for words in (("checkin", "more_sold", *sure), (*own, "--by", PERSON), (*others, "--by", PERSON)):
        noted = kpi(folder, *words)
        assert noted.returncode == 0, noted.stderr


def kinds_about(folder: Path, person: str) -> set[str]:
    """The kinds of the entries that hold something about a person, or that tell of an agreement of theirs."""
    values = (folder / "build/ledger/subjects").glob("*.json")
    own = [path.stem for path in values if json.loads(path.read_text())["value"] == person]
    entries = (folder / "build/ledger/entries.jsonl").read_text(encoding="utf-8").splitlines()
    return {json.loads(line)["kind"] for line in entries if any(one in line for one in ("south_lead_2017", *own))}


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
    approve(folder, tmp_path)
    commit_all(folder, "own goals")
    talk(folder)
    ran = kpi(folder, "run")
    assert ran.returncode == 0, ran.stderr
    assert kpi(folder, "informed", "--holder", PERSON, "--on", "2016-12-21", "--by", "head_of_sales").returncode == 0
    held = kpi(folder, "held", PERSON, "--output", "json")
    assert {one["store"] for one in json.loads(held.stdout)} == {"ledger", "side store", "files", "warehouse", "pages"}
    answer = ("--says", "The goals of Anna Kirkegaard stay", "--by", PERSON, "--closes", ITEM)
    closed = kpi(folder, "decide", "--holder", PERSON, "--period", "2017-Q3", *answer)
    assert closed.returncode == 0, closed.stderr
    assert {"checkin.noted", "decision.noted", "trigger.fired"} <= kinds_about(folder, PERSON)
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
