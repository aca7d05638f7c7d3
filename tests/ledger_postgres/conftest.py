"""A real PostgreSQL server with the ledger's schema laid, and a fresh database for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ledger_postgres.laid import Database, lay_template, new_database
from tests.postgres import Server, postgres_server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server, with the accounts that an administrator would make."""
    with postgres_server() as started:
        lay_template(started)
        yield started


@pytest.fixture
def database(server: Server) -> Database:
    """A database with an empty ledger."""
    return new_database(server)
