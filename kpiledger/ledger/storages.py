"""Which storage has the ledger of a folder?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kpiledger.ledger.file_storage import FileStorage
from kpiledger.ledger.postgres_connection import VARIABLE, address_of
from kpiledger.ledger.postgres_storage import PostgresStorage
from kpiledger.ledger.storage import Storage


def storage_of(directory: Path, environ: Mapping[str, str]) -> Storage:
    """The database that the environment names, else the files in the folder."""
    files, url = FileStorage(directory), environ.get(VARIABLE)
    return PostgresStorage(address_of(url), former=files) if url else files
