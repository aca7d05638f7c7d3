"""A person is erased from the finished demo: not a byte of id, name or salt is left in anything that runs made."""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil
import sqlite3
import subprocess
import tarfile
import zipfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from traces import forms_of, forms_of_salt, traces

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


def needles(salts: Iterable[str]) -> dict[str, tuple[bytes, ...]]:
    """What is searched for, each in every form that it could have."""
    words = {word: forms_of(word.encode()) for word in (PERSON, APPROVER, NAME)}
    return words | {salt: forms_of_salt(salt) for salt in salts}


def salts_of(folder: Path) -> dict[str, str]:
    """The salt of each value that the side store keeps, and which value it is of."""
    kept = [json.loads(path.read_text("utf-8")) for path in (folder / "build/ledger/subjects").glob("*.json")]
    return {one["salt"]: one["value"] for one in kept}


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


def plant(folder: Path, salt: str) -> None:
    """A salt where none should be, in forms and files that hide it: what a run could leave behind."""
    raw, left = bytes.fromhex(salt), folder / "build/left"
    left.mkdir()
    (left / "raw.bin").write_bytes(b"..." + raw)
    (left / "text.txt").write_bytes(base64.b64encode(b"a salt: " + raw))
    (left / "packed.gz").write_bytes(gzip.compress(salt.encode()))
    with zipfile.ZipFile(left / "packed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one.json", salt)
    with tarfile.open(left / "packed.tar.gz", "w:gz") as tar:
        tar.add(left / "raw.bin", "one.bin")
    with duckdb.connect() as connection:
        said = f"select range as number, '{salt}' as said from range(5000)"
        connection.execute(f"copy ({said}) to '{left}/rows.parquet' (format parquet, compression zstd)")
        connection.execute(f"attach '{left}/rows.duckdb' as kept")
        connection.execute(f"create table kept.main.said as {said}")
    with closing(sqlite3.connect(left / "rows.sqlite")) as rows, rows:
        rows.execute("create table said (salt blob)")
        rows.execute("insert into said values (?)", [raw])


def assert_found(folder: Path, salts: Iterable[str], planted: str) -> None:
    """Before anything is erased the same search finds id, name and salts, and so could find them afterwards."""
    found = traces(folder, needles(salts), EXAMPLES)
    warehouse = (folder / "build/warehouse.duckdb").resolve().relative_to(folder).as_posix()
    pages = Path(warehouse).with_name("pages")
    by_both = {OWN, f"{warehouse}!kpi.dim_agreement_version", f"{warehouse}!kpi.fct_decision", f"{pages}/{PERSON}.html"}
    assert by_both <= found[PERSON] & found[NAME]
    assert {f"{warehouse}!kpi.fct_kpi_target", "metrics/organisation.yml"} <= found[PERSON]
    assert "metrics/approvers/authority.yml" in found[APPROVER]
    for salt in salts:
        assert any(place.startswith("build/ledger/subjects/") for place in found[salt])
    hidden = {place.removeprefix("build/left/") for place in found[planted] if place.startswith("build/left/")}
    assert hidden >= {
        "raw.bin", "text.txt", "packed.gz!", "packed.zip!one.json", "packed.tar.gz!one.bin", "rows.parquet!rows",
        "rows.duckdb!main.said", "rows.sqlite!rows",
    }  # fmt: skip


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
    own = next(salt for salt, value in salts.items() if value == PERSON)
    plant(folder, own)
    assert_found(folder, salts, own)

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

    gone = salts.keys() - salts_of(folder).keys()
    assert {PERSON, APPROVER} <= {salts[salt] for salt in gone}
    assert traces(folder, needles(gone), EXAMPLES) == {}
    for person in (PERSON, APPROVER):
        assert f"nothing is held about {person}" in kpi(folder, "held", person).stdout
    verified = kpi(folder, "verify")
    assert verified.returncode == 0, verified.stdout
    assert "erased_" in kpi(folder, "history", "south_lead_2017").stdout
