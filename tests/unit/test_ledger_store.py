"""The ledger's files: appended whole or not at all, read only if they verify."""

import json
import multiprocessing
import os
import shutil
from datetime import timedelta

import pytest
from ledger_builders import NOW, clock, ticking

from kpiledger.errors import BrokenWorld, BusyError, LedgerDamaged
from kpiledger.ledger import file_storage
from kpiledger.ledger.durable import locked
from kpiledger.ledger.entry import Draft, EntryError, parse_entry, write_entry
from kpiledger.ledger.keys import trusted_key
from kpiledger.ledger.merkle import leaf_hash, root
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, read_checkpoint, read_entries, writing
from kpiledger.verifying import verify


def published(number):
    content = {"run_id": f"run-{number}", "as_of_on": "2017-12-31", "hashes": {"kpi.fct": f"{number:064x}"}}
    return Draft(EntryKind.RUN_PUBLISHED, f"run-{number}", content)


def filled(folder, count):
    ledger = Ledger(folder)
    with writing(ledger, ticking()) as writer:
        for number in range(count):
            writer.append([published(number)])
    return ledger


def test_what_was_appended_is_read_back_in_order(tmp_path):
    ledger = filled(tmp_path / "ledger", 3)
    entries = read_entries(ledger)
    assert [(entry.seq, entry.key) for entry in entries] == [(1, "run-0"), (2, "run-1"), (3, "run-2")]
    lines = ledger.storage.entries_file.read_bytes().splitlines()
    assert read_checkpoint(ledger).root == root(leaf_hash(line) for line in lines)
    assert ledger.storage.leaves_file.read_text().splitlines() == [leaf_hash(line).hex() for line in lines]


def test_an_entry_is_canonical_json_without_a_bare_number():
    entry = write_entry(published(7), 12, NOW)
    assert entry.line == (
        b'{"commit":null,"content":{"as_of_on":"2017-12-31","hashes":{"kpi.fct":"' + b"0" * 63 + b'7"},'
        b'"run_id":"run-7"},"format":"1","key":"run-7","kind":"run.published",'
        b'"recorded_at":"2026-01-05T09:00:00.000000Z","seq":"12","uncommitted":false}'
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b'"seq":"12"', b'"seq":12', "not in canonical form"),
        (b'"seq":"12"', b'"seq":"012"', "not in canonical form"),
        (b'"seq":"12",', b'"seq":"12", ', "not the canonical form"),
        (b"09:00:00.000000Z", b"09:00:00.0Z", "not in canonical form"),
        (b'"run_id":"run-7"', b'"run_id":"run-7","x":"y"', "does not fit run.published: x"),
        (b'"2017-12-31"', b'"2017-12-32"', "does not fit run.published: as_of_on"),
        (b"run.published", b"run.publish", "is not a valid EntryKind"),
        (b'"format":"1"', b'"format":"2"', "format '2' is not known"),
        (b'"run-7"},', '"ru\u0308n"},'.encode(), "not in Unicode form NFC"),
        (b'"uncommitted"', b'"uncommitted":false,"z"', "an entry has the keys"),
        (b'"seq":"12"', b'"seq":"12","seq":"12"', "not the canonical form"),
    ],
)
def test_bytes_that_are_not_the_one_form_of_an_entry_are_refused(old, new, message):
    line = write_entry(published(7), 12, NOW).line
    assert old in line
    with pytest.raises(EntryError, match=message):
        parse_entry(line.replace(old, new))


def test_the_private_key_is_for_its_owner_only(tmp_path):
    ledger = filled(tmp_path / "ledger", 1)
    assert (ledger.keys / "ledger.key").stat().st_mode & 0o777 == 0o600
    assert (ledger.keys / "ledger.vkey").read_text().startswith("kpiledger.local/")


def test_recorded_times_never_run_backwards(tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    for moment in (NOW, NOW - timedelta(days=1), NOW + timedelta(seconds=1)):
        with writing(ledger, clock(moment)) as writer:
            writer.append([published(1)])
    assert [entry.recorded_at for entry in read_entries(ledger)] == [NOW, NOW, NOW + timedelta(seconds=1)]


def test_a_clock_without_a_zone_is_refused(tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    with (
        pytest.raises(ValueError, match="without a time zone"),
        writing(ledger, clock(NOW.replace(tzinfo=None))) as writer,
    ):
        writer.append([published(1)])


def test_a_ledger_that_is_not_there_is_said_to_be_missing(tmp_path):
    with pytest.raises(BrokenWorld, match="there is no ledger in"):
        read_entries(Ledger(tmp_path))


def test_a_tail_torn_at_any_byte_is_set_aside_and_nothing_acknowledged_is_lost(tmp_path):
    whole = filled(tmp_path / "whole", 3)
    before = read_entries(whole)
    entries, leaves = whole.storage.entries_file.read_bytes(), whole.storage.leaves_file.read_bytes()
    torn_line = write_entry(published(3), 4, NOW + timedelta(minutes=1))
    line, leaf = torn_line.line + b"\n", f"{torn_line.entry_hash}\n".encode()
    states = [(line[:cut], b"") for cut in range(len(line) + 1)]
    states += [(line, leaf[:cut]) for cut in range(len(leaf) + 1)]
    for tail, leaf_tail in states:
        whole.storage.entries_file.write_bytes(entries + tail)
        whole.storage.leaves_file.write_bytes(leaves + leaf_tail)
        assert read_entries(whole) == before
        with writing(whole, clock()) as writer:
            assert writer.size == 3
        assert read_entries(whole) == before
        assert (whole.storage.entries_file.read_bytes(), whole.storage.leaves_file.read_bytes()) == (entries, leaves)
        kept = [path.read_bytes() for path in (whole.directory / "torn").glob("*")] if tail else [tail]
        assert tail in kept
    with writing(whole, clock(NOW + timedelta(hours=1))) as writer:
        writer.append([published(9)])
    assert [entry.key for entry in read_entries(whole)] == ["run-0", "run-1", "run-2", "run-9"]
    assert verify(whole).holds


def _die_before_the_checkpoint(folder):
    rename = file_storage.replace_file
    file_storage.replace_file = lambda path, *more, **words: (
        os._exit(9) if path.name == "checkpoint" else rename(path, *more, **words)
    )
    with writing(Ledger(folder), clock(NOW + timedelta(hours=1))) as writer:
        writer.append([published(2), published(3)])


def test_a_writer_killed_between_append_and_checkpoint_has_recorded_nothing(tmp_path):
    ledger = filled(tmp_path / "ledger", 2)
    child = multiprocessing.get_context("spawn").Process(target=_die_before_the_checkpoint, args=(ledger.directory,))
    child.start()
    child.join()
    assert child.exitcode == 9
    assert len(ledger.storage.entries_file.read_bytes().splitlines()) == 4
    assert [problem.name for problem in verify(ledger).problems] == ["tail"]
    assert [entry.key for entry in read_entries(ledger)] == ["run-0", "run-1"]
    with writing(ledger, clock(NOW + timedelta(hours=1))) as writer:
        writer.append([published(2), published(3)])
    assert [entry.key for entry in read_entries(ledger)] == ["run-0", "run-1", "run-2", "run-3"]
    assert verify(ledger).holds


def _append_many(folder, first, count):
    for number in range(first, first + count):
        with writing(Ledger(folder), clock(NOW + timedelta(milliseconds=number))) as writer:
            writer.append([published(number)])


def test_two_processes_lose_and_double_nothing(tmp_path):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_append_many, args=(tmp_path, first, 200)) for first in (0, 1000)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    entries = read_entries(Ledger(tmp_path))
    assert [entry.seq for entry in entries] == list(range(1, 401))
    numbers = sorted(int(entry.key.removeprefix("run-")) for entry in entries)
    assert numbers == [*range(200), *range(1000, 1200)]
    assert verify(Ledger(tmp_path)).holds


def test_whoever_waits_too_long_for_the_lock_is_told(tmp_path):
    with (
        locked(tmp_path / "lock"),
        pytest.raises(BusyError, match="another process has held"),
        locked(tmp_path / "lock", patience=0.02),
    ):
        pass


def test_a_changed_entry_is_named_with_its_key_and_what_was_expected(tmp_path):
    ledger = filled(tmp_path / "ledger", 3)
    content = ledger.storage.entries_file.read_bytes()
    ledger.storage.entries_file.write_bytes(
        content.replace(b"2017-12-31", b"2016-12-31", 2).replace(b"2016", b"2017", 1)
    )
    changed = ledger.storage.entries_file.read_bytes().splitlines()[1]
    stored = ledger.storage.leaves_file.read_text().splitlines()[1]
    with pytest.raises(LedgerDamaged) as damage:
        read_entries(ledger)
    expected = f"entry 2 (run-1): its bytes hash to {leaf_hash(changed).hex()}, `leaves` has {stored}"
    assert expected in str(damage.value)


def test_entries_and_leaves_changed_together_do_not_have_the_signed_root(tmp_path):
    ledger = filled(tmp_path / "ledger", 3)
    lines = [
        line.replace(b"2017-12-31", b"2016-12-31") for line in ledger.storage.entries_file.read_bytes().splitlines()
    ]
    ledger.storage.entries_file.write_bytes(b"".join(line + b"\n" for line in lines))
    ledger.storage.leaves_file.write_text("".join(f"{leaf_hash(line).hex()}\n" for line in lines))
    with pytest.raises(LedgerDamaged, match="do not have the root of the signed checkpoint"):
        read_entries(ledger)


def test_a_lost_entry_is_named(tmp_path):
    ledger = filled(tmp_path / "ledger", 3)
    lines = ledger.storage.entries_file.read_bytes().splitlines(keepends=True)
    ledger.storage.entries_file.write_bytes(b"".join(lines[:2]))
    with pytest.raises(LedgerDamaged, match=r"entry 3: is missing: the checkpoint covers 3 entries, found 2"):
        read_entries(ledger)


def test_a_checkpoint_put_back_to_an_older_one_is_seen_and_nobody_writes_on(tmp_path):
    ledger = filled(tmp_path / "ledger", 2)
    older = ledger.storage.checkpoint_file.read_bytes()
    with writing(ledger, clock(NOW + timedelta(hours=1))) as writer:
        writer.append([published(5)])
    newest = ledger.storage.entries_file.read_bytes()
    ledger.storage.checkpoint_file.write_bytes(older)
    assert [problem.name for problem in verify(ledger).problems] == ["rollback", "tail"]
    with pytest.raises(LedgerDamaged, match="an older checkpoint was put back"), writing(ledger, clock()):
        pass
    assert ledger.storage.entries_file.read_bytes() == newest


def test_a_ledger_signed_by_another_key_is_refused_with_a_key_kept_elsewhere(tmp_path):
    ours, theirs = filled(tmp_path / "ours", 2), filled(tmp_path / "theirs", 2)
    pinned = trusted_key(ours.keys)
    shutil.rmtree(ours.directory)
    shutil.copytree(theirs.directory, ours.directory)
    assert verify(ours).holds
    assert [problem.name for problem in verify(ours, key=pinned).problems] == ["checkpoint"]


def test_a_missing_checkpoint_is_damage_and_no_new_ledger(tmp_path):
    ledger = filled(tmp_path / "ledger", 2)
    ledger.storage.checkpoint_file.unlink()
    with pytest.raises(LedgerDamaged, match="checkpoint is missing"), writing(ledger, clock()):
        pass
    assert len(ledger.storage.entries_file.read_bytes().splitlines()) == 2


def test_a_disk_that_fails_in_the_middle_of_an_append_loses_nothing_recorded(tmp_path, monkeypatch):
    ledger = filled(tmp_path / "ledger", 2)

    rename = file_storage.replace_file

    def full(path, *more, **words):
        if path.name == "checkpoint":
            raise OSError(28, "No space left on device")
        rename(path, *more, **words)

    with writing(ledger, clock()) as writer:
        monkeypatch.setattr(file_storage, "replace_file", full)
        with pytest.raises(BrokenWorld, match=r"cannot be written: .*No space left"):
            writer.append([published(2)])
        monkeypatch.undo()
        with pytest.raises(BrokenWorld, match="failed half way"):
            writer.append([published(3)])
    with writing(ledger, clock(NOW + timedelta(hours=1))) as writer:
        writer.append([published(4)])
    assert [entry.key for entry in read_entries(ledger)] == ["run-0", "run-1", "run-4"]
    assert verify(ledger).holds


def test_a_copy_without_its_lock_file_verifies(tmp_path):
    ledger = filled(tmp_path / "ledger", 2)
    ledger.storage.lock_file.unlink()
    assert verify(ledger).holds
    assert not ledger.storage.lock_file.exists()


def test_a_changed_public_key_is_a_problem_and_not_another_ledger(tmp_path):
    ledger = filled(tmp_path / "ledger", 2)
    path = ledger.keys / "ledger.vkey"
    content = path.read_bytes()
    for place in range(len(content) - 1):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert not verify(ledger).holds


def test_a_ledger_whose_making_was_interrupted_is_made(tmp_path):
    whole = filled(tmp_path / "whole", 0)
    for missing in (["checkpoint"], ["checkpoint", "leaves"], ["checkpoint", "leaves", "entries.jsonl"]):
        part = tmp_path / str(len(missing))
        shutil.copytree(whole.directory, part)
        for name in missing:
            (part / name).unlink()
        assert not Ledger(part).exists
        with writing(Ledger(part), clock()) as writer:
            writer.append([published(1)])
        assert json.loads(Ledger(part).storage.entries_file.read_bytes())["seq"] == "1"
