"""Where each page lies: file names from the names of holders, KPIs, slices and members."""

from __future__ import annotations

import hashlib
import re

LEDGER = "ledger.html"
CHECKS = "checks.html"
CONFLICTS = "conflicts.html"
OBJECTIVES = "objectives.html"
# Pages of our own; a holder may still be called so.
_TAKEN = frozenset({"index", "checks", "conflicts", "ledger", "objectives"})
_UNSAFE = re.compile(r"[^a-z0-9_]+")
# Members that only lose the size of their first letter: west can come from nothing but West.
_PLAIN = re.compile(r"[A-Z0-9][a-z0-9_]*\Z")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")
# Three names of 63, a member and its hash stay below the 255 bytes that a file name may have.
_LONGEST = 40
_DIGITS = 16


def scorecard_address(holder: str) -> str:
    """The scorecard of a holder, relative to the pages' folder."""
    return f"{holder}_.html" if holder in _TAKEN else f"{holder}.html"


def history_address(holder: str, kpi: str, slice_name: str, member: str) -> str:
    """The history of a holder's KPI, relative to the pages' folder.

    Names hold no hyphen, so hyphens part them; the member comes last and may hold some.
    """
    is_whole = (slice_name, member) == ("all", "all")
    part = "" if is_whole else f"-{slice_name}-{_member_part(member)}"
    return f"history/{holder}-{kpi}{part}.html"


def brief_address(holder: str, period: str) -> str:
    """The brief of a holder on a period, relative to the pages' folder."""
    return f"brief/{holder}/{period}.html"


def todo_address(team: str | None) -> str:
    """The list of what a team has to put right, relative to the pages' folder; None: what names no team.

    Names of units hold no hyphen, so they cannot be taken for a region's or group's name, which is free text.
    """
    if team is None:
        return "todo/no-team.html"
    return f"todo/{team}.html" if _NAME.match(team) else f"todo/of-{_member_part(team)}.html"


def entry_address(seq: int) -> str:
    """The page of an entry of the ledger, relative to the pages' folder."""
    return f"ledger/entry-{seq}.html"


def _member_part(member: str) -> str:
    """A member as part of a file name; members are free text, so what was lost comes back as a hash."""
    if _PLAIN.match(member) and len(member) <= _LONGEST:
        return member.lower()
    readable = _UNSAFE.sub("-", member.lower())[:_LONGEST].strip("-")
    digest = hashlib.sha256(member.encode()).hexdigest()[:_DIGITS]
    # A hyphen always stands before the hash, so no plain member can look like one.
    return f"{readable}-{digest}"
