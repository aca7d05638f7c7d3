"""A trial says what is to be learned, and ends.

For example: `reason: {kind: pilot, text: "Can marketing be steered by new customers?"}` from April to December.

Why: A trial wins over those who doubt, because it binds nobody and shows results. One without a question shows
nothing, and one without an end is a target that nobody dared to agree on.

Remedy: Write the question into the reason, of kind `pilot`, and a day at most a year away. Then widen the trial, make
it binding with `pilot: false`, or retire it.

Limit: most_pilot_months
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.rules.governance.looking import Looking
from kpiledger.rules.governance.months import months_touched
from kpiledger.rules.governance.rule import Broken, Rule
from kpiledger.rules.timelines import last_day
from kpiledger.vocabulary import ReasonKind


def _broken(looking: Looking) -> Iterator[Broken]:
    most = int(looking.limits.most_pilot_months.value)
    trials = dict.fromkeys((one.file.holder, one.agreement) for one in looking.targets if one.is_pilot)
    for holder, name in trials:
        line = looking.lines[holder, name]
        begun = next(told for told in line if told.event.pilot)
        if begun.event.reason.kind is not ReasonKind.PILOT:
            message = f"`{name}` is a trial, and its reason is `{begun.event.reason.kind}`"
            hint = "write `kind: pilot`, and as `text` the question that the trial answers"
            yield Broken(name, begun.file, begun.path("reason", "kind"), message, hint)
        last = last_day(line)
        if last is not None and (months := months_touched(begun.event.valid_from, last)) > most:
            message = f"the trial `{name}` lasts {months} months, expected at most {most}"
            hint = "let it end sooner, and decide then: widen it, make it binding, or retire it"
            ends = next(told for told in reversed(line) if told.event.valid_to is not None)
            yield Broken(name, ends.file, ends.path("valid_to"), message, hint)


RULE = Rule("KPI224", ("C1",), _broken)
