"""A target lies within what history makes possible, or its stretch is said to be one.

For example: Revenue of the last two years varied between 17,000 and 68,000 a month once the seasons are taken out. A
target of 250,000 for March is most likely a slip of the pen.

Why: A target that was never nearly reached is not ambitious but ignored, and invites to bend the numbers. One that
was always reached asks for nothing. Both are seen best by whoever holds them against the years before.

Remedy: Look at history and capacity together, and set the target between what is surely reached (`commit`) and what
would be excellent (`stretch`). Where something changes for good, write it into the reason, and waive the finding
until it shows.

Limit: most_sigmas_from_history
"""

from __future__ import annotations

# Only figures can tell: it is asked where the published warehouse is read, in kpiledger/known_history.py.
CODE = "KPI220"
FROM_LINES = ("A21",)
