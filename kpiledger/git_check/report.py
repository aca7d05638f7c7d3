"""What may git say about an entry, and how is it told?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kpiledger.recording.differing import shown

_SHORT = 10

Change = tuple[str, Any, Any]
"""A place in a recorded content, the value recorded there, and the value found."""


class GitState(StrEnum):
    """How an entry stands in git."""

    SAME = "same"
    """Its commit is in the present history and holds what was recorded."""
    MOVED = "moved"
    """Its commit is not in the present history, another commit there holds what was recorded: rebased or squashed."""
    EDITED = "edited"
    """Its commit holds what was recorded, and a later commit said otherwise: as a rule put back since."""
    UNCOMMITTED = "uncommitted"
    """It was recorded from files that no commit held."""
    UNREADABLE = "unreadable"
    """Its commit holds a file that this version cannot read: an earlier format."""
    NOT_LOOKED_AT = "not looked at"
    """Its commit is not here to be looked at, and need not be: the clone is shallow."""
    DIFFERENT = "different"
    """Its commit is in the present history and does not hold what was recorded."""
    REWRITTEN = "rewritten"
    """Its commit is not in the present history, and nothing there holds what was recorded."""


DAMAGE = frozenset({GitState.DIFFERENT, GitState.REWRITTEN})


@dataclass(frozen=True, slots=True)
class GitFinding:
    """One entry and what git says of it; `found_in` is the commit of the present history that is meant instead."""

    seq: int
    kind: str
    key: str
    commit: str | None
    state: GitState
    said: str = ""
    changes: tuple[Change, ...] = ()
    found_in: str | None = None

    @property
    def message(self) -> str:
        """What happened in a sentence, with every recorded and found value."""
        return "; ".join([self.said, *(f"{path}: {values_text(old, new)}" for path, old, new in self.changes)])


@dataclass(frozen=True, slots=True)
class GitReport:
    """What git says of every entry that came from a file; `not_looked_at` says why there is no answer at all.

    `kept` are sentences on what was used from an earlier call, or could not be. `same_left_out` entries are the same
    and have no finding: who asks for what differs need not wait for them.
    """

    head: str | None
    findings: tuple[GitFinding, ...]
    not_looked_at: str | None = None
    kept: tuple[str, ...] = ()
    same_left_out: int = 0

    def of(self, *states: GitState) -> tuple[GitFinding, ...]:
        """The findings of some states, in the order of the entries."""
        return tuple(finding for finding in self.findings if finding.state in states)

    @property
    def counts(self) -> dict[GitState, int]:
        """How many entries stand in each state."""
        found = Counter(finding.state for finding in self.findings)
        found[GitState.SAME] += self.same_left_out
        return {state: found[state] for state in GitState}

    @property
    def problems(self) -> tuple[GitFinding, ...]:
        """What shows that the ledger and git tell different stories."""
        return self.of(*DAMAGE)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is no damage and should be known: entries by what git cannot vouch for, in a sentence each."""
        said = (
            (GitState.MOVED, "the recorded commit is not in the present history, another one holds the same"),
            (GitState.EDITED, "a later commit said otherwise"),
            (GitState.UNCOMMITTED, "recorded from files that no commit held"),
            (GitState.UNREADABLE, "the file at the recorded commit has a format that this version cannot read"),
            (GitState.NOT_LOOKED_AT, "the clone is shallow and does not have the recorded commit"),
        )
        return tuple(f"{text}: {entries_text(found)}" for state, text in said if (found := self.of(state)))


def entries_text(findings: Sequence[GitFinding], most: int = 5) -> str:
    """The entries of some findings in a few words: the first ones, then how many more."""
    shown = ", ".join(f"{one.seq} ({one.key})" for one in findings[:most])
    more = f" and {len(findings) - most} more" if len(findings) > most else ""
    return f"{'entry' if len(findings) == 1 else 'entries'} {shown}{more}"


def values_text(old: object, new: object) -> str:
    """What was recorded and what was found."""
    return f"recorded {shown(old)}, found {shown(new)}"


def short_commit(commit: str) -> str:
    """A commit as people name it."""
    return commit[:_SHORT]
