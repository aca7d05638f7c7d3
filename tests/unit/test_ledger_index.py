"""The index of the ledger says what the fold says, is completed and not made anew, and is never believed blindly."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_builders import NOW, agreed, event, target
from ledger_histories import DAYS, histories, recorded_in

from kpiledger.errors import LedgerDamaged
from kpiledger.folding import fold
from kpiledger.folding.approval import Approval
from kpiledger.folding.moves import moves
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.ledger_index.comparing import faults_of_index
from kpiledger.ledger_index.entries import event_entries
from kpiledger.ledger_index.files import IndexFiles, digest_line
from kpiledger.ledger_index.making import make_tables
from kpiledger.ledger_index.opening import index_in_memory, open_index, origin_of_index
from kpiledger.ledger_index.tables import TABLES, add_rows
from kpiledger.vocabulary import ApprovalState


def rows(connection, table):
    return sorted(connection.execute(f"select * from {table}").fetchall(), key=str)


def contents(connection):
    return {table: rows(connection, table) for table in TABLES}


def at_home(ledger):
    return SimpleNamespace(build=ledger.directory.parent / "build")


def naive(moment):
    return moment and moment.astimezone(UTC).replace(tzinfo=None)


@settings(max_examples=60)
@given(histories())
def test_versions_promises_and_changes_are_those_of_the_fold(events):
    with tempfile.TemporaryDirectory() as folder:
        ledger = recorded_in(Path(folder) / "ledger", events)
        index = index_in_memory(ledger, signed_checkpoint(ledger))
        known = recorded_events(ledger)
        versions = fold(known)
        assert rows(index, "version") == sorted(
            [
                (one.source.seq, one.agreement, one.number, one.valid_from, one.valid_to, naive(one.superseded_at))
                for one in versions
            ],
            key=str,
        )
        promised = {
            (one.source.seq, part.valid_from, part.valid_to, item.kpi, item.slice_name, item.member, item.target.value)
            for one in versions
            for part in one.segments
            for item in part.targets
        }
        found = index.execute(
            "select promise.seq, segment_from, segment_to, promise.kpi, promise.slice, promise.member, "
            "cast(value as decimal) from promise join target on target.seq = target_seq and target.kpi = promise.kpi "
            "and target.slice = promise.slice and target.member = promise.member"
        ).fetchall()
        assert set(found) == promised
        assert changes_by_day(index) == changes_by_replay(known)


@settings(max_examples=100)
@given(histories(), st.data())
def test_changes_are_held_against_what_stood_as_the_fold_says(events, data):
    with tempfile.TemporaryDirectory() as folder:
        ledger = recorded_in(Path(folder) / "ledger", events)
        known = recorded_events(ledger)
        states = data.draw(st.lists(st.sampled_from(list(ApprovalState)), min_size=len(known), max_size=len(known)))
        judged = Path(folder) / "judged.duckdb"
        with duckdb.connect(str(judged)) as connection:
            make_tables(connection)
            kept = [(one.seq, state.value, None) for one, state in zip(known, states, strict=True)]
            add_rows(connection, "approval_state", kept)
        index = index_in_memory(ledger, signed_checkpoint(ledger), judged_in=judged)
        approvals = {one.entry_hash: Approval(state) for one, state in zip(known, states, strict=True)}
        assert changes_by_day(index) == moves_by_day(known, approvals)
        assert named_days(index) == moved_days(known, approvals)


def named_days(index):
    """The days of the events that name each side, by entry, KPI, member and each first day of a change."""
    columns = "seq, kpi, member, changed_from, old_from, old_to, new_from, new_to"
    return set(index.execute(f"select {columns} from change").fetchall())


def moved_days(known, approvals):
    sides = [
        (move.source.seq, move.key[0], move.key[2], move.first, *days_of(move.old), *days_of(move.new))
        for name in {one.event.agreement for one in known}
        for move in moves([one for one in known if one.event.agreement == name], approvals)
    ]
    return set(sides)


def days_of(side):
    return (side.source.event.valid_from, side.last_day) if side else (None, None)


def moves_by_day(known, approvals):
    """Day by day, what each event moved among those that stood before it."""
    found = set()
    for name in {one.event.agreement for one in known}:
        for move in moves([one for one in known if one.event.agreement == name], approvals):
            old, new = (side and int(side.target.target.value) for side in (move.old, move.new))
            days = [day for day in probed() if move.first <= day <= move.last]
            found.update((move.source.seq, move.key[0], move.key[2], day, old, new) for day in days)
    return found


def changes_by_day(index):
    found = index.execute(
        "select change.seq, change.kpi, change.member, changed_from, changed_to, cast(old.value as integer), "
        "cast(new.value as integer) from change "
        "left join target as old on old.seq = old_seq and old.kpi = change.kpi and old.member = change.member "
        "left join target as new on new.seq = new_seq and new.kpi = change.kpi and new.member = change.member"
    ).fetchall()
    return {
        (seq, kpi, member, day, old, new)
        for seq, kpi, member, first, last, old, new in found
        for day in probed()
        if first <= day <= last
    }


def probed():
    return [*DAYS, *(day + timedelta(days=27) for day in DAYS), *(day + timedelta(days=28) for day in DAYS)]


def changes_by_replay(known):
    """Day by day, what the fold promises without and with each event."""
    found = set()
    for index, one in enumerate(known):
        name = one.event.agreement
        before = [other for other in known[:index] if other.event.agreement == name]
        for day in probed():
            old, new = (promised_on(events, day) for events in (before, [*before, one]))
            for key in old.keys() | new.keys():
                if old.get(key) != new.get(key):
                    found.add((one.seq, *key, day, old.get(key), new.get(key)))
    return found


def promised_on(events, day):
    """The last version in force on a day, as folding has it, and what it promises."""
    versions = fold(events)
    holding = [one for one in versions if one.valid_from <= day <= end_of(one) and one.superseded_on(day) is None]
    if not holding:
        return {}
    parts = [part for part in holding[-1].segments if part.valid_from <= day <= part.valid_to]
    return {(item.kpi, item.member): int(item.target.value) for part in parts for item in part.targets}


def end_of(version):
    return max((part.valid_to for part in version.segments), default=version.valid_to)


@settings(max_examples=25)
@given(histories(), st.data())
def test_an_index_completed_by_steps_is_the_one_made_at_once(events, data):
    with tempfile.TemporaryDirectory() as folder:
        first = data.draw(st.integers(1, len(events)))
        ledger = recorded_in(Path(folder) / "ledger", events, first)
        open_index(at_home(ledger), ledger).close()
        recorded_in(ledger.directory, events)
        completed = open_index(at_home(ledger), ledger)
        assert contents(completed) == contents(index_in_memory(ledger, signed_checkpoint(ledger)))


HISTORY = [
    (agreed(target("revenue", "21000"), agreement="one"), 0),
    (event("amended", target("revenue", "18000"), agreement="one"), 30),
]


@pytest.fixture
def ledger(tmp_path):
    return recorded_in(tmp_path / "ledger", HISTORY)


def test_a_changed_byte_of_the_index_is_seen_and_the_index_made_anew(ledger, capsys):
    open_index(at_home(ledger), ledger).close()
    path = IndexFiles(at_home(ledger).build).database
    changed = bytearray(path.read_bytes())
    changed[5000] ^= 1
    path.write_bytes(changed)
    index = open_index(at_home(ledger), ledger)
    assert contents(index) == contents(index_in_memory(ledger, signed_checkpoint(ledger)))
    said = capsys.readouterr().err
    assert said.startswith("kpi: the index of the ledger is made anew: its bytes hash to ")


def test_the_index_of_another_ledger_is_not_used(ledger, tmp_path, capsys):
    others = [(agreed(target("margin", "1"), agreement="two"), 0), *HISTORY]
    other = recorded_in(tmp_path / "other" / "ledger", others)
    open_index(at_home(ledger), other).close()
    index = open_index(at_home(ledger), ledger)
    assert index.execute("select distinct agreement from event").fetchall() == [("one",)]
    assert "ledger_index.duckdb.note is not signed by this ledger" in capsys.readouterr().err
    longer = recorded_in(tmp_path / "longer" / "ledger", others)
    shutil.rmtree(at_home(longer).build, ignore_errors=True)
    shutil.copytree(at_home(ledger).build, at_home(longer).build)
    index.close()
    completed = open_index(at_home(longer), longer)
    assert completed.execute("select count(*) from event").fetchone() == (3,)
    assert "ledger_index.duckdb.note is not signed by this ledger" in capsys.readouterr().err


def test_the_index_of_a_ledger_that_was_put_back_or_written_anew_is_not_used(ledger, tmp_path, capsys):
    older = Ledger(tmp_path / "older" / "ledger")
    shutil.copytree(ledger.directory, older.directory)
    forked = Ledger(tmp_path / "forked" / "ledger")
    shutil.copytree(ledger.directory, forked.directory)
    recorded_in(ledger.directory, [*HISTORY, (event("amended", target("revenue", "1"), agreement="one"), 60)])
    open_index(at_home(ledger), ledger).close()
    index = open_index(at_home(ledger), older)
    assert index.execute("select count(*) from event").fetchone() == (2,)
    assert "it is of another ledger, or of entries that are gone" in capsys.readouterr().err
    index.close()
    shutil.copytree(at_home(ledger).build, at_home(forked).build)
    for name in ("entries.jsonl", "leaves", "checkpoint", "checkpoints", "frontier"):
        (forked.directory / name).unlink()
    recorded_in(forked.directory, [(one, day + 1) for one, day in [*HISTORY, *HISTORY[1:]]])
    completed = open_index(at_home(forked), forked)
    assert completed.execute("select count(*) from event").fetchone() == (3,)
    assert "do not have the root of its checkpoint" in capsys.readouterr().err


def forge(ledger, *statements):
    """Change the index as somebody could who may write the build folder: with a digest that fits it."""
    files = IndexFiles(at_home(ledger).build)
    with duckdb.connect(str(files.database)) as connection:
        for statement in statements:
            connection.execute(statement)
    files.digest.write_text(digest_line(files.database))
    return files


def test_a_forged_index_with_its_digest_is_not_believed(ledger, capsys):
    open_index(at_home(ledger), ledger).close()
    sound = contents(index_in_memory(ledger, signed_checkpoint(ledger)))
    forge(ledger, "update target set value = '1'", "delete from approval", "delete from change")
    assert contents(open_index(at_home(ledger), ledger)) == sound
    said = "kpi: the index of the ledger is made anew: it is not the one that ledger_index.duckdb.note vouches for\n"
    assert capsys.readouterr().err == said


def test_an_index_without_a_note_or_with_a_stranger_s_is_not_believed(ledger, tmp_path, capsys):
    open_index(at_home(ledger), ledger).close()
    sound = contents(index_in_memory(ledger, signed_checkpoint(ledger)))
    files = forge(ledger, "update target set value = '1'")
    files.note.unlink()
    assert contents(open_index(at_home(ledger), ledger)) == sound
    assert "ledger_index.duckdb.note is missing: nobody vouches for it" in capsys.readouterr().err
    forge(ledger, "update target set value = '1'")
    stranger = recorded_in(tmp_path / "stranger" / "ledger", HISTORY)
    open_index(at_home(stranger), stranger).close()
    shutil.copy(IndexFiles(at_home(stranger).build).note, files.note)
    assert contents(open_index(at_home(ledger), ledger)) == sound
    shutil.copy(ledger.directory / "checkpoint", files.note)  # signed by the right key, and no note on an index
    assert contents(open_index(at_home(ledger), ledger)) == sound
    assert "it is no note on an index of this ledger" in capsys.readouterr().err


def test_an_index_that_is_behind_and_forged_is_not_completed(ledger, capsys):
    open_index(at_home(ledger), ledger).close()
    forge(ledger, "update target set value = '1'")
    recorded_in(ledger.directory, [*HISTORY, (event("amended", target("revenue", "1"), agreement="one"), 60)])
    found = contents(open_index(at_home(ledger), ledger))
    assert found == contents(index_in_memory(ledger, signed_checkpoint(ledger)))


def test_who_cannot_sign_believes_what_is_signed_and_else_reads_the_ledger(ledger, capsys):
    open_index(at_home(ledger), ledger).close()
    private = ledger.keys / "ledger.key"
    kept = private.read_bytes()
    private.unlink()
    index = open_index(at_home(ledger), ledger)
    assert origin_of_index(index, at_home(ledger), ledger).startswith("signed by the ledger's key; made from 2 entries")
    index.close()
    files = forge(ledger, "update target set value = '1'")
    forged = files.database.read_bytes()
    index = open_index(at_home(ledger), ledger)
    assert contents(index) == contents(index_in_memory(ledger, signed_checkpoint(ledger)))
    assert origin_of_index(index, at_home(ledger), ledger) == "made in memory from all entries, for this answer"
    assert files.database.read_bytes() == forged  # what it could not sign it does not put there
    private.write_bytes(kept)


def test_an_index_says_from_when_on_it_was_only_added_to(ledger):
    open_index(at_home(ledger), ledger).close()
    recorded_in(ledger.directory, [*HISTORY, (event("amended", target("revenue", "1"), agreement="one"), 60)])
    completed = open_index(at_home(ledger), ledger)
    told = origin_of_index(completed, at_home(ledger), ledger)
    assert (told.startswith("signed by"), told.endswith(", the 1 after them added since")) == (True, True)
    completed.close()
    with open_index(at_home(ledger), ledger, is_anew=True) as anew:
        assert "made from 3 entries" in origin_of_index(anew, at_home(ledger), ledger)


def test_where_the_folder_cannot_be_written_the_index_is_made_in_memory(ledger, tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    index = open_index(SimpleNamespace(build=tmp_path / "file"), ledger)
    assert index.execute("select count(*) from event").fetchone() == (2,)
    assert "the index of the ledger is made in memory" in capsys.readouterr().err


def test_nothing_can_be_written_to_an_open_index(ledger):
    index = open_index(at_home(ledger), ledger)
    with pytest.raises(Exception, match="read-only"):
        index.execute("delete from event")


def test_many_processes_may_make_the_index_at_once(ledger):
    code = (
        "import sys; from pathlib import Path; from types import SimpleNamespace; "
        "from kpiledger.ledger.store import Ledger; from kpiledger.ledger_index.opening import open_index; "
        "index = open_index(SimpleNamespace(build=Path(sys.argv[2])), Ledger(Path(sys.argv[1]))); "
        "print(index.execute('select count(*) from event').fetchone()[0])"
    )
    command = [sys.executable, "-c", code, str(ledger.directory), str(at_home(ledger).build)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [process.communicate() for process in started] == [("2\n", "")] * 4


def test_moments_are_utc_without_a_zone(ledger):
    index = open_index(at_home(ledger), ledger)
    found = index.execute("select recorded_at from entry order by seq").fetchall()
    assert found == [(naive(NOW),), (naive(NOW + timedelta(days=30)),)]
    assert isinstance(found[0][0], datetime)


def faults(ledger):
    return list(faults_of_index(IndexFiles(at_home(ledger).build), ledger, signed_checkpoint(ledger)))


def test_an_index_as_it_was_made_has_no_faults_also_when_it_is_behind(ledger):
    open_index(at_home(ledger), ledger).close()
    assert faults(ledger) == []
    recorded_in(ledger.directory, [*HISTORY, (event("amended", target("revenue", "1"), agreement="one"), 60)])
    assert faults(ledger) == []


def test_a_flipped_byte_of_the_index_is_a_fault(ledger):
    """At some places; `tests/audit/test_changed_projections.py` looks at more, and at every column."""
    open_index(at_home(ledger), ledger).close()
    path = IndexFiles(at_home(ledger).build).database
    sound = path.read_bytes()
    for place in range(0, len(sound), len(sound) // 7):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        assert "its bytes hash to " in faults(ledger)[0]


def test_a_row_that_was_changed_with_its_digest_is_named(ledger):
    open_index(at_home(ledger), ledger).close()
    files = IndexFiles(at_home(ledger).build)
    with duckdb.connect(str(files.database)) as connection:
        connection.execute("update target set value = '1' where value = '18000'")
        connection.execute("delete from change where seq = 2")
    files.digest.write_text(digest_line(files.database))
    found = faults(ledger)
    assert [text.partition(": kpi")[0].split(", agreement")[0] for text in found] == [
        "it is not the one that ledger_index.duckdb.note vouches for; the next question makes it anew",
        "target: a row is missing from the index: seq=2, kpi=revenue, slice=region, member=West, grain=month, "
        "comparison=at_least, value=18000, period_count=0, content=" + CONTENT_OF_18000,
        "target: a row is not in the ledger: seq=2, kpi=revenue, slice=region, member=West, grain=month, "
        "comparison=at_least, value=1, period_count=0, content=" + CONTENT_OF_18000,
        "change: a row is missing from the index: seq=2",
    ]


CONTENT_OF_18000 = (
    '{"amber":null,"baseline":null,"influence":null,"kpi":"revenue","slice":{"region":"West"},"stretch":null,'
    '"target":{"by_period":null,"comparison":"at_least","grain":"month","value":"18000"},"weight":null}'
)


class Rows:
    """A storage that knows entries by their number and has no file, as a database."""

    def __init__(self, files):
        self.files = files

    def __getattr__(self, name):
        return getattr(self.files, name)


def test_the_index_of_a_ledger_in_a_database_is_the_same(ledger):
    stored = Ledger(ledger.directory, Rows(ledger.storage))
    first = open_index(at_home(ledger), stored)
    assert contents(first) == contents(index_in_memory(ledger, signed_checkpoint(ledger)))
    first.close()
    recorded_in(ledger.directory, [*HISTORY, (event("amended", target("revenue", "1"), agreement="one"), 60)])
    assert contents(open_index(at_home(ledger), stored)) == contents(index_in_memory(ledger, signed_checkpoint(ledger)))


def test_an_entry_that_was_changed_under_the_index_is_not_answered_from(ledger):
    index = open_index(at_home(ledger), ledger)
    path = ledger.storage.entries_file
    path.write_bytes(path.read_bytes().replace(b'"value":"18000"', b'"value":"18001"'))
    with pytest.raises(LedgerDamaged, match=r"entry 2 hashes to [0-9a-f]{64}, the signed tree has "):
        event_entries(index, ledger, ["one"])
