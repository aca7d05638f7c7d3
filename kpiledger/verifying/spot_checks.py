"""Are the spot checks as they were drawn: their seeds, the anchored plans, the rows kept, the sheets judged?"""

from __future__ import annotations

from kpiledger.ledger.problem import Problem
from kpiledger.ledger.schema import EntryKind
from kpiledger.spot_checks.doubts import doubts, gone_files
from kpiledger.spot_checks.standing import spot_checks
from kpiledger.verifying.check import Check, Held, Looked

NAME = "spot checks"


def _look(held: Held) -> Looked:
    if not any(entry.kind is EntryKind.SPOT_CHECK_PLANNED for entry in held.entries):
        return Looked(not_looked_at="none was planned")
    assert held.beside.settings is not None
    checks, samples = spot_checks(held.entries), held.beside.settings.spot_checks
    found = tuple(
        Problem(NAME, text, one.plan.seq, one.name) for one in checks for text in doubts(one, held.ledger, samples)
    )
    gone = gone_files(checks, samples)
    return Looked(found, partly=(f"the rows drawn are not in {samples}: {', '.join(gone)}",) if gone else ())


CHECK = Check(NAME, _look, is_given=lambda _, beside: beside.settings is not None)
