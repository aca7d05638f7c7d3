"""How is told what a verification found, to people and to machines?"""

from __future__ import annotations

import json

from kpiledger.reports.known import as_json
from kpiledger.verifying.verify import Verification


def render_json(found: Verification) -> str:
    """The verification for machines."""
    shown = {
        "holds": found.holds,
        "ledger": found.ledger,
        "entries": found.entries,
        "root_hash": found.root_hash,
        "looked_at": found.looked_at,
        "not_looked_at": found.not_looked_at,
        "problems": [as_json(problem) for problem in found.problems],
    }
    return json.dumps(shown, ensure_ascii=False, indent=2)


def render_text(found: Verification) -> str:
    """The verification for people: every problem, what was not looked at, then one line that sums up."""
    lines = [f"{problem.name}: {problem}" for problem in found.problems]
    lines += [f"not looked at: {text}" for text in found.not_looked_at]
    checked = ", ".join(found.looked_at)
    verdict = "holds" if found.holds else f"does not hold: {len(found.problems)} problems"
    lines.append(f"the ledger {found.ledger} {verdict} ({found.entries} entries; looked at {checked})")
    if found.holds:
        lines.append(f"root {found.root_hash}")
    return "\n".join(lines)
