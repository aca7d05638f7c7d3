"""Which policies were recorded one after the other: who may approve, and what targets are worth?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger.ledger.schema import EntryKind
from kpiledger.project import Project
from kpiledger.recording.scoring import FIRST, marks_of

Row = tuple[object, ...]
_RECORDED = """
    select other.seq, other.content, entry.recorded_at from other join entry using (seq)
    where other.kind = ? order by other.seq desc
"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded policy or scoring, and when the next one took its place."""

    seq: int
    content: Mapping[str, Any]
    replaced_at: datetime | None

    @property
    def state(self) -> str:
        """Whether it still holds."""
        return "" if self.replaced_at is None else f"replaced {self.replaced_at:%Y-%m-%d}"


def recorded(index: DuckDBPyConnection, kind: EntryKind) -> list[Recorded]:
    """The newest first."""
    found, later = [], None
    for seq, text, recorded_at in index.execute(_RECORDED, [kind]).fetchall():
        found.append(Recorded(seq, json.loads(text), later))
        later = recorded_at
    return found


def scores(scorings: Sequence[Recorded]) -> Iterator[Row]:
    """The scores at the three marks, each time they were changed."""
    for one in scorings:
        said = one.content
        marks = f"{said['at_commit']} at commit, {said['at_target']} at the target, {said['at_stretch']} at stretch"
        why = f"{marks}: {said['reason']}" if said["reason"] else marks
        yield "score targets", why, None, None, None, None, None, one.state, one.seq


def unrecorded_scores(project: Project, scorings: Sequence[Recorded]) -> Iterator[str]:
    """That the files score otherwise than what is recorded."""
    marks, held = marks_of(project.organisation.scoring), scorings[0].content if scorings else FIRST
    if any(marks[name] != held[name] for name in FIRST):
        yield "the scores in metrics/organisation.yml are not recorded yet"
