"""Where does the index lie, and is the file what was left there?

`ledger_index.duckdb` in the build folder, its SHA-256 beside it as `sha256sum` writes it, the note that vouches for
it (`vouching`), and a lock file for who makes or completes it. A new file is made aside and renamed: readers keep the
one they have.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kpiledger.file_hash import file_hash
from kpiledger.ledger.durable import locked

NAME = "ledger_index.duckdb"


@dataclass(frozen=True, slots=True)
class IndexFiles:
    """The index of a build folder."""

    folder: Path

    @property
    def database(self) -> Path:
        """The index itself."""
        return self.folder / NAME

    @property
    def digest(self) -> Path:
        """What the bytes of the index hash to."""
        return self.folder / f"{NAME}.sha256"

    @property
    def note(self) -> Path:
        """Who made the index, signed."""
        return self.folder / f"{NAME}.note"

    @property
    def aside(self) -> Path:
        """Where a new one is made."""
        return self.folder / f"{NAME}.new"

    def fault(self) -> str | None:
        """What is wrong with the bytes of an index that is there; None where they are as they were left."""
        try:
            # As bytes: read as a text, another line end would be the same.
            expected = self.digest.read_bytes().decode("ascii", errors="replace")
        except FileNotFoundError:
            return f"{self.digest.name} is missing"
        found = digest_line(self.database)
        return None if found == expected else f"its bytes hash to {found[:64]}, {self.digest.name} says {expected[:64]}"

    def publish(self, digest: str, note: bytes) -> None:
        """Put the one made aside in place, with its digest and the note on it."""
        digest_aside = self.digest.with_name(f"{self.digest.name}.new")
        note_aside = self.note.with_name(f"{self.note.name}.new")
        digest_aside.write_text(f"{digest}  {NAME}\n", encoding="ascii")
        note_aside.write_bytes(note)
        self.aside.replace(self.database)
        digest_aside.replace(self.digest)
        note_aside.replace(self.note)

    def clear_aside(self) -> None:
        """Remove what a killed process may have left."""
        for path in (self.aside, self.aside.with_name(f"{self.aside.name}.wal")):
            path.unlink(missing_ok=True)
        shutil.rmtree(self.aside.with_name(f"{self.aside.name}.tmp"), ignore_errors=True)

    @contextmanager
    def making(self) -> Iterator[None]:
        """Only one process makes an index; the others wait and then find it made."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder / f"{NAME}.lock"):
            yield


def digest_line(path: Path) -> str:
    """The line that `sha256sum` writes for the index."""
    return f"{file_hash(path)}  {NAME}\n"
