"""Personal data: the ledger holds commitments, the side store what they stand for."""

from hashlib import sha256

import pytest
from ledger_builders import agreed, agreements, clock, project, target

from kpiledger.errors import LedgerDamaged, WrongUse
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.ledger.subjects import commit_subject, commit_text, erase, resolve
from kpiledger.recording import pending, record
from kpiledger.verifying import verify

PERSON, TEXT = "p1001", "came back from leave"
BASELINE = {
    "from": "2016-01", "to": "2016-12", "method": "mean", "value": "19514.20", "source": "erp",
    "exclude": [{"month": "2016-11", "reason": "was ill"}],
}  # fmt: skip


def personal():
    event = agreed(target(baseline=BASELINE), agreement="own_2017", reason=TEXT, proposed_by=PERSON)
    return project(agreements(event, holder=PERSON, path="metrics/agreements/2017/own.yml"))


@pytest.fixture
def ledger(tmp_path):
    found = Ledger(tmp_path / "ledger")
    record(personal(), tmp_path, found, clock())
    return found


def test_a_person_has_one_commitment_and_each_text_its_own(tmp_path):
    ledger = Ledger(tmp_path)
    assert commit_subject(ledger, PERSON) == commit_subject(ledger, PERSON)
    texts = [commit_text(ledger, TEXT, PERSON) for _ in range(2)]
    assert texts[0] != texts[1]
    assert resolve(ledger, {"who": commit_subject(ledger, PERSON), "why": texts}) == {"who": PERSON, "why": [TEXT] * 2}


def test_a_commitment_is_the_hash_of_salt_and_value(tmp_path):
    commitment = commit_subject(Ledger(tmp_path), PERSON)["commitment"]
    text = (tmp_path / "subjects" / f"{commitment}.json").read_text()
    salt = text.split('"salt": "')[1][:64]
    assert sha256(bytes.fromhex(salt) + PERSON.encode()).hexdigest() == commitment
    assert (tmp_path / "subjects" / f"{commitment}.json").stat().st_mode & 0o777 == 0o600


def test_no_personal_value_stands_in_the_entries(ledger):
    content = (ledger.directory / "entries.jsonl").read_text()
    for value in (PERSON, TEXT, "was ill"):
        assert value not in content
    event = recorded_events(ledger)[0]
    assert (event.holder, event.event.proposed_by, event.event.reason.text) == (PERSON, PERSON, TEXT)
    assert event.event.approved_by == "cfo"
    assert event.event.targets[0].baseline.exclude[0].reason == "was ill"


def test_an_erased_person_reads_as_erased_and_the_ledger_still_verifies(ledger):
    before = (ledger.directory / "entries.jsonl").read_bytes()
    entry = erase(ledger, PERSON, "asked for on 2026-01-05", clock())
    assert len(entry.content["commitments"]) == 3
    assert (ledger.directory / "entries.jsonl").read_bytes().startswith(before)
    assert list(ledger.subjects.glob("*.json")) == []
    event = recorded_events(ledger)[0]
    assert event.holder == f"erased_{entry.key[:12]}"
    assert (event.event.proposed_by, event.event.reason.text) == ("erased",) * 2
    assert verify(ledger).holds
    assert verify(ledger, personal()).holds
    assert pending(personal(), ledger) == ((), [])


def test_erasing_whom_the_ledger_does_not_hold_is_wrong_use(ledger):
    with pytest.raises(WrongUse, match="holds nothing about 'p9999'"):
        erase(ledger, "p9999", "asked", clock())
    assert len(read_entries(ledger)) == 2


def test_a_changed_personal_value_is_found(ledger):
    path = next(path for path in ledger.subjects.glob("*.json") if TEXT in path.read_text())
    path.write_text(path.read_text().replace("leave", "loave"))
    with pytest.raises(LedgerDamaged, match="does not fit its commitment"):
        recorded_events(ledger)
    assert [problem.name for problem in verify(ledger).problems] == ["subjects"]


def test_a_personal_value_that_vanished_without_an_erasure_is_found(ledger):
    next(ledger.subjects.glob("*.json")).unlink()
    found = verify(ledger).problems
    assert {problem.name for problem in found} == {"subjects"}
    # The entry that speaks of it; and, of some values, the list of what is about the person, which is no entry.
    assert {problem.key for problem in found} - {None} == {"own_2017/1"}
    assert any("is gone and no `subject.erased` says so" in problem.message for problem in found)
