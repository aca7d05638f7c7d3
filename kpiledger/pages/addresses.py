"""Where each page lies: file names from the names of holders, KPIs and members."""

from __future__ import annotations

import hashlib
import re

_TAKEN = frozenset({"index", "checks"})  # pages of our own; a holder may still be called so
_UNSAFE = re.compile(r"[^a-z0-9_]+")


def scorecard_address(holder: str) -> str:
    """The scorecard of a holder, relative to the pages' folder."""
    return f"{holder}_.html" if holder in _TAKEN else f"{holder}.html"


def history_address(holder: str, kpi: str, slice_name: str, member: str) -> str:
    """The history of a holder's KPI, relative to the pages' folder."""
    part = "" if slice_name == "all" else f"-{_member_part(slice_name, member)}"
    return f"history/{holder}-{kpi}{part}.html"


def _member_part(slice_name: str, member: str) -> str:
    """A member as part of a file name; members are free text, so what was lost comes back as a short hash."""
    lowered = member.lower()
    plain = _UNSAFE.sub("-", lowered).strip("-")
    if plain == lowered and member == member.capitalize():
        return plain
    digest = hashlib.sha256(f"{slice_name}={member}".encode()).hexdigest()[:8]
    return f"{plain}-{digest}" if plain else digest
