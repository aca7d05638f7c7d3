"""An administrator who passes every right and trigger is still found: by the signed bytes, and by the anchors."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from kpiledger.errors import LedgerDamaged
from kpiledger.ledger.checkpoint import Checkpoint
from kpiledger.ledger.entry import write_entry
from kpiledger.ledger.keys import trusted_key
from kpiledger.ledger.merkle import root
from kpiledger.ledger.store import Ledger, read_entries, signed_checkpoint, writing
from kpiledger.verifying.verify import Verification, verify
from tests.ledger_postgres.laid import ADMINISTRATOR, AUDITOR, PIPELINE, Database
from tests.ledger_postgres.scribe import published
from tests.ledger_postgres.writers import now
from tests.postgres import needs_postgres

pytestmark = needs_postgres

UNSEEN = "set session_replication_role = replica"  # no trigger fires


def opened(database: Database, folder: Path, account: str = AUDITOR) -> Ledger:
    return Ledger(folder / "ledger", storage=database.storage(account), anchors=[folder / "anchors"])


@pytest.fixture
def recorded(database: Database, tmp_path: Path) -> Database:
    """A ledger of three batches, five entries."""
    for start, count in ((0, 1), (1, 2), (3, 2)):
        with writing(opened(database, tmp_path, PIPELINE), now) as writer:
            writer.append([published(start + index) for index in range(count)])
    return database


def names(found: Verification) -> set[str]:
    return {problem.name for problem in found.problems}


def test_a_ledger_that_nobody_touched_holds(recorded: Database, tmp_path: Path) -> None:
    found = verify(opened(recorded, tmp_path))
    assert found.problems == ()
    assert {"anchors", "rights", "checkpoints"} <= set(found.looked_at)
    assert found.ledger == f"postgresql://auditor@{recorded.host}/{recorded.name}"


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "update ledger.entry set line = replace(line, '2017-12-31', '2016-12-31') where seq = 2",
            "entry 2 (run-1): its bytes hash to",
        ),
        (
            "update ledger.entry set line = replace(line, '2017-12-31', '2016-12-31'), "
            "leaf = ledger.leaf_hash(replace(line, '2017-12-31', '2016-12-31')) where seq = 2",
            "the entries do not have the root of the signed checkpoint",
        ),
        ("update ledger.entry set leaf = repeat('0', 64) where seq = 3", "entry 3 (run-2): its bytes hash to"),
        ("delete from ledger.entry where seq = 5", "is missing: the checkpoint covers 5 entries, found 4"),
        ("delete from ledger.entry where seq = 2", "stands on line 2 and says seq 3"),
        ("update ledger.entry set seq = 7 - seq where seq in (3, 4)", "stands on line 3 and says seq 4"),
        ("update ledger.checkpoint set note = replace(note, 'kpiledger', 'elsewhere')", "checkpoint: it does not end"),
        ("delete from ledger.checkpoint where size = 3", "checkpoint"),
        ("delete from ledger.checkpoint where size = 5", "after the last acknowledged entry"),
        ("truncate ledger.checkpoint", "has no checkpoint"),
        ("update ledger.entry set subtrees = array[repeat('0', 64), repeat('0', 64)] where seq = 4", "frontier"),
    ],
)
def test_a_row_that_was_edited_is_found(recorded: Database, tmp_path: Path, statement: str, told: str) -> None:
    # Swapping rows passes two numbers over each other, which the key only allows when it is asked late.
    late = (
        "alter table ledger.entry drop constraint entry_pkey",
        "alter table ledger.entry add primary key (seq) deferrable initially deferred",
    )
    recorded.says(ADMINISTRATOR, *(late if "7 - seq" in statement else ()))
    assert recorded.says(ADMINISTRATOR, UNSEEN, statement).split()[0].lower() == statement.split()[0]
    found = verify(opened(recorded, tmp_path))
    assert told in "\n".join(map(str, found.problems))


def test_a_ledger_put_back_to_an_older_state_is_found_by_its_anchors(recorded: Database, tmp_path: Path) -> None:
    recorded.says(
        ADMINISTRATOR, UNSEEN, "delete from ledger.entry where seq > 3", "delete from ledger.checkpoint where size > 3"
    )
    found = verify(opened(recorded, tmp_path))
    assert [str(tmp_path / "anchors") in problem.message for problem in found.problems] == [True]
    without = verify(Ledger(tmp_path / "ledger", storage=recorded.storage(AUDITOR)))
    assert without.holds, "whole in itself: only what lies elsewhere shows it"


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "alter table ledger.entry disable trigger entry_only_grows",
            "the trigger entry_only_grows of ledger.entry is missing or disabled",
        ),
        (
            "drop trigger checkpoint_follows on ledger.checkpoint",
            "the trigger checkpoint_follows of ledger.checkpoint is missing or disabled",
        ),
        ("grant update on ledger.entry to pipeline", "the account pipeline may update ledger.entry"),
        ("grant update (line) on ledger.entry to auditor", "the account auditor may update ledger.entry"),
        ("grant truncate on ledger.checkpoint to pipeline", "the account pipeline may truncate ledger.checkpoint"),
    ],
)
def test_a_right_that_nobody_should_have_is_a_problem(
    recorded: Database, tmp_path: Path, statement: str, told: str
) -> None:
    recorded.says(ADMINISTRATOR, statement)
    found = verify(opened(recorded, tmp_path))
    assert names(found) == {"rights"}
    assert [problem.message.startswith(told) for problem in found.problems] == [True]


def test_an_account_that_may_become_the_owner_is_a_problem(recorded: Database, tmp_path: Path) -> None:
    recorded.says(ADMINISTRATOR, "create role insider login", "grant kpi_ledger_owner to insider")
    try:
        told = [problem.message for problem in verify(opened(recorded, tmp_path)).problems]
    finally:
        recorded.says(ADMINISTRATOR, "drop role insider")
    assert any(text.startswith("the account insider may become the ledger's owner") for text in told)
    assert any(text.startswith("the account insider may delete ledger.entry") for text in told)


def test_a_superuser_is_told_that_its_own_word_is_worth_little(recorded: Database, tmp_path: Path) -> None:
    found = verify(opened(recorded, tmp_path, ADMINISTRATOR))
    assert found.holds
    assert any(text.startswith("rights: the account postgres is a superuser") for text in found.not_looked_at)


def test_a_tail_that_nobody_signed_is_named_with_the_way_out(recorded: Database, tmp_path: Path) -> None:
    """A writer's account without the ledger's key: the server cannot check a signature, so junk in its form gets in."""
    ledger = opened(recorded, tmp_path, PIPELINE)
    junk = write_entry(published(99), 6, now())
    hashes = [entry.leaf for entry in read_entries(ledger)]
    name = signed_checkpoint(ledger).origin
    text = Checkpoint(name, 6, root([*hashes, junk.leaf])).text
    signature = base64.b64encode(trusted_key(ledger.keys).id + bytes(64)).decode()
    with recorded.session(PIPELINE) as cursor:
        cursor.execute("begin")
        cursor.execute(
            "insert into ledger.entry (seq, line, leaf) values (6, %s, %s)", (junk.line.decode(), junk.entry_hash)
        )
        note = f"{text}\n— {name} {signature}\n"
        cursor.execute("insert into ledger.checkpoint (size, note) values (6, %s)", (note,))
        cursor.execute("commit")
    with pytest.raises(LedgerDamaged, match="its signature is not by the key"), writing(ledger, now):
        raise AssertionError("nothing is recorded behind it")
    found = verify(opened(recorded, tmp_path))
    assert names(found) == {"checkpoint", "unsigned"}
    told = next(str(problem) for problem in found.problems if problem.name == "unsigned")
    assert "the key signed 5 entries, and they hold; those behind them, up to 6, are nobody's" in told
    with recorded.session(ADMINISTRATOR) as cursor:
        cursor.execute(told.partition("an administrator runs: ")[2])
    assert verify(opened(recorded, tmp_path)).problems == ()
    with writing(ledger, now) as writer:
        writer.append([published(6)])
    assert verify(opened(recorded, tmp_path)).entries == 6
