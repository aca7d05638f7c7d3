"""A ledger that was begun in files goes on in PostgreSQL: the same bytes, and the anchors still hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest

from kpiledger.errors import BrokenWorld
from kpiledger.ledger.file_storage import FileStorage
from kpiledger.ledger.postgres_moving import moving_sql
from kpiledger.ledger.storages import storage_of
from kpiledger.ledger.store import Ledger, read_entries, writing
from kpiledger.verifying.verify import verify
from tests.ledger_postgres.laid import ADMINISTRATOR, AUDITOR, Database
from tests.ledger_postgres.scribe import published
from tests.ledger_postgres.writers import now
from tests.postgres import needs_postgres

pytestmark = needs_postgres

LONG_AGO = datetime(2017, 1, 31, 9, 15, tzinfo=UTC)


@pytest.fixture
def files(tmp_path: Path) -> Ledger:
    """Batches of years ago, one of them longer than one statement, with texts that SQL could take amiss."""
    ledger = Ledger(tmp_path / "ledger", anchors=[tmp_path / "anchors"])
    number = 0
    for day, count in enumerate((2, 1203, 1)):
        with writing(ledger, lambda day=day: LONG_AGO + timedelta(days=day)) as writer:
            writer.append([published(number + index, "it's :so \\' 100 % — é") for index in range(count)])
        number += count
    return ledger


def test_every_byte_arrives_and_the_ledger_goes_on(files: Ledger, database: Database) -> None:
    stored = files.storage.everything()
    with database.session(ADMINISTRATOR) as cursor:
        cursor.execute("".join(moving_sql(stored)))
    assert database.storage().everything() == stored
    moved = Ledger(files.directory, storage=database.storage(), anchors=files.anchors)
    with writing(moved, now) as writer:
        writer.append([published(9)])
    found = verify(Ledger(files.directory, storage=database.storage(AUDITOR), anchors=files.anchors))
    assert found.problems == ()
    assert {"anchors", "rights"} <= set(found.looked_at)
    assert len(read_entries(moved)) == 1207


def test_the_clock_is_asked_again_afterwards(files: Ledger, database: Database) -> None:
    with database.session(ADMINISTRATOR) as cursor:
        cursor.execute("".join(moving_sql(files.storage.everything())))
    moved = Ledger(files.directory, storage=database.storage())
    with (
        writing(moved, lambda: LONG_AGO + timedelta(days=9)) as writer,
        pytest.raises(BrokenWorld, match="and the server's clock shows") as refused,
    ):
        writer.append([published(9)])
    assert refused.value.hint == "the two clocks may differ by five minutes"


def test_a_changed_entry_does_not_arrive(files: Ledger, database: Database) -> None:
    changed = "".join(moving_sql(files.storage.everything())).replace("2017-12-31", "2016-12-31", 1)
    with database.session(ADMINISTRATOR) as cursor, pytest.raises(psycopg2.Error, match="does not hash to the leaf"):
        cursor.execute(changed)
    assert not database.storage().exists()


def test_a_second_ledger_is_not_begun_beside_the_files(files: Ledger, database: Database) -> None:
    storage = storage_of(files.directory, {"KPI_LEDGER_URL": database.url()})
    ledger = Ledger(files.directory, storage=storage)
    told = r"holds a ledger in files, and postgresql://pipeline@.* holds none\n.*`kpi ledger-move`"
    with pytest.raises(BrokenWorld, match=told), writing(ledger, now):
        pass
    assert not database.storage().exists()
    assert FileStorage(files.directory).exists()
