"""Approvals in the ledger: recorded once, judged again from the ledger alone, and not fooled by what came later."""

from __future__ import annotations

import subprocess
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest
from company import DAY, NOW, Company
from signers import WEST, Keys, found_in, small_company

from kpiledger.approvals import approvals_of, judged, judging
from kpiledger.approvals.approving import approve, asked_event, prepared
from kpiledger.checking import check_folder
from kpiledger.finding import Severity
from kpiledger.ledger.canonical import canonical_bytes
from kpiledger.ledger.entry import Draft
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import read_entries, signed_checkpoint, writing
from kpiledger.ledger.subjects import erase
from kpiledger.ledger_index.opening import index_in_memory
from kpiledger.ledger_index.verdicts import kept_states, kept_verdicts
from kpiledger.periods import Period
from kpiledger.reports.target import target_answer
from kpiledger.reports.target_told import render_text
from kpiledger.verifying import verify
from kpiledger.vocabulary import ApprovalState


def test_policy_keys_events_and_approvals_are_recorded_once(company: Company, keys: Keys) -> None:
    company.approve(keys.make("ed25519"))
    company.record()
    assert company.kinds == [
        "authority.recorded", "key.added", "key.added", "agreement.agreed", "agreement.amended", "approval.recorded",
    ]  # fmt: skip
    assert company.record(NOW + DAY) == 0
    assert company.states() == {"sales_west_2017/1": "not_required", "sales_west_2017/2": "approved"}


def test_an_approval_that_comes_late_counts_from_when_it_was_recorded(company: Company, keys: Keys) -> None:
    company.record()
    assert company.states()["sales_west_2017/2"] == "unapproved"
    company.approve(keys.make("ed25519"))
    assert company.record(NOW + DAY) == 1
    (approval,) = (one for one in approvals_of(company.ledger, company.entries).values() if one.seq)
    assert (approval.state, approval.recorded_at) == (ApprovalState.APPROVED, NOW + DAY)
    assert company.states(company.entries[:-1])["sales_west_2017/2"] == "unapproved"  # as known the day before


def test_a_key_that_changes_or_goes_is_recorded_and_earlier_approvals_stand(company: Company, keys: Keys) -> None:
    company.approve(keys.make("ed25519"))
    company.record()
    own = keys.line("ed25519", "p1001", ',valid-before="20170701Z"')
    company.write("metrics/approvers/allowed_signers", own)
    company.record(NOW + DAY)
    assert company.kinds[-2:] == ["key.added", "key.revoked"]
    company.write("metrics/approvers/allowed_signers", "# nobody\n")
    company.record(NOW + DAY)
    assert company.kinds[-1] == "key.revoked"
    assert company.states()["sales_west_2017/2"] == "approved"


def test_a_stolen_key_is_taken_out_and_only_what_was_recorded_before_stands(company: Company, keys: Keys) -> None:
    company.approve(keys.make("ed25519"))
    company.record()
    company.write("metrics/approvers/allowed_signers", "# nobody\n")
    _, findings = check_folder(company.folder)
    assert [(finding.rule, finding.severity) for finding in findings] == [("KPI155", Severity.WARNING)]
    company.record(NOW + DAY)
    real = next(entry for entry in company.entries if entry.kind is EntryKind.APPROVAL_RECORDED)
    why = f"the key {real.content['fingerprint']} was none of this person's when it was recorded"
    assert forged(company) == [("refused", why)]
    assert company.states()["sales_west_2017/2"] == "approved"


def test_a_key_that_was_a_proposers_does_not_approve_for_another_after_it_was_revoked(
    tmp_path: Path, keys: Keys
) -> None:
    company = Company(small_company(tmp_path / "project", keys.line("ed25519", "p1002")))
    company.record()
    company.write("metrics/approvers/allowed_signers", keys.line("ed25519", "p1001"))
    company.approve(keys.make("ed25519"))
    company.record(NOW + DAY)
    assert company.kinds[-3:] == ["key.added", "key.revoked", "approval.recorded"]
    (approval,) = judged(company.ledger, company.entries)
    why = f"the key {approval.fingerprint} was recorded for who proposed it before, as `finance_controller`"
    assert (approval.state, approval.why) == (ApprovalState.REFUSED, why)
    assert company.states()["sales_west_2017/2"] == "refused"


def test_a_key_that_was_somebody_elses_who_did_not_propose_approves(tmp_path: Path, keys: Keys) -> None:
    company = Company(small_company(tmp_path / "project", keys.line("ed25519", "p1007")))
    company.record()
    company.write("metrics/approvers/allowed_signers", keys.line("ed25519", "p1001"))
    company.approve(keys.make("ed25519"))
    company.record(NOW + DAY)
    assert company.states()["sales_west_2017/2"] == "approved"


def test_a_signature_does_not_count_for_the_same_words_a_second_time(company: Company, keys: Keys) -> None:
    west = (company.folder / WEST).read_text()
    amended = west[west.index("  - event: amended") :]
    other = amended.replace("23000.00", "24000.00").replace("2017-06-20", "2017-07-20")
    company.write(WEST, west + other)
    company.approve(keys.make("ed25519"))
    company.approve(keys.make("ed25519"), "3")
    company.record()
    later = WEST.replace("/2017/", "/2018/")  # events of another file may have an earlier day
    (company.folder / later).parent.mkdir()
    company.write(later, f"holder: sales_west\nevents:\n{amended}")
    approvals = company.folder / "metrics/approvals/sales_west_2017"
    (approvals / "4.p1001.sig").write_text((approvals / "2.p1001.sig").read_text())
    message = (
        "the approval of sales_west_2017/4 by p1001 is void: it was given to sales_west_2017/2, which says the same"
    )
    assert found_in(company.folder)[1] == [("KPI152", message)]
    company.record(NOW + DAY)
    assert company.states()["sales_west_2017/4"] == "unapproved"

    events = {entry.key: entry for entry in company.entries}
    last = events["sales_west_2017/4"]
    moved = {"event": last.key, "event_hash": last.entry_hash, "event_seq": str(last.seq)}
    first = next(entry for entry in company.entries if entry.kind is EntryKind.APPROVAL_RECORDED)
    with writing(company.ledger, lambda: NOW + DAY) as writer:
        writer.append([Draft(EntryKind.APPROVAL_RECORDED, last.key, {**first.content, **moved})])
    told = judged(company.ledger, company.entries)[-1]
    assert (told.state, told.why) == (ApprovalState.VOID, "it was given to sales_west_2017/2, which says the same")
    assert company.states()["sales_west_2017/4"] == "void"


def forged(company: Company, **changes: object) -> list[tuple[str, str]]:
    """What becomes of the recorded approval if the ledger's writer had recorded it otherwise."""
    real = next(entry for entry in company.entries if entry.kind is EntryKind.APPROVAL_RECORDED)
    with writing(company.ledger, lambda: NOW + DAY) as writer:
        writer.append([Draft(EntryKind.APPROVAL_RECORDED, real.key, {**real.content, **changes})])
    return [(one.state.value, one.why) for one in judged(company.ledger, company.entries)][1:]


def test_a_recorded_approval_is_judged_again_and_named_where_it_does_not_hold(company: Company, keys: Keys) -> None:
    company.approve(keys.make("ed25519"))
    company.record()
    events = {entry.key: entry for entry in company.entries}
    first = events["sales_west_2017/1"]
    moved = {"event": first.key, "event_hash": first.entry_hash, "event_seq": str(first.seq)}
    added = [entry for entry in company.entries if entry.kind is EntryKind.KEY_ADDED]
    proposer = {"signer": added[1].content["person"], "fingerprint": added[1].key}
    real = next(one for one in company.entries if one.kind is EntryKind.APPROVAL_RECORDED)
    assert forged(company) == [("approved", "")]
    assert forged(company, event_hash="0" * 64)[-1] == ("void", "the entry that it names is not the event's")
    assert forged(company, **moved)[-1] == ("void", "it is of other content than what was recorded")
    other = {**moved, "content_hash": sha256(canonical_bytes(first.content)).hexdigest()}
    assert forged(company, **other)[-1] == ("void", "it is over other content, or was changed")
    assert forged(company, signature="nonsense")[-1] == ("void", "it is no SSH signature")
    assert forged(company, **proposer)[-1][0] == "refused"
    stranger = {"signer": {"commitment": "0" * 64}}
    why = f"the key {real.content['fingerprint']} was none of this person's when it was recorded"
    assert forged(company, **stranger)[-1] == ("refused", why)


def test_a_void_approval_with_another_events_digest_takes_nothing_from_it(company: Company, keys: Keys) -> None:
    """Also where it was recorded before that event's own approval."""
    company.approve(keys.make("ed25519"))
    company.record()
    first = next(entry for entry in company.entries if entry.key == "sales_west_2017/1")
    forged(company, event=first.key, event_hash=first.entry_hash, event_seq=str(first.seq))
    *others, real, void = company.entries
    judged_so = judging(company.ledger, [*others, void, real]).approvals
    assert [one.state.value for one in judged_so] == ["void", "approved"]


def test_an_approval_that_names_one_event_and_anothers_entry_is_of_neither(company: Company, keys: Keys) -> None:
    company.approve(keys.make("ed25519"))
    company.record()
    forged(company, event="sales_west_2017/1")
    *others, _, void = company.entries
    found = judging(company.ledger, [*others, void])
    assert [(one.state.value, one.why) for one in found.approvals] == [
        ("void", "the entry that it names is not the event's")
    ]
    assert found.by_event() == {}
    assert company.states([*others, void])["sales_west_2017/2"] == "unapproved"


def test_the_index_keeps_what_an_approval_was_judged_to_be(company: Company, keys: Keys) -> None:
    company.approve(keys.make("ed25519"))
    company.record()
    forged(company)
    forged(company, signature="nonsense")
    forged(company, event_hash="0" * 64)
    forged(company, signature=signature_over_other_bytes(keys))
    index = index_in_memory(company.ledger, signed_checkpoint(company.ledger))
    whole = judging(company.ledger, read_entries(company.ledger))
    events = [seq for (seq,) in index.execute("select seq from event").fetchall()]
    assert kept_states(index, events) == whole.states()
    assert kept_verdicts(index, events) == whole.by_event()
    (of_it,) = whole.by_event().values()
    assert [one.state.value for one in of_it] == ["approved", "approved", "void", "void"]


def signature_over_other_bytes(keys: Keys) -> str:
    words = ["ssh-keygen", "-Y", "sign", "-n", "kpi-agreement", "-f", str(keys.make("ed25519"))]
    return subprocess.run(words, input=b"other bytes", capture_output=True, check=True).stdout.decode()


def test_the_state_of_an_event_is_told_by_the_ledger_without_the_files(company: Company, keys: Keys) -> None:
    company.approve(keys.make("ed25519"))
    company.record()
    for path in (company.folder / "metrics").rglob("*"):
        if path.is_file():
            path.unlink()
    assert company.states()["sales_west_2017/2"] == "approved"


def test_no_id_of_a_signer_stands_in_the_entries_and_an_erased_signers_approval_stands(
    company: Company, keys: Keys
) -> None:
    company.approve(keys.make("ed25519"))
    company.record()
    assert b"p1001" not in b"".join(entry.line for entry in company.entries)
    assert b"a comment" not in b"".join(entry.line for entry in company.entries)
    erase(company.ledger, "p1001", "left", lambda: NOW + DAY)
    for path in ("organisation.yml", "approvers/authority.yml", "approvers/allowed_signers"):
        text = (company.folder / "metrics" / path).read_text()
        if "appointments:" in text:
            text = text[: text.index("appointments:")]
        lines = (line for line in text.splitlines(keepends=True) if "p1001" not in line)
        company.write(f"metrics/{path}", "".join(lines))
    (company.folder / "metrics/approvals/sales_west_2017/2.p1001.sig").unlink()
    company.record(NOW + DAY)
    assert company.kinds[-2:] == ["authority.recorded", "key.revoked"]
    assert company.states()["sales_west_2017/2"] == "approved"
    assert verify(company.ledger).holds
    kept = (path for path in company.folder.rglob("*") if path.is_file())
    assert [path for path in kept if b"p1001" in path.read_bytes() or "p1001" in path.name] == []


def test_digest_and_signature_of_a_persons_own_agreement_are_erased_with_the_person(
    company: Company, keys: Keys
) -> None:
    own = (company.folder / WEST).read_text().replace("holder: sales_west\n", "holder: p1007\n")
    (company.folder / WEST).unlink()
    path = WEST.replace("sales_west", "p1007")
    company.write(path, own.replace("proposed_by: head_of_sales", "proposed_by: finance_controller"))
    project, _ = check_folder(company.folder)
    assert project is not None
    approve(project, company.folder, prepared(project, asked_event(project, path, "2"), None, [keys.make("ed25519")]))
    company.record()
    (approval,) = (entry.content for entry in company.entries if entry.kind is EntryKind.APPROVAL_RECORDED)
    assert set(approval["signature"]) == set(approval["content_hash"]) == {"commitment"}
    assert company.states()["sales_west_2017/2"] == "approved"
    erase(company.ledger, "p1007", "left", lambda: NOW + DAY)
    kept = b"".join(path.read_bytes() for path in company.ledger.directory.rglob("*") if path.is_file())
    assert b"p1007" not in kept
    assert b"SSH SIGNATURE" not in kept
    assert company.states()["sales_west_2017/2"] == "approved"


def test_verify_names_each_recorded_approval_that_does_not_hold(company: Company, keys: Keys) -> None:
    company.approve(keys.make("ed25519"))
    company.record()
    assert verify(company.ledger).holds
    forged(company, signature="nonsense")
    assert [str(problem) for problem in verify(company.ledger).problems] == [
        "entry 11 (sales_west_2017/2): the approval of sales_west_2017/2 is void: it is no SSH signature"
    ]


def test_an_entry_that_hides_under_the_key_of_another_needs_its_own_approval_and_is_named(
    company: Company, keys: Keys
) -> None:
    company.approve(keys.make("ed25519"))
    company.record()
    event = next(entry for entry in company.entries if entry.kind is EntryKind.AGREEMENT_AMENDED)
    content = {**event.content, "valid_from": "2017-02-01"}
    with writing(company.ledger, lambda: NOW + DAY) as writer:
        for said in (content, event.content):
            writer.append([Draft(event.kind, event.key, said)])
    found = approvals_of(company.ledger, company.entries)
    states = [found[entry.entry_hash].state.value for entry in company.entries if entry.kind is event.kind][1:]
    assert states == ["unapproved", "unapproved"]
    why = f"it was recorded in entry {event.seq} already, and is recorded once"
    assert [str(problem) for problem in verify(company.ledger).problems] == [
        f"entry {seq} (sales_west_2017/2): {why}" for seq in (event.seq + 2, event.seq + 3)
    ]


@pytest.mark.parametrize("is_trial", [False, True])
def test_what_waits_is_told_where_it_would_change_something_and_never_called_signed(
    company: Company, is_trial: bool
) -> None:
    written = (company.folder / WEST).read_text()
    by_period = written[written.index("          by_period:") : written.index("  - event: amended")]
    written = written.replace(by_period, '          value: "0.12"\n')
    if is_trial:  # what waits then makes every target binding, also the one that it does not name
        written = written.replace("valid_to: 2017-12-31", "valid_to: 2017-12-31\n    pilot: true")
        written = written.replace("valid_from: 2017-07-01", "valid_from: 2017-07-01\n    pilot: false")
    company.write(WEST, written)
    company.record()
    index = index_in_memory(company.ledger, signed_checkpoint(company.ledger))

    def waits(kpi: str, month: str) -> list[tuple[str, str]]:
        found = target_answer(company.ledger, index, None, kpi, "sales_west", Period.parse(month))
        return [(str(one.value), one.approval_state) for one in found.pending]

    assert waits("revenue", "2017-06") == []
    assert waits("revenue", "2017-08") == [("23000", "unapproved")]
    assert waits("gross_margin", "2017-08") == ([("0.12", "unapproved")] if is_trial else [])


def test_what_waited_at_a_moment_is_told_as_well_as_what_waits_today(tmp_path: Path, keys: Keys) -> None:
    company = Company(small_company(tmp_path / "project", keys.line("ed25519", "p1001")))
    company.record(NOW)
    company.approve(keys.make("ed25519"))
    company.record(NOW + 10 * DAY)
    index = index_in_memory(company.ledger, signed_checkpoint(company.ledger))

    def told(at: datetime | None) -> str:
        august = Period.parse("2017-08")
        found = target_answer(company.ledger, index, None, "revenue", "sales_west", august, at)
        assert found.pending == ()
        assert [str(one.value) for one in found.pending_then] == (["23000"] if at == NOW + DAY else [])
        return render_text(found)

    then = told(NOW + DAY)
    assert (
        then.index("21,000") < then.index("what waited for an approval then, and held nowhere") < then.index("23,000")
    )
    assert "waited" not in told(NOW + 11 * DAY)
    assert "waited" not in told(None)
