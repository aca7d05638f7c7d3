"""Where a source system is reached: the environment names it, else the demo's embedded database is it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

DEMO_FOLDER = Path("build") / "sources"


def connection_url(source: str, environ: Mapping[str, str], root: Path, connection: str = "") -> str:
    """The SQLAlchemy URL of a source system.

    `connection` is the environment variable that the expectations file names, `<SOURCE>_URL` when it is
    not given. Without a value there, the demo database under the project's root is opened, read only.
    """
    named = environ.get(connection or f"{source.upper()}_URL", "").strip()
    return named or demo_url(demo_path(source, root))


def demo_path(source: str, root: Path) -> Path:
    """The demo database of a source system."""
    return root.resolve() / DEMO_FOLDER / f"{source}.sqlite"


def demo_url(path: Path) -> str:
    """A URL that reads a SQLite file and never makes one: a missing file is then seen as unreachable."""
    return f"sqlite:///file:{path}?mode=ro&uri=true"
