"""`kpi approve`: who may sign what, what they are shown, and what an auditor can check with ssh-keygen alone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from signers import AUTHORITY, WEST, Keys, found_in, public_key, small_company, ssh_verifies

from kpiledger.approvals.approving import approve, asked_event, prepared
from kpiledger.cli import kpi
from kpiledger.errors import BrokenWorld, WrongUse
from kpiledger.loading import load_project

EVENT = "sales_west_2017/2"
SIGNATURE = "metrics/approvals/sales_west_2017/2.p1001.sig"
UNAPPROVED = (
    "KPI154",
    "sales_west_2017/2 was decided on 2017-06-20 and is not approved: its targets do not count",
)


@pytest.fixture
def company(tmp_path: Path, keys: Keys) -> Path:
    """The chief financial officer has a key, and so has everybody else."""
    lines = [keys.line("ed25519", "p1001"), keys.line("other", "p1002"), keys.line("both", "p1003")]
    return small_company(tmp_path / "project", *lines, keys.line("sales", "p1007"))


def edit(folder: Path, path: str, old: str, new: str) -> None:
    text = (folder / path).read_text()
    assert text.count(old) == 1
    (folder / path).write_text(text.replace(old, new))


def try_to_approve(folder: Path, key: Path, person: str | None = None, which: str | None = EVENT) -> Path:
    project, _ = load_project(folder)
    assert project is not None
    return approve(project, folder, prepared(project, asked_event(project, WEST, which), person, [key]))


def test_an_event_of_the_policys_days_is_unapproved_until_somebody_signs_who_may(company: Path, keys: Keys) -> None:
    assert found_in(company)[1] == [UNAPPROVED]
    try_to_approve(company, keys.make("ed25519"))
    assert found_in(company)[1] == []


def test_the_command_shows_what_is_approved_and_writes_the_signature(company: Path, keys: Keys) -> None:
    words = ["--project", str(company), "approve", WEST, "--key", str(keys.make("ed25519")), "--as", "p1001"]
    done = CliRunner().invoke(kpi, words)
    assert done.exit_code == 0, done.output
    assert done.stdout == f"{SIGNATURE}\n"
    assert done.stderr.splitlines() == [
        "sales_west_2017/2: amended for sales_west",
        "  decided on 2017-06-20, from 2017-07-01",
        "  proposed by finance_controller, to be approved by cfo: p1001",
        "  reason (external_shock): A competitor left the market",
        "  revenue, region West",
        "    influence: 0.8 -> nothing",
        "    target.value: 21000 -> 23000",
        "    amber.share_of_target: 0.95 -> nothing",
        "    stretch: 25000 -> nothing",
        "    baseline.from: 2016-01 -> nothing",
        "    baseline.to: 2016-12 -> nothing",
        "    baseline.exclude: [{'month': '2016-11', 'reason': 'one-off campaign'}] -> nothing",
        "    baseline.method: mean -> nothing",
        "    baseline.value: 19514.2 -> nothing",
        "    baseline.source: erp -> nothing",
        "commit it with the agreement; the next `kpi run` records it",
    ]


def test_who_approves_is_shown_that_it_is_a_trial_and_no_text_passes_for_a_line(company: Path, keys: Keys) -> None:
    edit(company, WEST, "2017-06-20\n", "2017-06-20\n    pilot: true\n")
    edit(company, WEST, "left the market", 'left the market, evidence: "minutes\\n  revenue: unchanged"')
    words = ["--project", str(company), "approve", WEST, "--key", str(keys.make("ed25519"))]
    told = CliRunner().invoke(kpi, words).stderr.splitlines()
    assert told[4:7] == [
        "  evidence: minutes revenue: unchanged",
        "  a trial from then on: its targets bind nobody and are in no score",
        "  revenue, region West",
    ]


def test_an_auditor_checks_a_signature_with_ssh_keygen_and_the_bytes_that_were_signed(
    company: Path, keys: Keys
) -> None:
    try_to_approve(company, keys.make("ed25519"))
    done = CliRunner().invoke(kpi, ["--project", str(company), "approve", WEST, "--event", "2", "--bytes"])
    assert done.exit_code == 0, done.output
    assert ssh_verifies(company, "p1001", company / SIGNATURE, done.stdout_bytes, "20170620000000Z")
    assert not ssh_verifies(company, "p1001", company / SIGNATURE, done.stdout_bytes + b"\n", "20170620000000Z")


def test_a_key_that_only_an_agent_holds_signs_by_its_public_half(
    company: Path, keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = keys.make("ed25519")
    public = tmp_path / "id_ed25519.pub"
    public.write_text(private.with_name("ed25519.pub").read_text())
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(tmp_path / "agent")], stdout=subprocess.DEVNULL)
    try:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
        while not (tmp_path / "agent").exists():
            assert agent.poll() is None
        subprocess.run(["ssh-add", "-q", str(private)], check=True, capture_output=True)
        try_to_approve(company, public)
    finally:
        agent.terminate()
        agent.wait()
    assert found_in(company)[1] == []


def test_a_changed_event_voids_its_approval_which_can_be_given_anew(company: Path, keys: Keys) -> None:
    try_to_approve(company, keys.make("ed25519"))
    edit(company, WEST, '"23000.00"', '"22000.00"')
    assert found_in(company)[1] == [
        ("KPI152", "the approval of sales_west_2017/2 by p1001 is void: it is over other content, or was changed")
    ]
    words = ["--project", str(company), "approve", WEST, "--event", "2", "--key", str(keys.make("ed25519"))]
    assert CliRunner().invoke(kpi, words).exit_code == 0
    assert found_in(company)[1] == []


def test_an_approval_is_refused_once_its_signer_no_longer_held_the_role_on_that_day(company: Path, keys: Keys) -> None:
    try_to_approve(company, keys.make("ed25519"))
    edit(company, "metrics/approvers/authority.yml", "valid_from: 2017-01-01", "valid_from: 2017-07-01")
    assert found_in(company)[1] == [
        (
            "KPI153",
            "the approval of sales_west_2017/2 by p1001 does not count: "
            "the signer did not hold the role `cfo` on 2017-06-20",
        )
    ]


def test_the_same_words_written_otherwise_keep_the_approval(company: Path, keys: Keys) -> None:
    try_to_approve(company, keys.make("ed25519"))
    edit(company, WEST, 'value: "23000.00"', 'value: "23000"')
    assert found_in(company)[1] == []


@pytest.mark.parametrize(
    ("name", "person", "message", "hint"),
    [
        ("stranger", None, r"the key SHA256:\S+ is not in metrics/approvers/allowed_signers", "have this line added"),
        ("other", "p1001", "the key is p1002's and not p1001's", "sign with a key of p1001, or as p1002"),
        ("sales", None, "p1007 may not approve .*: the signer did not hold the role `cfo` on", "let somebody sign"),
        ("both", None, "p1003 may not approve .*: the signer proposed it, as `finance_controller`", "four eyes"),
    ],
)
def test_who_may_not_approve_is_refused_with_the_reason(
    name: str, person: str | None, message: str, hint: str, company: Path, keys: Keys
) -> None:
    with pytest.raises(WrongUse, match=message) as refused:
        try_to_approve(company, keys.make(name), person)
    assert hint in refused.value.hint
    assert not (company / "metrics/approvals").exists()


def test_a_key_is_one_however_its_text_ends(tmp_path: Path, keys: Keys) -> None:
    key = keys.make("curve", "-t", "ecdsa", "-b", "256")
    line = keys.line("curve", "p1001").rstrip()
    assert line.endswith("=")  # so the last letter has bits that stand for nothing
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = f"{line[:-2]}{letters[letters.index(line[-2]) + 1]}=".replace("p1001", "p1002")
    folder = small_company(tmp_path / "project", f"{line}\n", f"{other}\n")
    _, found = load_project(folder)
    assert public_key(key) not in other
    assert [(one.rule, one.position.line, "is `p1001`'s already" in one.message) for one in found] == [
        ("KPI150", 2, True)
    ]


def test_a_lapsed_key_is_refused(tmp_path: Path, keys: Keys) -> None:
    folder = small_company(tmp_path / "project", keys.line("ed25519", "p1001", ',valid-before="20170531Z"'))
    with pytest.raises(WrongUse, match="counts until 2017-05-31, and this was decided on 2017-06-20"):
        try_to_approve(folder, keys.make("ed25519"))


def test_a_role_without_authority_for_the_unit_is_refused(company: Path, keys: Keys) -> None:
    (company / "metrics/approvers/authority.yml").write_text(
        AUTHORITY.replace("[company]", "[company]\n    valid_to: 2017-05-31")
    )
    with pytest.raises(WrongUse, match="`cfo` had no authority to approve for `sales_west` on 2017-06-20"):
        try_to_approve(company, keys.make("ed25519"))


def test_without_an_authority_file_nobody_has_authority_and_nothing_is_asked_for(company: Path, keys: Keys) -> None:
    (company / "metrics/approvers/authority.yml").unlink()
    assert found_in(company)[1] == []
    with pytest.raises(WrongUse, match="`cfo` had no authority"):
        try_to_approve(company, keys.make("ed25519"))


def test_nobody_approves_what_they_are_held_to(company: Path, keys: Keys) -> None:
    own = (company / WEST).read_text().replace("holder: sales_west\n", "holder: p1001\n")
    (company / WEST).unlink()
    (company / WEST.replace("sales_west", "p1001")).write_text(own)
    project, _ = load_project(company)
    assert project is not None
    event = asked_event(project, WEST.replace("sales_west", "p1001"), "2")
    with pytest.raises(WrongUse, match="the signer is held to it"):
        prepared(project, event, None, [keys.make("ed25519")])


def test_an_approved_event_is_not_approved_twice(company: Path, keys: Keys) -> None:
    try_to_approve(company, keys.make("ed25519"))
    with pytest.raises(WrongUse, match="sales_west_2017/2 is approved already, by p1001"):
        try_to_approve(company, keys.make("ed25519"))


def test_an_event_is_named_where_several_wait(company: Path, keys: Keys) -> None:
    edit(company, "metrics/approvers/authority.yml", "required_from: 2017-01-01", "required_from: 2016-01-01")
    with pytest.raises(WrongUse, match=r"2 events of .* have no approval") as refused:
        try_to_approve(company, keys.make("ed25519"), which=None)
    assert refused.value.hint == "name one with --event: sales_west_2017/1, sales_west_2017/2"
    with pytest.raises(WrongUse, match="has no event '3'"):
        try_to_approve(company, keys.make("ed25519"), which="3")


def test_without_ssh_keygen_the_way_to_get_it_is_told(
    company: Path, keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keys.make("ed25519")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrokenWorld, match="there is no ssh-keygen on this machine") as broken:
        try_to_approve(company, key)
    assert "install OpenSSH" in broken.value.hint
    assert os.environ["PATH"] == str(tmp_path)
