"""What that a run makes could name a person, and how is it taken away, to be made anew?

A DuckDB file compresses its texts and a database keeps deleted rows: such files cannot be searched, so
everything that a run makes anew is removed. The journal is no such thing: a person is erased in it. Nor is what
periods were closed with: it stays, byte for byte.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from kpiledger.ledger.durable import replace_file
from kpiledger.ledger.subjects import ERASED
from kpiledger.people.naming import is_named
from kpiledger.settings import Settings

# A finding shows a long text cut off; so much of its beginning is always there.
_BEGINNING = 40
# What a run or dbt leaves in the project's root.
_BESIDE_BUILD = ("target", "logs")


def generated(settings: Settings) -> list[Path]:
    """The files and folders that a run, dbt, Dagster, the index and exports left, by name."""
    kept = {path.resolve() for path in _kept(settings)}
    made = [path for path in _children(settings.build) if not _holds(path, kept)]
    beside = [settings.root / name for name in _BESIDE_BUILD]
    homes = settings.root.glob(".tmp_dagster_home*")
    return sorted([*made, *_half_closed(settings), *(path for path in (*beside, *homes) if path.exists())])


def remove_generated(settings: Settings) -> list[Path]:
    """Remove all of it; what was removed."""
    found = generated(settings)
    for path in found:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return found


def journals_telling(settings: Settings, person: str | None, texts: Iterable[str]) -> list[Path]:
    """The journal's files whose reports name the person, or say a text about them or its beginning."""
    beginnings = [text[:_BEGINNING] for text in texts]
    return [path for path in _children(settings.runs) if _tells(read_report(path), person, beginnings)]


def erase_in_journals(settings: Settings, person: str | None, texts: Iterable[str]) -> list[Path]:
    """Put `erased` in the place of such reports, whole: findings cut and quote; the files changed."""
    found = journals_telling(settings, person, texts)
    for path in found:
        shown = json.loads(path.read_bytes())
        replace_file(path, f"{json.dumps({**shown, 'report': ERASED}, indent=2, ensure_ascii=False)}\n".encode())
    return found


def read_report(path: Path) -> str:
    """What a run's journal says of how it ended."""
    return str(json.loads(path.read_bytes()).get("report", ""))


def _tells(report: str, person: str | None, beginnings: Iterable[str]) -> bool:
    named = person is not None and is_named(report.encode(), person)
    return named or any(text in report for text in beginnings)


def _kept(settings: Settings) -> Iterator[Path]:
    """What no run makes again: ledger, journal, anchors, closes, spot checks, and the demo's source systems."""
    yield from (settings.ledger, settings.runs, settings.closes, settings.spot_checks, settings.sources)
    yield settings.build / "lock"
    yield from settings.anchors


def _half_closed(settings: Settings) -> list[Path]:
    """What killed closes left aside: no entry names it, and the next close of the period writes it anew."""
    return [path for path in _children(settings.closes) if path.name.startswith(".")]


def _holds(path: Path, kept: set[Path]) -> bool:
    """Whether a path is one of those that are kept, or a folder around one."""
    own = path.resolve()
    return not path.is_symlink() and any(own == one or own in one.parents for one in kept)


def _children(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
