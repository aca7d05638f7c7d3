"""A person or role that is held to figures has goals for well-being or learning beside them.

For example: `goals: [{kind: learning, says: Leads the tender for the public schools with a mentor}]`.

Why: What is measured crowds out what is not. Courses, a mentor or a pulse survey pay off after the year, and are the
first to go when only figures count.

Remedy: Write `goals:` below the events in the holder's file. They are not scored and not recorded.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.rule import Broken, Rule


def _broken(looking: Looking) -> Iterator[Broken]:
    for held in looking.held:
        is_unit = held.holder in looking.project.organisation.units
        if not is_unit and not any(one.file.goals for one in held.targets):
            message = f"`{held.holder}` is held to figures, and to nothing for well-being or learning"
            hint = "add `goals:` below the events: a course, a mentor, a pulse survey, a lighter load?"
            yield Broken(held.holder, held.file, ("holder",), message, hint)


RULE = Rule("KPI221", ("A20", "A21"), _broken)
