"""How is a close told: what was frozen, and the quick check as a table of KPIs and questions?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpiledger.closing.close import Closed
from kpiledger.closing.quick_check import QuickAnswer, QuickQuestion
from kpiledger.ledger.schema import EntryKind


def close_text(done: Closed) -> str:
    """The quick check, each no with what it rests on, then what was recorded."""
    content = done.entry.content
    what = "locked" if done.entry.kind is EntryKind.PERIOD_LOCKED else "closed and locked"
    what = "closed" if done.entry.kind is EntryKind.PERIOD_CLOSED and not content["is_locked"] else what
    lines = [*_table(done.answers), *_nos(done.answers), ""]
    lines.append(f"{content['period']} is {what}: entry {done.entry.seq}, {done.entry.entry_hash}")
    if done.rows:
        frozen = ", ".join(f"{count} rows of {name}" for name, count in done.rows.items())
        lines.append(f"frozen: {frozen}; {'signed' if content.get('signature') else 'not signed'} by the approver")
        lines.append("the next `kpi run` shows it")
    return "\n".join(lines)


def _table(answers: Sequence[QuickAnswer]) -> Iterator[str]:
    width = max((len(one.kpi) for one in answers), default=0)
    yield "  ".join(["quick check".ljust(width), *QuickQuestion])
    by_kpi: dict[str, list[QuickAnswer]] = {}
    for one in answers:
        by_kpi.setdefault(one.kpi, []).append(one)
    for kpi, own in by_kpi.items():
        yield "  ".join([kpi.ljust(width), *(_word(one).ljust(len(one.question)) for one in own)]).rstrip()


def _word(one: QuickAnswer) -> str:
    return "yes" if one.is_yes else "accepted" if one.accepted else "no"


def _nos(answers: Sequence[QuickAnswer]) -> Iterator[str]:
    """Each reason for a no once, with the KPIs that it is true of."""
    told: dict[tuple[str, str], list[str]] = {}
    for one in answers:
        if not one.is_yes:
            reason = f"{one.told} (accepted: {one.accepted})" if one.accepted else one.told
            told.setdefault((one.question, reason), []).append(one.kpi)
    for (question, reason), kpis in told.items():
        yield f"{question}: {reason}: {', '.join(kpis)}"
