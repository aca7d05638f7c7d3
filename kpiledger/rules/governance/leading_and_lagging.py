"""Every holder has at least one leading and one lagging KPI.

For example: A service desk is held to tickets solved at the first contact (leading) and to hours to solve (lagging).

Why: A leading KPI moves early and can still be acted upon; a lagging one confirms that it was the right thing to do.
With results alone everybody hears too late, with predictions alone nobody hears whether they came true.

Remedy: Add the one that is missing to the agreement, or mend `timing:` of a KPI that is said wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule

_HINTS = {
    "leading": "add one that moves before the result does, so that something can still be done",
    "lagging": "add one that tells the result, so that somebody sees whether the early signs were right",
}


def _broken(looking: Looking) -> Iterator[Broken]:
    kpis = looking.project.kpis
    for held in looking.held:
        timings = {kpis[name].timing for name in held.kpis if name in kpis}
        for timing, hint in _HINTS.items():
            if timings and timing not in timings:
                message = f"`{held.holder}` is held to no {timing} KPI"
                yield Broken(held.holder, held.file, ("holder",), message, hint)


RULE = Rule("KPI207", ("A6", "A21"), _broken)
