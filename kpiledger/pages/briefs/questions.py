"""What should the conversation ask: what went well, where to steer, what could be better?

Insight comes first, and blame nowhere: a figure that only varies as it always does is no reason to ask anybody for
an explanation, it is a reason to look at how the work is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpiledger.pages.briefs.targets import TargetLine
from kpiledger.vocabulary import Status

# More than three questions of a kind and a quarter of an hour is over before the first answer.
_MOST = 3


@dataclass(frozen=True, slots=True)
class Questions:
    """Suggested questions, the most useful first."""

    went_well: tuple[str, ...]
    steer: tuple[str, ...]
    better: tuple[str, ...]


def questions(lines: Sequence[TargetLine], waiting: Sequence[str], has_goals: bool, doubts: int) -> Questions:
    """The questions that the period suggests; `waiting` are the review items that are open, `doubts` data notes."""
    good = sorted(
        (one for one in lines if one.status is Status.GREEN), key=lambda one: (not one.is_favourable, -_share(one))
    )
    off = sorted(
        (one for one in lines if one.status in (Status.RED, Status.AMBER)),
        key=lambda one: (one.is_favourable is not False, one.is_favourable is True, one.status is not Status.RED),
    )
    well = [_well(one) for one in good] or ["No target was met. What went well that the figures do not show?"]
    steer = [_steer(one) for one in off] or ["Every target is met. Are they still the right ones, and high enough?"]
    better = [f"{one} What do we decide?" for one in waiting[:1]]
    if doubts:
        better.append("Checks speak against some of the data. What would make it right where it is registered?")
    if not has_goals:
        better.append("Nothing is agreed for well-being or learning. How do people fare, what do they want to learn?")
    better += [f"{one.label}: nothing was measured. What keeps us from knowing?" for one in lines if _is_unknown(one)]
    better.append("Which one change in how we work would help most until the next conversation?")
    return Questions(tuple(well[:_MOST]), tuple(steer[:_MOST]), tuple(better[:_MOST]))


def _well(line: TargetLine) -> str:
    count, met = len(line.marks), line.on_target_count
    if 2 * met <= count:
        return f"{_named(line)} is on target again in {line.period}, after {_times(count - met)} off. What helped?"
    said = f"on target in {met} of {count} periods" if count > 1 else f"on target in {line.period}"
    if line.is_favourable:
        said += ", and that is more than its usual variation"
    return f"{_named(line)} was {said}. What made it so, and will it last?"


def _times(count: int) -> str:
    return "one period" if count == 1 else f"{count} periods"


def _share(line: TargetLine) -> float:
    return line.on_target_count / len(line.marks)


def _steer(line: TargetLine) -> str:
    gap = f" ({line.variance.full})" if line.variance.machine else ""
    begin = f"{_named(line)} missed its target in {line.period}{gap}"
    if line.is_favourable:
        return f"{begin}, yet it moves the right way. What helps, and how do we do more of it?"
    if line.is_signal:
        return f"{begin}, and something has changed. What is it, and what is the next step?"
    if line.signal:
        return f"{begin}, within its usual variation. What in the way we work would lift all periods?"
    return f"{begin}. What is the next step, and who takes it?"


def _named(line: TargetLine) -> str:
    return f"{line.label} {line.part}".rstrip()


def _is_unknown(line: TargetLine) -> bool:
    return line.status is Status.NO_DATA
