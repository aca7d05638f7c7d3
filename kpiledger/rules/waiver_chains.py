"""Is something waived time after time? Each waiver ends within a year, but one behind the other they last for ever.

Waivers of the same check or rule are a chain where the next begins within a month after the last day of the one
before. A chain is shown with its whole time; above a year it goes on only with a reason that it was not given before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from kpiledger.finding import Finding
from kpiledger.rules.found import error, warning
from kpiledger.specs.waiver import LONGEST, Accepted, RuleWaiver, Waiver, Waivers

# Who lets a waiver lapse for less time than a month's figures take has not put anything right meanwhile.
_PAUSE = timedelta(days=31)
# A waiver with its place in the file.
Placed = tuple[int, Accepted]


def named(waiver: Accepted) -> str:
    """What is waived."""
    if isinstance(waiver, RuleWaiver):
        return f"{waiver.rule} of {waiver.of}"
    return f"{waiver.check} of {waiver.source}.{waiver.table}" if isinstance(waiver, Waiver) else ""


def is_followed(spec: Waivers, waiver: Accepted) -> bool:
    """Whether another waiver goes on where this one ends."""
    return any(named(one) == named(waiver) and _follows(one, waiver) for one in spec.waivers)


def chain_rules(spec: Waivers) -> Iterable[Finding]:
    """A finding for each chain, at its last waiver."""
    for chain in _chains(spec):
        *earlier, (index, last) = chain
        days = sum((one.expires_on - one.valid_from).days + 1 for _, one in chain)
        first = chain[0][1].valid_from
        told = f"{named(last)} is waived {len(chain)} times, from {first} to {last.expires_on}, {days} days in all"
        if days > LONGEST.days and _words(last) in {_words(one) for _, one in earlier}:
            message = f"{told}, and the last time for a reason that was given before"
            hint = "put right what breaks it, or write what is new since; a reason that held for a year is no reason"
            yield error("KPI190", spec, ("waivers", index, "reason"), message, hint)
        else:
            hint = "put right what breaks it; if it is to stay so, change the check and say why"
            yield warning("KPI189", spec, ("waivers", index, "valid_from"), told, hint)


def _chains(spec: Waivers) -> Iterator[Sequence[Placed]]:
    """Waivers that follow each other, two at least."""
    by_name: dict[str, list[Placed]] = {}
    for index, waiver in enumerate(spec.waivers):
        by_name.setdefault(named(waiver), []).append((index, waiver))
    for placed in by_name.values():
        chains: list[list[Placed]] = []
        for at, one in sorted(placed, key=lambda placed_at: placed_at[1].valid_from):
            if chains and _follows(one, chains[-1][-1][1]):
                chains[-1].append((at, one))
            else:
                chains.append([(at, one)])
        yield from (chain for chain in chains if len(chain) > 1)


def _follows(waiver: Accepted, before: Accepted) -> bool:
    return before.expires_on < waiver.valid_from <= before.expires_on + _PAUSE


def _words(waiver: Accepted) -> str:
    """The reason without what one changes to make it look new: case, spaces and marks."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in waiver.reason.casefold()).split())
