"""Approvals in the ledger: recorded once, judged again from the ledger alone, and not fooled by what came later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from signers import AUTHORITY, WEST, Keys, found_in, small_company

from kpiledger.approvals import approvals_of, judged
from kpiledger.approvals.approving import approve, asked_event, prepared
from kpiledger.checking import check_folder
from kpiledger.finding import Severity
from kpiledger.ledger.canonical import canonical_bytes
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, read_entries, signed_checkpoint, writing
from kpiledger.ledger.subjects import erase
from kpiledger.ledger_index.opening import index_in_memory
from kpiledger.periods import Period
from kpiledger.recording import pending, record
from kpiledger.reports.target import target_answer
from kpiledger.reports.target_told import render_text
from kpiledger.verifying import verify
from kpiledger.vocabulary import ApprovalState

NOW = datetime(2017, 8, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


class Company:
    """A project folder and its ledger."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = Ledger(folder / "build/ledger")

    def record(self, at: datetime = NOW) -> int:
        project, _ = check_folder(self.folder)
        assert project is not None
        return record(project, self.folder, self.ledger, lambda: at).new

    def approve(self, key: Path, which: str = "2") -> None:
        project, _ = check_folder(self.folder)
        assert project is not None
        approve(project, self.folder, prepared(project, asked_event(project, WEST, which), None, [key]))

    def write(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return read_entries(self.ledger)

    @property
    def kinds(self) -> list[str]:
        return [entry.kind.value for entry in self.entries if entry.kind is not EntryKind.DEFINITION_RECORDED]

    def states(self, entries: Sequence[Entry] | None = None) -> dict[str, str]:
        held = entries or self.entries
        found = approvals_of(self.ledger, held)
        return {entry.key: found[entry.entry_hash].state.value for entry in held if entry.entry_hash in found}


@pytest.fixture
def company(tmp_path: Path, keys: Keys) -> Company:
    """The officer p1001 may approve; so may p1003, who proposed the amendment."""
    return Company(small_company(tmp_path / "project", keys.line("ed25519", "p1001"), keys.line("both", "p1003")))


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


def test_a_policy_that_is_dropped_is_a_finding_and_stays_in_force(company: Company) -> None:
    company.record()
    (company.folder / "metrics/approvers/authority.yml").unlink()
    project, _ = check_folder(company.folder)
    assert project is not None
    assert [finding.rule for finding in pending(project, company.ledger)[1]] == ["KPI092"]
    assert company.states()["sales_west_2017/2"] == "unapproved"


def test_a_weaker_policy_is_recorded_and_changes_nothing_that_was_recorded_before(company: Company) -> None:
    company.record()
    company.write("metrics/approvers/authority.yml", AUTHORITY.replace("2017-01-01\nauth", "2030-01-01\nauth"))
    company.record(NOW + DAY)
    assert company.kinds[-1] == "authority.recorded"
    assert company.states()["sales_west_2017/2"] == "unapproved"


def test_a_decision_dated_back_before_the_policy_still_needs_an_approval(company: Company) -> None:
    west = (company.folder / WEST).read_text()
    amended = west.index("  - event: amended")
    company.write(WEST, west[:amended])
    company.record()
    company.write(WEST, west[:amended] + west[amended:].replace("2017-06-20", "2016-12-31"))
    company.record(NOW + DAY)
    assert company.states() == {"sales_west_2017/1": "not_required", "sales_west_2017/2": "unapproved"}


def test_a_policy_recorded_together_with_a_decision_dated_back_does_not_make_it_count(company: Company) -> None:
    west = (company.folder / WEST).read_text()
    amended = west.index("  - event: amended")
    company.write(WEST, west[:amended])
    company.record()
    company.write(WEST, west[:amended] + west[amended:].replace("2017-06-20", "2016-12-31"))
    organisation = (company.folder / "metrics/organisation.yml").read_text()
    company.write("metrics/organisation.yml", organisation.replace("p1002: [", "p1002: [head_of_sales, "))
    company.record(NOW + DAY)
    assert company.kinds[-2:] == ["authority.recorded", "agreement.amended"]
    assert company.states()["sales_west_2017/2"] == "unapproved"


def test_a_policy_that_is_weakened_together_with_a_decision_does_not_hold_for_it(company: Company) -> None:
    west = (company.folder / WEST).read_text()
    company.write(WEST, west[: west.index("  - event: amended")])
    company.record()
    company.write(WEST, west)
    company.write("metrics/approvers/authority.yml", AUTHORITY.replace("2017-01-01\nauth", "2030-01-01\nauth"))
    company.record(NOW + DAY)
    assert company.states()["sales_west_2017/2"] == "unapproved"


def test_a_policy_that_was_weakened_in_a_run_before_does_not_hold_for_a_later_decision(company: Company) -> None:
    west = (company.folder / WEST).read_text()
    company.write(WEST, west[: west.index("  - event: amended")])
    company.record()
    company.write("metrics/approvers/authority.yml", AUTHORITY.replace("2017-01-01\nauth", "2030-01-01\nauth"))
    company.record(NOW + DAY)
    company.write(WEST, west)
    company.record(NOW + 2 * DAY)
    company.write("metrics/approvers/authority.yml", AUTHORITY)
    company.record(NOW + 3 * DAY)
    assert company.kinds[-3:] == ["authority.recorded", "agreement.amended", "authority.recorded"]
    assert company.states()["sales_west_2017/2"] == "unapproved"


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
