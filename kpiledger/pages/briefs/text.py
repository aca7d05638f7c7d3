"""A brief as plain text, for a terminal or a message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpiledger.pages.briefs.targets import TargetLine
from kpiledger.pages.briefs.view import Brief, TalkLine
from kpiledger.pages.statuses import WORDS
from kpiledger.reports.known import in_one_line

_KPI, _STATUS, _FIGURE = 38, 13, 14


def brief_text(page: Brief) -> str:
    """The page's sections in its order."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: Brief) -> Iterator[str]:
    yield f"{page.title}: brief on {page.period}"
    yield ", ".join(f"{count} {WORDS[status].lower()}" for status, count in page.counts) or "no target in this period"
    yield from _section("What went well?", page.questions.went_well)
    yield from _section("Where to steer?", page.questions.steer)
    yield from _section("What could be better?", page.questions.better)
    if page.targets:
        yield ""
        yield f"{'Targets':<{_KPI}}  {'Status':<{_STATUS}} {'Actual':>{_FIGURE}} {'Target':>{_FIGURE}}  What moved"
        yield from map(_target, page.targets)
    if page.targets_left_out:
        yield f"{page.targets_left_out} more on the scorecard"
    yield from _section("Agreements and changes", [f"{one.name} {one.said}: {one.reason}" for one in page.agreements])
    yield from _section("Well-being and learning", page.goals)
    yield from _section("Decisions", [f"{one.when}, {one.who}: {one.said}" for one in page.decisions])
    yield from _section("To be decided", [_waiting(one) for one in page.waiting])
    yield from _section("Data behind these figures", page.notes)


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    yield ""
    yield title
    yield from (f"  - {in_one_line(line)}" for line in lines or ["nothing"])


def _target(line: TargetLine) -> str:
    label = f"{line.label} {line.part}".rstrip()
    sign = f"{line.promise.sign} " if line.promise and not line.promise.sign.isalpha() else ""
    promised = f"{sign}{line.promise.text}" if line.promise else ""
    moved = line.signal or "too few values to tell"
    return f"{label:<{_KPI}}  {line.word:<{_STATUS}} {line.actual.full:>{_FIGURE}} {promised:>{_FIGURE}}  {moved}"


def _waiting(one: TalkLine) -> str:
    return f"{one.said} ({one.who}, {one.when}; --closes {one.item})"
