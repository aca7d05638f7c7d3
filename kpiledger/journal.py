"""The run journal: one small file a run, so that failed and killed runs stay visible."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from kpiledger.ledger.durable import replace_file


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """How a run stands: outcome `running` of a run that holds no lock means that it was killed."""

    run_id: str
    started_at: str
    as_of_on: str | None
    outcome: str = "running"
    ended_at: str | None = None
    report: str = ""


def write_journal(folder: Path, entry: JournalEntry) -> None:
    """Write a run's file, atomically."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(entry), indent=2, ensure_ascii=False) + "\n"
    replace_file(folder / f"{entry.run_id}.json", text.encode())


def read_journal(folder: Path) -> list[JournalEntry]:
    """Every run's file, oldest first."""
    entries = [JournalEntry(**json.loads(path.read_text(encoding="utf-8"))) for path in folder.glob("*.json")]
    return sorted(entries, key=lambda entry: entry.started_at)
