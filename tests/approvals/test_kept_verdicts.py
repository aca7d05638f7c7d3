"""What the index keeps of judged approvals: the same however it grew, and `kpi verify` finds what was changed in it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Any

import duckdb
import pytest
from company import DAY, NOW, Company
from signers import Keys, public_key, small_company

from kpiledger.approvals import Judged, judging
from kpiledger.approvals.doubts import doubts_of
from kpiledger.approvals.fitting import fitting_signatures
from kpiledger.audit.answer import Asked
from kpiledger.audit.changing import Change
from kpiledger.audit.population import changes_of
from kpiledger.checking import check_folder
from kpiledger.demo_history import replay
from kpiledger.folding import RecordedEvent
from kpiledger.folding.approval import Approval
from kpiledger.folding.moves import moves
from kpiledger.ledger.checkpoint import Checkpoint
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.lines import lines_of
from kpiledger.ledger.merkle import root
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, read_entries, signed_checkpoint
from kpiledger.ledger_index.comparing import faults_of_verdicts
from kpiledger.ledger_index.files import IndexFiles, digest_line
from kpiledger.ledger_index.making import catch_up, make_tables
from kpiledger.ledger_index.opening import index_in_memory, open_index
from kpiledger.ledger_index.tables import JUDGED
from kpiledger.ledger_index.verdicts import kept_states, kept_verdicts
from kpiledger.project import Project
from kpiledger.settings import load_settings
from kpiledger.verifying import verify
from kpiledger.verifying.meanwhile import Parts, Signatures, looked_at_meanwhile
from kpiledger.vocabulary import ApprovalState

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    found = Ledger(tmp_path_factory.mktemp("replayed") / "ledger")
    project, _ = check_folder(ROOT)
    assert project is not None
    replay(project, ROOT, found)
    return found


@pytest.fixture
def company(tmp_path: Path, keys: Keys) -> Company:
    """The policy comes before the second event is approved; the first event needs none."""
    found = Company(small_company(tmp_path / "project", keys.line("ed25519", "p1001")))
    found.record(NOW)
    found.approve(keys.make("ed25519"))
    found.record(NOW + 10 * DAY)
    return found


@pytest.fixture
def waiting(tmp_path: Path, keys: Keys) -> Ledger:
    """An amendment that nobody approved."""
    found = Company(small_company(tmp_path / "project", keys.line("ed25519", "p1001")))
    found.record(NOW)
    return found.ledger


def grown(ledger: Ledger, step: int) -> Iterator[tuple[duckdb.DuckDBPyConnection, tuple[Entry, ...]]]:
    """An index that is completed by so many entries at a time."""
    entries, origin = read_entries(ledger), signed_checkpoint(ledger).origin
    connection = duckdb.connect()
    make_tables(connection)
    for size in [*range(step, len(entries), step), len(entries)]:
        checkpoint = Checkpoint(origin, size, root([entry.leaf for entry in entries[:size]]))
        with lines_of(ledger.storage) as lines:
            catch_up(connection, lines, checkpoint)
        yield connection, entries[:size]


def require_kept(ledger: Ledger, step: int) -> None:
    for index, entries in grown(ledger, step):
        known = judging(ledger, entries)
        events = {entry.seq: entry for entry in entries if entry.entry_hash in known.events}
        states, verdicts = kept_states(index, events), kept_verdicts(index, events)
        plain = {one.entry_hash for one in events.values() if not one.has_commitments}
        is_asked = any(entry.kind in (EntryKind.AUTHORITY_RECORDED, EntryKind.KEY_ADDED) for entry in entries)
        assert states == {name: one for name, one in known.states().items() if is_asked and name in plain}
        assert verdicts == {name: given for name, given in known.by_event().items() if name in plain}
        for days in (0, 5, 400, 999_999_999):
            told = kept_verdicts(index, events, days)
            assert {name: told_of(states[name], told.get(name, ()), days) for name in verdicts} == {
                name: told_of(states[name], given, days) for name, given in verdicts.items()
            }


def told_of(state: Approval, given: Sequence[Judged], days: int) -> Sequence[object]:
    """What is told of an event's approvals: all, unless it is approved; then why one may doubt it."""
    if state.state is not ApprovalState.APPROVED:
        return given
    return [doubt for one in given if one.seq == state.seq for doubt in doubts_of(one, days)]


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_the_demos_approvals_are_kept_as_they_are_judged_however_the_index_grew(demo: Ledger, step: int) -> None:
    require_kept(demo, step)


@pytest.mark.parametrize("step", [1, 2, 1000])
def test_a_companys_approvals_are_kept_as_they_are_judged_however_the_index_grew(company: Company, step: int) -> None:
    require_kept(company.ledger, step)


@pytest.mark.parametrize(("which", "step"), [("demo", 7), ("company", 1), ("company", 2)])
def test_changes_stand_against_what_stood_however_the_index_grew(
    which: str, step: int, request: pytest.FixtureRequest
) -> None:
    ledger = getattr(request.getfixturevalue(which), "ledger", None) or request.getfixturevalue(which)
    pending = 0
    for index, entries in grown(ledger, step):
        checkpoint = Checkpoint(signed_checkpoint(ledger).origin, len(entries), root([one.leaf for one in entries]))
        anew = index_in_memory(ledger, checkpoint)
        assert rows(index, "change") == rows(anew, "change")
        states = judging(ledger, entries).states()
        speaking = {one.content["agreement"] for one in entries if "targets" in one.content and one.has_commitments}
        by_agreement: dict[str, list[RecordedEvent]] = {}
        for event in recorded_events(ledger, entries):
            if event.event.agreement not in speaking:
                by_agreement.setdefault(event.event.agreement, []).append(event)
        moved = {
            (move.source.seq, *move.key, day)
            for events in by_agreement.values()
            for move in moves(events, states)
            for day in (move.first, move.last)
        }
        kept = [row for row in rows(index, "change") if row[1] not in speaking]
        assert {(row[0], *row[3:6], day) for row in kept for day in row[8:10]} == moved
        pending += sum(not state.counts for state in states.values())
    assert pending  # else nothing was shown


def changes_told(ledger: Ledger, index: duckdb.DuckDBPyConnection) -> Sequence[Change]:
    def no_project() -> Project:
        raise AssertionError("changes are told without specs")

    return changes_of(Asked(load_settings(ROOT, {}), ledger, lambda: index, no_project, {}))


@pytest.mark.parametrize("which", ["demo", "waiting"])
def test_changes_are_the_same_where_nothing_is_kept_of_approvals(which: str, request: pytest.FixtureRequest) -> None:
    """As of agreements that speak of people, which are judged when they are asked for."""
    ledger = request.getfixturevalue(which)
    index, without = (index_in_memory(ledger, signed_checkpoint(ledger)) for _ in range(2))
    without.execute("delete from approval_state")
    kept, judged = changes_told(ledger, index), changes_told(ledger, without)
    assert [comparable(one) for one in judged] == [comparable(one) for one in kept]
    states = {change.approval_state for change in kept}
    assert "unapproved" in states if which == "waiting" else "approved" in states


def comparable(change: Change) -> tuple[object, ...]:
    """The two sides as JSON may name their fields in another order."""
    return (*change._replace(old_content=None, new_content=None), change.old_target, change.new_target)


def rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[Any, ...]]:
    return sorted(connection.execute(f"from {table}").fetchall(), key=str)


@pytest.mark.parametrize(
    "change",
    [
        "update approval_state set state = 'approved', approval_seq = null",
        "delete from approval_state",
        "update verdict set state = 'refused', why = 'another'",
        "update verdict set key_seq = null",
        "delete from verdict",
        "insert into verdict from verdict",
    ],
)
def test_a_kept_verdict_that_was_changed_is_found(company: Company, change: str) -> None:
    settings = load_settings(company.folder, {})
    open_index(settings, company.ledger).close()
    assert verify(company.ledger, settings=settings).holds
    files = IndexFiles(settings.build)
    with duckdb.connect(str(files.database)) as connection:
        connection.execute(change)
    files.digest.write_text(digest_line(files.database))
    told = [problem.message for problem in verify(company.ledger, settings=settings).problems]
    assert any(f"{table}: a row is " in text for text in told for table in JUDGED), told


def test_what_was_forged_is_found_where_the_index_has_entries_recorded_since(company: Company) -> None:
    settings = load_settings(company.folder, {})
    open_index(settings, company.ledger).close()
    earlier = read_entries(company.ledger)[:-1]
    files, judged = IndexFiles(settings.build), judging(company.ledger, earlier)
    assert list(faults_of_verdicts(files, earlier, judged, company.ledger)) == []
    with duckdb.connect(str(files.database)) as connection:
        connection.execute("update approval_state set state = 'approved', approval_seq = null")
    told = list(faults_of_verdicts(files, earlier, judged, company.ledger))
    assert any(text.startswith("approval_state: a row is ") for text in told), told


@pytest.mark.parametrize("table", JUDGED)
def test_a_table_of_verdicts_that_lacks_a_column_is_found(company: Company, table: str) -> None:
    settings = load_settings(company.folder, {})
    open_index(settings, company.ledger).close()
    files = IndexFiles(settings.build)
    with duckdb.connect(str(files.database)) as connection:
        connection.execute(f"alter table {table} drop column state")
    files.digest.write_text(digest_line(files.database))
    told = [problem.message for problem in verify(company.ledger, settings=settings).problems]
    assert any(f"{table}: its rows cannot be compared: " in text for text in told), told


def test_what_fits_is_found_by_the_bytes_as_by_who_judges(company: Company, keys: Keys) -> None:
    every = range(1, len(company.entries) + 1)
    fitting = fitting_signatures(company.ledger, every)
    assert list(fitting.values()) == [public_key(keys.make("ed25519"))]
    (approval,) = [one.seq for one in company.entries if one.kind is EntryKind.APPROVAL_RECORDED]
    assert fitting_signatures(company.ledger, range(approval, approval + 1)) == fitting
    assert fitting_signatures(company.ledger, range(1, approval)) == {}
    alone = judging(company.ledger, company.entries)
    assert judging(company.ledger, company.entries, lambda _: fitting).approvals == alone.approvals
    # Who vouches for a signature is believed that it fits, and no more: by another's key it is void or refused.
    others = dict.fromkeys(fitting, "ssh-ed25519 AAAA")
    by_others = judging(company.ledger, company.entries, lambda _: others)
    assert [one.state.value for one in by_others.approvals] == ["refused"]


def test_a_process_of_its_own_checks_signatures_or_leaves_them(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With few entries each is checked where it is judged; here another process begins to."""
    monkeypatch.setattr("kpiledger.verifying.meanwhile._WORTH_A_PROCESS", 0)
    alone = judging(company.ledger, company.entries)
    for is_over in (True, False):
        with looked_at_meanwhile(company.ledger, None) as meanwhile:
            if is_over:
                wait(meanwhile.signatures.parts.begun.values())
                assert any(meanwhile.signatures.of(entry.seq) for entry in company.entries)
            assert judging(company.ledger, company.entries, meanwhile.signatures.of).approvals == alone.approvals


def test_a_part_that_was_begun_is_waited_for_and_another_is_taken_over() -> None:
    ended, going_on, waiting = (Future[Mapping[bytes, str]]() for _ in range(3))
    ended.set_result({b"one": "key"})
    going_on.set_running_or_notify_cancel()
    signatures = Signatures(Parts(10, {0: ended, 1: going_on, 2: waiting}))
    threading.Timer(0.05, going_on.set_result, [{b"two": "key"}]).start()
    assert [signatures.of(seq) for seq in (10, 11, 20, 21, 36)] == [
        {b"one": "key"}, {b"two": "key"}, {b"two": "key"}, {}, {}
    ]  # fmt: skip
    assert waiting.cancelled()
