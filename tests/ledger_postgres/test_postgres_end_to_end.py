"""The main job with its ledger in PostgreSQL: `kpi run`, `target`, `history`, `verify` as their users call them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.demo import copy_project
from tests.ledger_postgres.laid import ADMINISTRATOR, AUDITOR, PASSWORD, SWORN, Database
from tests.postgres import needs_postgres

pytestmark = [pytest.mark.demo, needs_postgres]

WORD = quote(PASSWORD, safe="")


def kpi(folder: Path, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KPI_")}
    command = [str(Path(sys.executable).with_name("kpi")), *words]
    return subprocess.run(
        command,
        cwd=folder,
        env={**environment, "KPI_LEDGER_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_a_run_records_in_the_database_and_everything_is_answered_from_it(database: Database, tmp_path: Path) -> None:
    folder = copy_project(tmp_path / "demo")
    pipeline, auditor = database.url(SWORN, WORD), database.url(AUDITOR)
    assert kpi(folder, pipeline, "demo-sources").returncode == 0
    ran = kpi(folder, pipeline, "run")
    assert ran.returncode == 0, ran.stderr
    assert {path.name for path in (folder / "build/ledger").iterdir()} <= {"anchored", "keys", "subjects"}
    recorded = database.storage().entry_lines(1, 10_000)
    assert {json.loads(line)["kind"] for line in recorded} >= {
        "definition.recorded",
        "agreement.agreed",
        "run.published",
    }

    asked = kpi(
        folder, auditor, "target", "revenue", "--holder", "sales_west", "--period", "2016-08", "--output", "json"
    )
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout)["known"][0]["value"] == "11200"
    told = kpi(folder, auditor, "history", "sales_west_2016")
    assert "sales_west_2016 version 2" in told.stdout
    verified = kpi(folder, auditor, "verify")
    assert verified.returncode == 0, verified.stdout
    assert f"the ledger postgresql://auditor@{database.host}/{database.name} holds" in verified.stdout
    assert "rights" in verified.stdout

    said = "".join(done.stdout + done.stderr for done in (ran, asked, told, verified))
    assert _files_with_the_password(folder) == []
    assert PASSWORD not in said
    assert WORD not in said

    _edit(database)
    found = kpi(folder, auditor, "verify")
    assert found.returncode == 1
    assert "entry 3 (" in found.stdout

    wrong = kpi(folder, database.url(SWORN, "another"), "history", "sales_west_2016")
    assert wrong.returncode == 2
    assert 'password authentication failed for user "sworn"' in wrong.stderr
    assert "hint: check the server, the network and KPI_LEDGER_URL" in wrong.stderr
    assert "another" not in wrong.stderr


def _edit(database: Database) -> None:
    """An administrator for whom no trigger fires."""
    told = database.says(
        ADMINISTRATOR,
        "set session_replication_role = replica",
        "update ledger.entry set line = replace(line, '\"uncommitted\":', '\"committed\":') where seq = 3",
    )
    assert told == "UPDATE 1"


def _files_with_the_password(folder: Path) -> list[str]:
    words = (PASSWORD.encode(), WORD.encode())
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [str(path) for path in files if any(word in path.read_bytes() for word in words)]
