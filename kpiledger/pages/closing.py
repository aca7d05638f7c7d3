"""What does a page say of a closed period: since when it is closed, and what its figure would be now?"""

from __future__ import annotations

from kpiledger.pages.dates import day_text
from kpiledger.pages.formatting import NumberStyle, figure
from kpiledger.pages.queries import ScorecardRow


def closed_text(row: ScorecardRow) -> str:
    """That the period is closed, locked or open again; empty where it never was closed."""
    if row.closed_at is not None:
        return f"{row.close_state} on {day_text(row.closed_at.date())}"
    return "reopened" if row.close_state == "reopened" else ""


def restated_text(row: ScorecardRow, style: NumberStyle) -> str:
    """What a closed figure was when it was closed, and what it would be now; empty where both are what counts."""
    if row.closed_at is None:
        return ""
    parts = []
    if row.as_closed != row.actual:
        parts.append(f"as closed {figure(row.as_closed, style).text}")
    if row.current != row.actual or row.current_status != row.status:
        word = f", {row.current_status.replace('_', ' ')}" if row.current_status else ""
        now = "computed no more" if row.current is None else f"would be {figure(row.current, style).text}{word}"
        parts.append(now)
    return "; ".join(parts)
