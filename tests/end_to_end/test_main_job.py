"""The main job as its users run it: once, twice, with faults, after an amendment."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from kpiledger.publishing import table_hashes
from kpiledger.sources import FAULTS
from tests.demo import commit_all, copy_project, kpi, run_demo

pytestmark = pytest.mark.demo


@pytest.fixture
def own_demo(published_demo: Path, tmp_path: Path) -> Path:
    """A finished demo that a test may spoil."""
    return Path(shutil.copytree(published_demo, tmp_path / "demo", symlinks=True))


def _entries(folder: Path) -> list[dict]:
    lines = (folder / "build/ledger/entries.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def sign_as_cfo(folder: Path, keys: Path, agreements: str) -> None:
    """Approve the one event that waits, with a new key of the chief financial officer."""
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(keys / "cfo")]
    subprocess.run(words, check=True)
    public = (keys / "cfo.pub").read_text(encoding="utf-8").strip()
    with (folder / "metrics/approvers/allowed_signers").open("a", encoding="utf-8") as signers:
        signers.write(f'p_1002 namespaces="kpi-agreement" {public}\n')
    done = kpi(folder, "approve", agreements, "--key", str(keys / "cfo"))
    assert done.returncode == 0, done.stderr


def test_what_git_says_was_learnt_by_the_run(own_demo: Path) -> None:
    answer = kpi(own_demo, "audit", "27")
    assert answer.returncode == 0, answer.stderr
    assert "files say was kept from an earlier call" in answer.stdout


def test_the_published_tables_are_all_there(published_demo: Path) -> None:
    with duckdb.connect(str(published_demo / "build/warehouse.duckdb"), read_only=True) as connection:
        found = {
            name
            for (name,) in connection.execute(
                "select table_name from information_schema.tables where table_schema = 'kpi'"
            ).fetchall()
        }
    assert {
        "dim_kpi", "dim_kpi_version", "dim_period", "dim_unit", "dim_agreement_version", "fct_kpi_value",
        "fct_kpi_target", "fct_scorecard", "fct_check_result", "fct_registration_issue", "fct_reconciliation",
    } <= found  # fmt: skip


def test_a_second_run_records_nothing_new_and_changes_no_number(own_demo: Path) -> None:
    before = (own_demo / "build/ledger/entries.jsonl").read_bytes()
    hashes = table_hashes(own_demo / "build/warehouse.duckdb")
    again = run_demo(own_demo)
    assert again.returncode == 0, again.stderr
    assert (own_demo / "build/ledger/entries.jsonl").read_bytes() == before
    assert table_hashes(own_demo / "build/warehouse.duckdb") == hashes


def test_faults_stop_publishing_and_are_all_named(own_demo: Path) -> None:
    published = (own_demo / "build/current").readlink()
    hashes = table_hashes(own_demo / "build/warehouse.duckdb")
    assert kpi(own_demo, "demo-sources", "--faults").returncode == 0
    failed = kpi(own_demo, "run", "--no-extract")
    assert failed.returncode == 1
    told = failed.stdout + failed.stderr
    for fault in FAULTS:
        for word in (fault.source, fault.rule, *fault.keys):
            assert word in told, f"{fault} is not named: {word}"
    (page,) = (own_demo / "build/stopped").glob("*/checks.html")
    assert f"the page of this run: {page}" in told
    assert (own_demo / "build/current").readlink() == published
    assert table_hashes(own_demo / "build/warehouse.duckdb") == hashes
    assert (own_demo / "build/pages/index.html").exists()
    assert kpi(own_demo, "demo-sources").returncode == 0
    assert kpi(own_demo, "run").returncode == 0


def test_an_earlier_moment_still_gives_the_earlier_target(own_demo: Path, tmp_path: Path) -> None:
    asked = ("target", "revenue", "--holder", "sales_west", "--period", "2017-11", "--output", "json")
    before = json.loads(kpi(own_demo, *asked).stdout)
    earlier = datetime.now(UTC)
    time.sleep(0.01)
    path = own_demo / "metrics/agreements/2017/sales_west.yml"
    amendment = """
  - event: amended
    agreement: sales_west_2017
    decided_on: 2017-10-20
    valid_from: 2017-11-01
    reason: {kind: resource_change, text: Two vacancies until the year's end}
    proposed_by: head_of_sales
    approved_by: cfo
    targets:
      - kpi: revenue
        slice: {region: West}
        weight: 0.35
        influence: 0.8
        target: {grain: month, value: "12345.00", comparison: at_least}
"""
    path.write_text(path.read_text(encoding="utf-8").rstrip() + amendment, encoding="utf-8")
    sign_as_cfo(own_demo, tmp_path, "metrics/agreements/2017/sales_west.yml")
    commit_all(own_demo, "targets: sales_west eased")
    run = kpi(own_demo, "run")
    assert run.returncode == 0, run.stderr
    now = json.loads(kpi(own_demo, *asked).stdout)
    then = json.loads(kpi(own_demo, *asked, "--known-at", earlier.isoformat()).stdout)
    assert now["known"][0]["value"] == "12345"
    assert now["known"][0]["reason_kind"] == "resource_change"
    assert then["known"] == before["known"]
    assert then["differences"]


def test_an_edited_event_is_refused_with_both_values(own_demo: Path) -> None:
    # From before the policy on approvals: later ones are signed, and an edit voids the signature first.
    path = own_demo / "metrics/agreements/2015/sales_west.yml"
    text = path.read_text(encoding="utf-8")
    assert "West grows 5 percent" in text
    path.write_text(text.replace("West grows 5 percent", "Something else", 1), encoding="utf-8")
    refused = kpi(own_demo, "run")
    assert refused.returncode == 1
    assert "KPI090" in refused.stderr
    assert "Something else" in refused.stderr
    assert "West grows 5 percent" in refused.stderr
    assert "metrics/agreements/2015/sales_west.yml" in refused.stderr


def test_target_answers_with_what_stands_behind_it(published_demo: Path) -> None:
    answer = kpi(published_demo, "target", "revenue", "--holder", "sales_west", "--period", "2016-08")
    assert answer.returncode == 0, answer.stderr
    for word in ("sales_west_2016", "approved", "cfo", "valid", "recorded", "reason"):
        assert word in answer.stdout


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_one_changed_byte_is_found_and_its_entry_named(own_demo: Path, share: float) -> None:
    assert kpi(own_demo, "verify").returncode == 0
    path = own_demo / "build/ledger/entries.jsonl"
    content = bytearray(path.read_bytes())
    place = int(len(content) * share)
    content[place] ^= 1
    path.write_bytes(bytes(content))
    damaged = bytes(content[:place]).count(b"\n") + 1  # entries are numbered from 1
    found = kpi(own_demo, "verify")
    assert found.returncode == 1
    assert f"entry {damaged}" in found.stdout + found.stderr


def test_a_published_number_that_was_changed_in_place_is_found(own_demo: Path) -> None:
    warehouse = (own_demo / "build/warehouse.duckdb").resolve()
    warehouse.chmod(0o644)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update kpi.fct_scorecard set status = 'green' where holder = 'sales_west'")
    found = kpi(own_demo, "verify")
    assert found.returncode == 1
    assert "fct_scorecard" in found.stdout


def test_a_lost_ledger_is_not_begun_anew(own_demo: Path) -> None:
    shutil.rmtree(own_demo / "build/ledger")
    refused = kpi(own_demo, "run")
    assert refused.returncode == 2
    assert "there is no ledger" in refused.stderr
    assert not (own_demo / "build/ledger").exists()


def test_an_as_of_date_before_the_calendar_is_refused(own_demo: Path) -> None:
    refused = kpi(own_demo, "run", "--as-of", "2013-01-01")
    assert refused.returncode == 2
    assert "lies before the calendar begins, 2014-01-01" in refused.stderr


def test_pages_whose_exchange_was_interrupted_come_back(own_demo: Path) -> None:
    pages = (own_demo / "build/pages").resolve()
    pages.rename(pages.with_name("pages.old"))
    assert kpi(own_demo, "pages").returncode == 0
    assert (own_demo / "build/pages/index.html").exists()
    assert not pages.with_name("pages.old").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("show", "nothing"),
        ("show", "revenue", "--version", "9"),
        ("show", "revenue", "--sql", "--version", "0"),
        ("target", "revenue", "--holder", "nobody", "--period", "2016-08"),
        ("target", "revenue", "--holder", "sales_west", "--period", "9999-12"),
        ("target", "revenue", "--holder", "sales_west", "--period", "August"),
        ("target", "revenue", "--holder", "sales_west", "--period", "2016-08", "--known-at", "then"),
        ("history", "nothing"),
        ("fly",),
        ("run", "--as-of", "soon"),
        ("--project", "nowhere", "check"),
    ],
    ids=" ".join,
)
def test_wrong_words_end_with_two_and_a_sentence(words: tuple[str, ...], published_demo: Path) -> None:
    done = kpi(published_demo, *words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_a_warehouse_that_is_none_is_named_and_all_else_is_looked_at(own_demo: Path) -> None:
    warehouse = (own_demo / "build/warehouse.duckdb").resolve()
    warehouse.chmod(0o644)
    warehouse.write_text("no database")
    broken = kpi(own_demo, "verify")
    assert broken.returncode == 1
    assert f"published tables: the warehouse {own_demo / 'build/warehouse.duckdb'} is damaged" in broken.stdout
    assert "looked at entries, leaves, checkpoint" in broken.stdout


def test_stale_models_stop_the_run(own_demo: Path) -> None:
    path = own_demo / "models/kpis/kpi_shipment.sql"
    path.write_text(path.read_text(encoding="utf-8").replace("'all'", "'whole'"), encoding="utf-8")
    assert kpi(own_demo, "compile", "--check").returncode == 1
    stopped = kpi(own_demo, "run")
    assert stopped.returncode == 1
    assert "kpi_shipment.sql" in stopped.stderr


def test_a_fresh_copy_without_git_records_too(tmp_path: Path) -> None:
    folder = copy_project(tmp_path / "demo")
    shutil.rmtree(folder / ".git")
    assert run_demo(folder).returncode == 0
    assert all(entry["commit"] is None for entry in _entries(folder))
