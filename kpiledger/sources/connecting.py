"""Where a source system is reached: the environment names it, else the demo's embedded database is it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from kpiledger.specs.expectation import Expectations

DEMO_FOLDER = Path("build") / "sources"


def connection_url(
    source: str,
    environ: Mapping[str, str],
    root: Path,
    connection: str = "",
    demo_folder: Path | None = None,
) -> str:
    """The SQLAlchemy URL of a source system.

    `connection` is the environment variable that the expectations file names, `<SOURCE>_URL` when it is
    not given. Without a value there, the demo database is opened, read only: in `demo_folder`, by default
    build/sources under the project's root.
    """
    named = environ.get(connection or f"{source.upper()}_URL", "").strip()
    folder = demo_folder or root / DEMO_FOLDER
    return named or demo_url(folder.resolve() / f"{source}.sqlite")


def lacking_demo_sources(files: Iterable[Expectations], environ: Mapping[str, str], demo_folder: Path) -> list[str]:
    """The sources that the environment does not name and whose demo database was not made either."""
    unnamed = [one.source for one in files if not environ.get(one.connection, "").strip()]
    return [source for source in unnamed if not (demo_folder / f"{source}.sqlite").is_file()]


def demo_url(path: Path) -> str:
    """A URL that reads a SQLite file and never makes one: a missing file is then seen as unreachable."""
    named = quote(quote(str(path)))  # read twice: by SQLAlchemy as a URL, and by SQLite as one
    return f"sqlite:///file:{named}?mode=ro&uri=true"
