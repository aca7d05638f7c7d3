"""The demo's three years, replayed: in order, approved, and not to be taken for evidence."""

from __future__ import annotations

import hashlib
import re
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpiledger.approvals import approvals_of, judged
from kpiledger.approvals.contents import recorded_asked, recorded_standing
from kpiledger.checking import check_folder
from kpiledger.cli import kpi
from kpiledger.demo_history import replay
from kpiledger.errors import WrongUse
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, read_entries, signed_checkpoint
from kpiledger.recording import pending
from kpiledger.specs.signing import fingerprint
from kpiledger.vocabulary import ApprovalState

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    found = Ledger(tmp_path_factory.mktemp("replayed") / "ledger")
    project, findings = check_folder(ROOT)
    assert project is not None
    assert findings == []
    replay(project, ROOT, found)
    return found


@pytest.fixture(scope="module")
def by_key(ledger: Ledger) -> dict[str, Entry]:
    return {entry.key: entry for entry in read_entries(ledger) if entry.kind.value.startswith("agreement.")}


def test_each_event_is_recorded_the_morning_after_it_was_decided(by_key: dict[str, Entry]) -> None:
    for entry in by_key.values():
        decided = date.fromisoformat(entry.content["decided_on"])
        assert (entry.recorded_at.date() - decided).days == 1
    assert by_key["sales_west_2017/2"].recorded_at == datetime(2017, 6, 20, 9, tzinfo=UTC)


def test_nothing_is_pending_afterwards_and_nothing_contradicts_the_files(ledger: Ledger) -> None:
    project, _ = check_folder(ROOT)
    assert project is not None
    assert pending(project, ledger) == ((), [])


def test_its_name_says_that_it_is_a_demo(ledger: Ledger) -> None:
    assert signed_checkpoint(ledger).origin.startswith("kpiledger.demo/")


def test_a_history_is_never_written_over_another(ledger: Ledger) -> None:
    project, _ = check_folder(ROOT)
    assert project is not None
    with pytest.raises(WrongUse, match="there is a ledger in"):
        replay(project, ROOT, ledger)


def test_every_event_since_the_policy_is_approved_and_retroactive_ones_late(
    ledger: Ledger, by_key: dict[str, Entry]
) -> None:
    found = approvals_of(ledger, read_entries(ledger))
    for entry in by_key.values():
        approval = found[entry.entry_hash]
        if entry.content["decided_on"] < "2015-07-01":
            assert approval.state is ApprovalState.NOT_REQUIRED
            continue
        assert approval.state is ApprovalState.APPROVED
        assert approval.recorded_at is not None
        is_retroactive = entry.content["valid_from"] < entry.content["decided_on"]
        assert (approval.recorded_at - entry.recorded_at).days == (14 if is_retroactive else 1)


def test_it_holds_a_self_approval_from_before_the_policy(ledger: Ledger, by_key: dict[str, Entry]) -> None:
    policy = next(entry for entry in read_entries(ledger) if entry.kind is EntryKind.AUTHORITY_RECORDED)
    standing = recorded_standing(policy.content)

    def same_person(entry: Entry) -> bool:
        asked = recorded_asked(entry.content)
        day = asked.decided_on
        return bool(standing.people_behind(asked.proposed_by, day) & standing.people_behind(asked.approved_by, day))

    assert [key for key, entry in by_key.items() if same_person(entry)] == ["company_2015/1"]


def test_a_key_lapsed_and_its_successor_signs_what_was_decided_later(ledger: Ledger, by_key: dict[str, Entry]) -> None:
    project, _ = check_folder(ROOT)
    assert project is not None
    first, second = (line.public_key for line in project.signers if line.person == "p_1002")
    signed_with = {one.event: one.fingerprint for one in judged(ledger, read_entries(ledger))}
    assert signed_with["sales_west_2016/2"] == fingerprint(first)  # decided on 2016-06-20
    assert signed_with["sales_east_2016/2"] == fingerprint(second)  # decided on 2016-08-22


def test_a_recorded_approval_is_checked_as_the_formats_page_says(ledger: Ledger, tmp_path: Path) -> None:
    page = (ROOT / "docs/guide/recorded-contents.md").read_text()
    commands = re.search(r"entry 41 as approval and 40 as its event,\n\n((?:    .*\n)+)", page)
    assert commands is not None
    entries = read_entries(ledger)
    approval = next(entry for entry in reversed(entries) if entry.kind is EntryKind.APPROVAL_RECORDED)
    key = next(entry for entry in entries if entry.key == approval.content["fingerprint"])
    script = (
        commands[1]
        .replace("40p", f"{approval.content['event_seq']}p")
        .replace("41p", f"{approval.seq}p")
        .replace("ssh-ed25519 AAAA...", key.content["public_key"])
        .replace("entries.jsonl", str(ledger.directory / "entries.jsonl"))
    )
    words = ["bash", "-euo", "pipefail", "-c", script]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith('Good "kpi-agreement" signature for signer')
    assert hashlib.sha256((tmp_path / "event.json").read_bytes()).hexdigest() == approval.content["content_hash"]


def test_the_command_leaves_a_ledger_alone_where_it_is_told_to(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPI_LEDGER", str(ledger.directory))
    before = ledger.storage.checkpoint()
    done = CliRunner().invoke(kpi, ["--project", str(ROOT), "demo-history", "--unless-exists"])
    assert (done.exit_code, done.output) == (0, "")
    refused = CliRunner().invoke(kpi, ["--project", str(ROOT), "demo-history"])
    assert isinstance(refused.exception, WrongUse)
    assert ledger.storage.checkpoint() == before


def test_a_server_that_keeps_the_time_is_not_asked_to_write_the_past(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KPI_LEDGER_URL", "postgresql://nobody@localhost:1/none")
    monkeypatch.setenv("KPI_LEDGER", str(tmp_path))
    refused = CliRunner().invoke(kpi, ["--project", str(ROOT), "demo-history"])
    assert "the ledger's server records the time itself" in str(refused.exception)
    left = CliRunner().invoke(kpi, ["--project", str(ROOT), "demo-history", "--unless-exists"])
    assert (left.exit_code, left.output) == (0, "")


def test_a_verdict_never_changes_with_what_is_recorded_later(ledger: Ledger) -> None:
    entries = read_entries(ledger)
    whole = judged(ledger, entries)
    for size in range(len(entries)):
        known = judged(ledger, entries[:size])
        assert known == whole[: len(known)]
        assert all(one.state is ApprovalState.APPROVED for one in known)
