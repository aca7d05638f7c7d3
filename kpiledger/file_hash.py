"""What does a file hash to?"""

from __future__ import annotations

from hashlib import file_digest
from pathlib import Path


def file_hash(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal, as `sha256sum` shows it; it is read piece by piece."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
