"""`kpi evidence`: what it prints, what it writes, and what it records before personal values leave."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.demo import copy_project, kpi
from tests.programs import needs_perl

PERL = Path(__file__).parents[2] / "tools" / "verify_ledger.pl"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = copy_project(tmp_path_factory.mktemp("evidence") / "demo")
    made = kpi(folder, "demo-history")
    assert made.returncode == 0, made.stderr
    return folder


def told(demo, *words):
    done = kpi(demo, "evidence", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_perl
def test_a_proof_is_printed_or_laid_into_a_folder_with_what_it_is_checked_with(demo, tmp_path):
    printed = told(demo, "inclusion", "--agreement", "sales_west_2017", "--version", "2")
    assert printed.startswith("c2sp.org/tlog-proof@v1\nindex ")
    seq = int(printed.split()[2]) + 1
    laid = told(demo, "inclusion", "--seq", str(seq), "--out", str(tmp_path)).splitlines()
    assert [Path(line).name for line in laid] == [f"entry-{seq}.tlog-proof", f"entry-{seq}.entry", "ledger.vkey"]
    assert (tmp_path / f"entry-{seq}.tlog-proof").read_text() == printed
    assert json.loads((tmp_path / f"entry-{seq}.entry").read_text())["key"] == "sales_west_2017/2"
    words = ["inclusion", f"entry-{seq}.tlog-proof", f"entry-{seq}.entry", "--key", "ledger.vkey"]
    done = subprocess.run(["perl", PERL, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.startswith(f"holds: entry {seq} of ")


@needs_perl
def test_an_earlier_tree_is_named_by_a_moment_or_its_size(demo, tmp_path):
    printed = told(demo, "consistency", "--known-at", "2016-12-31")
    size = printed.split()[1]
    assert told(demo, "consistency", "--from-size", size, "--out", str(tmp_path)).count("\n") == 3
    assert (tmp_path / f"from-{size}.consistency").read_text() == printed
    words = ["consistency", f"from-{size}.consistency", f"from-{size}.checkpoint", "--key", "ledger.vkey"]
    done = subprocess.run(["perl", PERL, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.startswith(f"holds: the first {size} of ")
    refused = kpi(demo, "evidence", "consistency")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "an earlier tree is named by --from-size or by --known-at" in refused.stderr


def test_personal_values_leave_only_with_a_name_and_a_purpose_and_that_is_recorded(demo, tmp_path):
    refused = kpi(demo, "evidence", "bundle", "--out", str(tmp_path / "no"), "--with-subjects")
    assert refused.returncode == 2
    assert "personal values leave the house only with --by and --purpose" in refused.stderr
    words = ["--with-subjects", "--by", "cfo", "--purpose", "annual audit 2017"]
    told(demo, "bundle", "--out", str(tmp_path / "bundle"), *words)
    last = json.loads((tmp_path / "bundle" / "ledger" / "entries.jsonl").read_text().splitlines()[-1])
    assert (last["kind"], last["content"]["purpose"]) == ("individuals.exported", "annual audit 2017")
    assert list((tmp_path / "bundle" / "subjects").iterdir())


def test_a_bundle_is_not_laid_over_something_else(demo, tmp_path):
    (tmp_path / "mine").write_text("mine")
    refused = kpi(demo, "evidence", "bundle", "--out", str(tmp_path))
    assert refused.returncode == 2
    assert "is not empty" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
