"""Is something waived time after time? Each waiver ends within a year, but one behind the other they last for ever.

Waivers of the same check or rule are a chain where the next begins within a month after the last day of the one
before. A chain is shown with its whole time; above a year it goes on only with a reason that it was not given before.

Who takes earlier waivers out of the file would begin anew, so `kpiledger.recorded_waivers` gives those that the ledger
has. Such a waiver may also have been moved in the file, so that it and the one that is there now share days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from kpiledger.finding import Finding
from kpiledger.rules.found import error, warning
from kpiledger.specs.waiver import LONGEST, Accepted, RuleWaiver, Waiver, Waivers

TOLD, AGAIN = "KPI189", "KPI190"
# Who lets a waiver lapse for less time than a month's figures take has not put anything right meanwhile.
_PAUSE = timedelta(days=31)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Link:
    """A waiver: what is waived, its days, digests of its reasons, its place in the file; None: in the ledger alone."""

    of: str
    first: date
    last: date
    reasons: frozenset[str]
    index: int | None = None


# By what is waived, and from when.
Recorded = Mapping[tuple[str, date], Link]


def named(waiver: Accepted) -> str:
    """What is waived."""
    if isinstance(waiver, RuleWaiver):
        return f"{waiver.rule} of {waiver.of}"
    return f"{waiver.check} of {waiver.source}.{waiver.table}" if isinstance(waiver, Waiver) else ""


def reason_digest(waiver: Accepted) -> str:
    """The reason without what one changes to make it look new, case, spaces and marks, as its SHA-256."""
    words = " ".join("".join(sign if sign.isalnum() else " " for sign in waiver.reason.casefold()).split())
    return sha256(words.encode()).hexdigest()


def is_followed(spec: Waivers, waiver: Accepted) -> bool:
    """Whether another waiver goes on where this one ends."""
    return any(
        named(one) == named(waiver) and waiver.expires_on < one.valid_from <= waiver.expires_on + _PAUSE
        for one in spec.waivers
    )


def chain_rules(spec: Waivers, recorded: Recorded | None = None) -> Iterable[Finding]:
    """A finding for each chain, at its last waiver in the file."""
    for chain in _chains(spec, recorded or {}):
        *earlier, last = chain
        days, lost = _days(chain), sum(1 for link in chain if link.index is None)
        until = max(link.last for link in chain)
        told = f"{last.of} is waived {len(chain)} times, from {chain[0].first} to {until}, {days} days in all"
        told += f" (in the ledger and no longer in the file: {lost})" if lost else ""
        if days > LONGEST.days and any(last.reasons & link.reasons for link in earlier):
            message = f"{told}, and the last time for a reason that was given before"
            hint = "put right what breaks it, or write what is new since; a reason that held for a year is no reason"
            yield error(AGAIN, spec, ("waivers", last.index or 0, "reason"), message, hint)
        else:
            hint = "put right what breaks it; if it is to stay so, change the check and say why"
            yield warning(TOLD, spec, ("waivers", last.index or 0, "valid_from"), told, hint)


def _chains(spec: Waivers, recorded: Recorded) -> Iterator[Sequence[Link]]:
    """Waivers that follow each other, two at least, the last of them one of the file."""
    for links in _links(spec, recorded).values():
        chains: list[list[Link]] = []
        for link in sorted(links, key=lambda one: one.first):
            if chains and _goes_on(link, chains[-1]):
                chains[-1].append(link)
            else:
                chains.append([link])
        for chain in chains:
            while chain and chain[-1].index is None:
                chain.pop()
            if len(chain) > 1:
                yield chain


def _links(spec: Waivers, recorded: Recorded) -> Mapping[str, list[Link]]:
    """The waivers of the file with those that the ledger has beside them; the file says how long its own ones last."""
    found: dict[str, list[Link]] = {}
    there = set()
    for index, one in enumerate(spec.waivers):
        key = named(one), one.valid_from
        there.add(key)
        before = recorded[key].reasons if key in recorded else frozenset()
        link = Link(*key, one.expires_on, before | {reason_digest(one)}, index)
        found.setdefault(link.of, []).append(link)
    for key, link in recorded.items():
        if link.of in found and key not in there:
            found[link.of].append(link)
    return found


def _goes_on(link: Link, chain: Sequence[Link]) -> bool:
    """Whether a waiver begins soon after a chain; within it only where one of both is no longer in the file."""
    end = max(one.last for one in chain)
    is_moved = link.index is None or any(one.index is None for one in chain)
    return link.first <= end + _PAUSE and (is_moved or link.first > end)


def _days(chain: Sequence[Link]) -> int:
    """How many days are waived, each counted once."""
    days, end = 0, date.min
    for link in chain:
        first = max(link.first, end + _DAY) if end > date.min else link.first
        days += max(0, (link.last - first).days + 1)
        end = max(end, link.last)
    return days
