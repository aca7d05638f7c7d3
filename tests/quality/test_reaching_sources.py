"""A source is reached by its URL, and what goes wrong is said without the password."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from quality_builders import demo_expectations, demo_root, project_of

from kpiledger.errors import BrokenWorld
from kpiledger.quality import check_sources
from kpiledger.quality.session import open_source
from kpiledger.sources import FAULTS
from kpiledger.vocabulary import Outcome

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite:////nowhere/shop.sqlite", "the source shop cannot be reached: its database file does not exist"),
        ("postgresql://reader:secret@nowhere:notaport/shop", "its connection is no SQLAlchemy URL"),
        ("no url: secret", "its connection is no SQLAlchemy URL"),
        ("nosuch://reader:secret@nowhere/shop", "the source shop cannot be reached: "),
    ],
)
def test_what_cannot_be_reached_says_why_and_keeps_the_password(url: str, message: str) -> None:
    with pytest.raises(BrokenWorld) as raised, open_source("shop", url):
        pass
    assert message in str(raised.value)
    assert "secret" not in str(raised.value)


def test_looking_for_a_missing_database_does_not_make_one(tmp_path: Path) -> None:
    with pytest.raises(BrokenWorld), open_source("shop", f"sqlite:///{tmp_path / 'shop.sqlite'}"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_demo_database_is_read_only_and_found_under_an_odd_path(tmp_path: Path) -> None:
    root = demo_root(tmp_path / "a b#c%20", faults=False)
    before = {path.name: path.read_bytes() for path in (root / "build" / "sources").iterdir()}
    project = project_of(root, {"crm": demo_expectations()["crm"]})
    report = check_sources(project, root / "none", date(2017, 12, 31), "run-1", datetime(2018, 1, 1), {})
    assert [str(result.outcome) for result in report.results] == ["passed", "passed", "passed", "could_not_run"]
    assert {path.name: path.read_bytes() for path in (root / "build" / "sources").iterdir()} == before


def test_the_demo_databases_may_lie_elsewhere(tmp_path: Path) -> None:
    root = demo_root(tmp_path / "first", faults=False)
    project = project_of(tmp_path / "second", {"crm": demo_expectations()["crm"]})
    as_of, at, folder = date(2017, 12, 31), datetime(2018, 1, 1), root / "build" / "sources"
    report = check_sources(project, root / "none", as_of, "run-1", at, {}, folder)
    assert report.results[0].outcome is Outcome.PASSED


def test_the_guide_names_every_fault_its_rule_and_its_keys() -> None:
    guide = (ROOT / "docs" / "guide" / "faults.md").read_text(encoding="utf-8")
    lines = [line for line in guide.splitlines() if line.startswith("| ")]
    for fault in FAULTS:
        (line,) = [line for line in lines if f"| {fault.source} | {fault.table} | {fault.kind} |" in line]
        assert line.endswith(f"| {', '.join(fault.keys)} |")
        assert all(rule in line for rule in fault.found_by)
    for outcome in Outcome:
        assert f"| {outcome} |" in guide
