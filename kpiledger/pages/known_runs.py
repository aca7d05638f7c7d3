"""Which runs were there, how did each end, and where is its page? From the journal, for the page of a run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from kpiledger.journal import JournalEntry, read_journal
from kpiledger.pages.addresses import CHECKS
from kpiledger.pages.dates import day_text, moment_text
from kpiledger.settings import Settings

# A controller looks back over some weeks of nightly runs; the journal has all.
RUNS_SHOWN = 20
_ENDED = {
    "published": "Published",
    "stopped": "Stopped before publishing",
    "broken": "Broken off by an error",
    "running": "Killed: it never said how it ended",
}


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A run in the list; `page` is where its page lies below the build folder, empty where it left none."""

    run_id: str
    started: str
    as_of: str
    ended: str
    page: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class KnownRuns:
    """What a run's page says of the run itself and of others, newest first; `readers_see` is the publication."""

    started: str = ""
    readers_see: str = ""
    runs: tuple[KnownRun, ...] = ()
    older_count: int = 0


def known_runs(settings: Settings, run_id: str, is_stopped: bool = False) -> KnownRuns:
    """The journal's runs, told by the run `run_id` while it ends: all others that never ended were killed."""
    entries = read_journal(settings.runs)
    own = next((entry for entry in entries if entry.run_id == run_id), None)
    seen = settings.current.resolve().name if settings.current.is_symlink() else ""
    newest = list(reversed(entries))[:RUNS_SHOWN]
    return KnownRuns(
        started=_moment(own.started_at) if own else "",
        readers_see=_told(entries, seen),
        runs=tuple(_run(settings, entry, run_id, is_stopped) for entry in newest),
        older_count=len(entries) - len(newest),
    )


def _run(settings: Settings, entry: JournalEntry, run_id: str, is_stopped: bool) -> KnownRun:
    is_this = entry.run_id == run_id
    outcome = ("stopped" if is_stopped else "published") if is_this else entry.outcome
    return KnownRun(
        run_id=entry.run_id[:8],
        started=_moment(entry.started_at),
        as_of=day_text(date.fromisoformat(entry.as_of_on)) if entry.as_of_on else "",
        ended=_ENDED.get(outcome, outcome),
        page="" if is_this else _page(settings, entry.run_id),
        is_this=is_this,
    )


def _page(settings: Settings, run_id: str) -> str:
    places = (settings.publications / run_id / "pages" / CHECKS, settings.stopped / run_id / CHECKS)
    found = next((place for place in places if place.exists()), None)
    return found.relative_to(settings.build).as_posix() if found else ""


def _told(entries: Iterable[JournalEntry], run_id: str) -> str:
    """A run by its beginning and its as-of date, as a reader knows it."""
    entry = next((one for one in entries if one.run_id == run_id), None)
    if entry is None:
        return f"run {run_id[:8]}" if run_id else ""
    as_of = f", as of {day_text(date.fromisoformat(entry.as_of_on))}" if entry.as_of_on else ""
    return f"run {run_id[:8]} of {_moment(entry.started_at)}{as_of}"


def _moment(text: str) -> str:
    return moment_text(datetime.fromisoformat(text))
