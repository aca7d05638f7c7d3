"""Is the scoring of targets still as the ledger last said it? If not, the new marks are recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kpiledger.git import origin_of
from kpiledger.ledger.canonical import decimal_text
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.project import Project
from kpiledger.specs.organisation import Scoring

# What holds while nothing is recorded; part of the format, so it stays as it is whatever a spec's default becomes.
FIRST: Mapping[str, str] = {"at_commit": "0.5", "at_target": "1", "at_stretch": "1.2"}


def scoring_drafts(project: Project, root: Path, entries: Iterable[Entry]) -> list[Draft]:
    """The marks where they are others than those that hold by what is recorded; words about them alone change none."""
    marks, found = marks_of(project.organisation.scoring), FIRST
    for entry in entries:
        if entry.kind is EntryKind.SCORING_RECORDED:
            found = {name: entry.content[name] for name in FIRST}
    if marks == found:
        return []
    origin = origin_of(root, (project.organisation.path,))
    content: dict[str, Any] = {**marks, "reason": project.organisation.scoring.reason}
    return [Draft(EntryKind.SCORING_RECORDED, "scoring", content, origin.commit, origin.uncommitted)]


def marks_of(scoring: Scoring) -> Mapping[str, str]:
    """The marks of a project as the ledger writes them."""
    return {name: decimal_text(getattr(scoring, name)) for name in FIRST}
