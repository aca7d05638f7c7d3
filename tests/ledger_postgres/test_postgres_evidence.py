"""Evidence of a ledger in PostgreSQL: the same bundle and proofs, and the server's clock as a second witness."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kpiledger.audit.answer import Answer, Asked
from kpiledger.audit.questions import q23_integrity, q28_clock
from kpiledger.evidence.bundle import Wanted, bundle_files, write_bundle
from kpiledger.evidence.proof_files import check_inclusion_file
from kpiledger.evidence.proving import proved_beginning, proved_entry
from kpiledger.ledger.keys import trusted_key
from kpiledger.ledger.postgres_storage import PostgresStorage
from kpiledger.ledger.store import Ledger, writing
from kpiledger.ledger_index.opening import open_index
from kpiledger.settings import load_settings
from tests.ledger_postgres.laid import Database
from tests.ledger_postgres.scribe import published
from tests.postgres import needs_postgres
from tests.programs import needs_script

pytestmark = needs_postgres


@pytest.fixture
def ledger(database: Database, tmp_path: Path) -> Ledger:
    found = Ledger(tmp_path / "ledger", storage=database.storage())
    for number in range(5):
        with writing(found, lambda: datetime.now(UTC)) as writer:
            writer.append([published(number)])
    return found


def asked(ledger: Ledger, folder: Path) -> Asked:
    (folder / "kpiledger.yml").write_text("build: build\nledger: ledger\n")
    settings = load_settings(folder, {})
    return Asked(settings, ledger, lambda: open_index(settings, ledger), lambda: pytest.fail("not needed"), {})


@needs_script
def test_the_bundle_of_a_database_is_checked_by_the_script(ledger: Ledger, tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle", bundle_files(ledger, Wanted(from_size=3)))
    words = ["sh", "verify-ledger.sh", "ledger"]
    done = subprocess.run(words, cwd=tmp_path / "bundle", capture_output=True, text=True, check=False)
    assert done.stdout.startswith("holds: 5 entries, root "), done.stdout + done.stderr


def test_proofs_are_made_from_rows_as_from_files(ledger: Ledger) -> None:
    proof = proved_entry(ledger, 4)
    assert check_inclusion_file(proof.content, proof.line, trusted_key(ledger.keys))[0] == 4
    assert proved_beginning(ledger, 3).checkpoint.size == 5


def test_the_clock_of_the_server_bears_witness(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer() -> Answer:
        return q28_clock.answer(asked(ledger, tmp_path))

    assert q23_integrity.answer(asked(ledger, tmp_path)).holds
    assert answer().rows == []
    stored = ledger.storage.stored_moments()  # type: ignore[attr-defined]
    assert list(stored) == [0, 1, 2, 3, 4, 5]
    late = {size: moment + timedelta(hours=size == 3) for size, moment in stored.items()}
    monkeypatch.setattr(PostgresStorage, "stored_moments", lambda self: late)
    assert [(row[0], row[4]) for row in answer().rows] == [(3, "other clock")]
