"""What nobody signed forbids nothing that comes after it, and keys are taken back on purpose only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from company import Company
from signers import WEST, Keys, small_company

from kpiledger.checking import check_folder
from kpiledger.errors import WrongUse
from kpiledger.finding import has_errors
from kpiledger.recording import pending
from kpiledger.verifying import verify

NOW = datetime(2017, 8, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
SIGNERS = "metrics/approvers/allowed_signers"
EVENT = """\
  - event: {event}
    agreement: sales_west_2017
    decided_on: {decided_on}
    valid_from: {valid_from}
{rest}    reason: {{kind: external_shock, text: Another competitor came}}
    proposed_by: finance_controller
    approved_by: cfo
    targets: {targets}
"""
TARGET = '{grain: month, value: "20000.00", comparison: at_least}'
TARGETS = f"[{{kpi: revenue, slice: {{region: West}}, weight: 0.6, target: {TARGET}}}]"
VETOES = {
    "a retirement": {"event": "retired", "decided_on": "2017-08-01", "valid_from": "2017-09-01", "targets": "[]"},
    "an end that is moved": {
        "event": "amended", "decided_on": "2017-08-01", "valid_from": "2017-08-01",
        "rest": "    valid_to: 2017-08-31\n", "targets": TARGETS.replace("20000", "1"),
    },
    "a decision far away": {
        "event": "amended", "decided_on": "2099-08-01", "valid_from": "2017-09-01", "targets": TARGETS,
    },
    "a retirement dated back before the policy": {
        "event": "retired", "decided_on": "2016-12-13", "valid_from": "2017-09-01", "targets": "[]",
    },
}  # fmt: skip


def written(**words: str) -> str:
    return EVENT.format(**{"rest": "", **words})


@pytest.mark.parametrize("veto", VETOES)
def test_an_event_that_nobody_signed_forbids_no_later_one(tmp_path: Path, keys: Keys, veto: str) -> None:
    company = Company(small_company(tmp_path / "project", keys.line("ed25519", "p1001")))
    company.approve(keys.make("ed25519"))
    company.record(NOW)
    west = (company.folder / WEST).read_text() + written(**VETOES[veto])
    company.write(WEST, west)
    company.record(NOW + DAY)
    later = written(event="amended", decided_on="2017-08-20", valid_from="2017-10-01", targets=TARGETS)
    company.write(WEST, west + later)
    _, findings = check_folder(company.folder)
    assert not has_errors(findings), findings
    company.approve(keys.make("ed25519"), "4")
    company.record(NOW + 30 * DAY)
    states = company.states()
    assert (states["sales_west_2017/3"], states["sales_west_2017/4"]) == ("unapproved", "approved")
    # Signed after all, it takes its place behind what was recorded meanwhile, and the files stay whole.
    if "dated" not in veto:
        company.approve(keys.make("ed25519"), "3")
        company.record(NOW + 31 * DAY)
        assert company.states()["sales_west_2017/3"] == "approved"
    assert not has_errors(check_folder(company.folder)[1])
    assert verify(company.ledger).holds


@pytest.mark.parametrize("content", [None, "", "# the keys are elsewhere now\n"])
def test_a_file_without_keys_takes_back_none_of_those_recorded(tmp_path: Path, keys: Keys, content: str | None) -> None:
    company = Company(small_company(tmp_path / "project", keys.line("ed25519", "p1001"), keys.line("both", "p1003")))
    company.record(NOW)
    if content is None:
        (company.folder / SIGNERS).unlink()
    else:
        company.write(SIGNERS, content)
    project, _ = check_folder(company.folder)
    assert project is not None
    (finding,) = pending(project, company.ledger)[1]
    assert (finding.rule, finding.message) == (
        "KPI164",
        "no key of an approver is left here, and 2 keys are recorded: all would be taken back",
    )
    with pytest.raises(WrongUse, match="all would be taken back"):
        company.record(NOW + DAY)
    company.write(SIGNERS, "# nobody\n")
    company.record(NOW + DAY)
    assert company.kinds[-2:] == ["key.revoked", "key.revoked"]


def test_a_link_in_the_place_of_the_keys_stops_what_would_be_recorded(tmp_path: Path, keys: Keys) -> None:
    company = Company(small_company(tmp_path / "project", keys.line("ed25519", "p1001")))
    company.record(NOW)
    path = company.folder / SIGNERS
    elsewhere = path.rename(company.folder / "keys")
    path.symlink_to(elsewhere)
    project, findings = check_folder(company.folder)
    assert project is not None
    assert ("KPI016", SIGNERS) in [(one.rule, one.position.path) for one in findings]
    assert [one.rule for one in pending(project, company.ledger)[1]] == ["KPI164"]


def test_control_characters_make_no_signature(tmp_path: Path, keys: Keys) -> None:
    company = Company(small_company(tmp_path / "project", keys.line("ed25519", "p1001")))
    company.approve(keys.make("ed25519"))
    path = company.folder / "metrics/approvals/sales_west_2017/2.p1001.sig"
    sound = path.read_text()
    for odd in ("\v", "\f", "\x1c", "\x1f", "\x00"):
        for text in (sound.replace("\n", odd, 2), sound + odd, odd + sound, sound.replace("\n", f"{odd}\n")):
            path.write_text(text)
            found = [finding.rule for finding in check_folder(company.folder)[1]]
            assert found == ["KPI152"], repr(text)
    path.write_bytes(sound.replace("\n", "\r\n").encode())
    assert check_folder(company.folder)[1] == []
