"""An unsigned event is nobody's old figure: not in the questions about changes, and not before the one who signs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from signers import WEST, Keys, small_company

from kpiledger.audit.answer import Asked
from kpiledger.audit.asking import ask, question_of
from kpiledger.audit.questions import QUESTIONS
from kpiledger.checking import check_folder
from kpiledger.cli import kpi
from kpiledger.ledger.store import Ledger
from kpiledger.ledger_index.opening import open_index
from kpiledger.recording import record
from kpiledger.settings import load_settings

NOW = datetime(2017, 11, 1, 9, tzinfo=UTC)
LATER = """\
  - event: amended
    agreement: sales_west_2017
    decided_on: 2017-10-20
    valid_from: 2017-11-01
    reason: {kind: external_shock, text: A key account left}
    proposed_by: head_of_sales
    approved_by: cfo
    targets:
      - kpi: revenue
        slice: {region: West}
        weight: 0.4
        target: {grain: month, value: "9000.00", comparison: at_least}
"""


@pytest.fixture
def company(tmp_path: Path, keys: Keys) -> Path:
    """Agreed 21000, amended without a signature in June, and amended again in October."""
    folder = small_company(tmp_path / "project", keys.line("ed25519", "p1001"))
    with (folder / WEST).open("a") as west:
        west.write(LATER)
    return folder


def approve(folder: Path, keys: Keys) -> str:
    words = ["--project", str(folder), "approve", WEST, "--event", "3", "--key", str(keys.make("ed25519"))]
    done = CliRunner().invoke(kpi, words)
    assert done.exit_code == 0, done.output
    return done.output


def test_who_signs_sees_the_figure_that_holds(company: Path, keys: Keys) -> None:
    told = approve(company, keys)
    assert "target.value: 21000 -> 9000" in told


def test_the_change_that_was_signed_is_held_against_what_was_agreed(company: Path, keys: Keys) -> None:
    approve(company, keys)
    project, _ = check_folder(company)
    assert project is not None
    settings = load_settings(company, {})
    ledger = Ledger(settings.ledger)
    record(project, company, ledger, lambda: NOW)
    words = {"agreement": "sales_west_2017", "kpi": "revenue"}
    asked = Asked(settings, ledger, lambda: open_index(settings, ledger), lambda: project, words)
    found = ask(question_of(QUESTIONS, 3), asked)
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    signed = rows[-1]
    assert (signed["version"], signed["approval_state"]) == (3, "approved")
    assert str(signed["old"]).startswith("at least each month 21000,")
    assert str(signed["new"]).startswith("at least each month 9000,")
    assert (rows[1]["version"], rows[1]["approval_state"]) == (2, "unapproved")


def test_the_earlier_target_holds_until_the_signature_is_recorded(company: Path, keys: Keys) -> None:
    project, _ = check_folder(company)
    assert project is not None
    settings = load_settings(company, {})
    ledger = Ledger(settings.ledger)
    record(project, company, ledger, lambda: NOW)
    approve(company, keys)
    project, _ = check_folder(company)
    assert project is not None
    record(project, company, ledger, lambda: NOW + timedelta(days=1))
    words = {"kpi": "revenue", "holder": "sales_west", "period": "2017-12", "known-at": "2017-11-01T12:00:00"}
    asked = Asked(settings, ledger, lambda: open_index(settings, ledger), lambda: project, words)
    found = ask(question_of(QUESTIONS, 1), asked)
    shown = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    assert [str(row["value"]) for row in shown][:2] == ["21000", "9000"]
