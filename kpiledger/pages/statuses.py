"""The words and shapes of a status, and which status weighs most when several stand together."""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.vocabulary import Status

# Neutral to direction: an actual above an upper limit is off target, not over it.
WORDS = {
    Status.GREEN: "On target",
    Status.AMBER: "Watch",
    Status.RED: "Off target",
    Status.NO_DATA: "No data",
    Status.INCOMPLETE: "Not finished",
    Status.NO_TARGET: "No target",
}
# Missing data weighs more than a met target: the whole never looks better than what is known of it.
_WORST_FIRST = (
    Status.RED,
    Status.AMBER,
    Status.NO_DATA,
    Status.INCOMPLETE,
    Status.GREEN,
    Status.NO_TARGET,
)


def weight_of(status: Status) -> int:
    """A status's place from worst (0) to least."""
    return _WORST_FIRST.index(status)


def worst(statuses: Iterable[Status]) -> Status:
    """The status that one glance must not miss; `no_target` where there is none."""
    return min(statuses, key=weight_of, default=Status.NO_TARGET)


def counted(statuses: Iterable[Status]) -> tuple[tuple[Status, int], ...]:
    """How many of each status there are, on target first, those without any left out."""
    found = list(statuses)
    shown = (Status.GREEN, Status.AMBER, Status.RED, Status.NO_DATA, Status.INCOMPLETE, Status.NO_TARGET)
    return tuple((status, found.count(status)) for status in shown if status in found)
