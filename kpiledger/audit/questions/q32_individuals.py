"""Question 32: who exported figures of single people, and when were people told of the KPIs they are held to?

An event of a person's own agreement is covered where the person was told of it, or of all that was decided by then,
on the day of the decision or later. Where `notice:` sets a length, the event must not count before it has passed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.standing import tree_facts
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger_index.privacy import private_text
from kpiledger.periods import add_months
from kpiledger.stretches import Length

COLUMNS = ("what", "who", "agreement", "on", "by", "told", "days_of_notice", "verdict", "entry")
Row = tuple[object, ...]
_OTHER = """
    select entry.seq, entry.recorded_at, other.content
    from other
    join entry on entry.seq = other.seq
    where other.kind = ?
    order by entry.seq
"""
_OWN_EVENTS = """
    select seq, agreement, event, holder, decided_on, valid_from
    from event
    where holder like 'commitment:%' and event != 'retired'
    order by seq
"""


def answer(asked: Asked) -> Answer:
    """A row for each export and person, then one for each event of a person's own agreement."""
    index, notice = asked.index(), asked.settings.notice
    exports = list(_exports(index))
    told = [
        (seq, json.loads(text)) for seq, _, text in index.execute(_OTHER, [EntryKind.INDIVIDUALS_INFORMED]).fetchall()
    ]
    events = [_event_row(event, told, notice) for event in index.execute(_OWN_EVENTS).fetchall()]
    late = [row for row in events if row[7] not in ("in time", "told")]
    said = (
        f"exports of people's figures on record: {len(exports)}",
        f"events of people's own agreements: {len(events)}, told as they should be: {len(events) - len(late)}",
        f"notice required: {notice or 'none is set'}",
    )
    facts = {"exports": len(exports), "events": len(events), "not told in time": len(late), **tree_facts(index)}
    return Answer(COLUMNS, [*exports, *events], said, _NOTES, holds=not late, facts=facts)


_NOTES = (
    "Exports stand here where they were made by kpiledger, which records them; a copy of the warehouse file leaves no "
    "trace. The days of notice count from the day a person was told to the first day that counts.",
)


def _exports(index: DuckDBPyConnection) -> Iterator[Row]:
    for seq, recorded_at, text in index.execute(_OTHER, [EntryKind.INDIVIDUALS_EXPORTED]).fetchall():
        content = json.loads(text)
        by = private_text(content["exported_by"])
        for holder in content["holders"]:
            said = f"{content['what']}: {content['purpose']}"
            yield "exported", private_text(holder), None, recorded_at.date(), by, said, None, None, seq


def _event_row(event: Sequence[Any], told: Sequence[tuple[int, Mapping[str, Any]]], notice: Length | None) -> Row:
    seq, agreement, kind, holder, decided_on, valid_from = event
    covering = [one for one in told if _covers(one[1], holder, agreement, decided_on)]
    if not covering:
        return kind, holder, agreement, None, None, None, None, "nobody is recorded to have told them", seq
    informed_seq, content = min(covering, key=lambda one: (one[1]["informed_on"], one[0]))
    on = date.fromisoformat(content["informed_on"])
    days = (valid_from - on).days
    if notice is None:
        verdict = "told"
    else:
        verdict = "in time" if _after(on, notice) <= valid_from else f"too late: {notice} are required"
    by = private_text(content["informed_by"])
    return kind, holder, agreement, on, by, f"entry {informed_seq}", days, verdict, seq


def _covers(content: Mapping[str, Any], holder: str, agreement: str, decided_on: date) -> bool:
    of_all = content["agreement"] is None
    return (
        private_text(content["holder"]) == holder
        and (of_all or content["agreement"] == agreement)
        and date.fromisoformat(content["informed_on"]) >= decided_on
    )


def _after(day: date, length: Length) -> date:
    return add_months(day, length.months) + timedelta(days=length.days)


QUESTION = Question(32, "Who exported figures of single people; when were they told of their KPIs", answer)
