"""Which triggers fired, which event answers each, and which event names a trigger that is not recorded as fired?"""

from __future__ import annotations

from typing import NamedTuple

from kpiledger.audit.answer import Asked
from kpiledger.audit.changing import narrowed

# The event that agreed to the trigger says whose it is; the first event that names it answers it.
_FIRED = """
    select entry.key, fired.seq, entry.recorded_at, entry.entry_hash, min(answer.seq)
    from other as fired
    join entry using (seq)
    join event on event.seq = cast(fired.content ->> 'event_seq' as integer)
    left join event as answer on answer.agreement = event.agreement
        and answer.fired_trigger = concat(fired.content ->> 'trigger', '@', fired.content ->> 'period')
    where fired.kind = 'trigger.fired' and {condition}
    group by all
    order by fired.seq
"""
UNRECORDED = """
    event.fired_trigger is not null and not exists (
        from other as fired
        where fired.kind = 'trigger.fired' and fired.seq < event.seq
            and fired.key = concat(event.agreement, '/', replace(event.fired_trigger, '@', '/'))
    )
"""


class Fired(NamedTuple):
    """A trigger that fired, as recorded, and the entry that answers it, if there is one."""

    name: str
    seq: int
    recorded_at: object
    entry_hash: str
    answered_by: int | None

    @property
    def told(self) -> str:
        """In words."""
        answer = f"answered by entry {self.answered_by}" if self.answered_by else "not answered by any event"
        return f"{self.name} fired (entry {self.seq}, {self.entry_hash[:10]}): {answer}"


def fired_triggers(asked: Asked) -> tuple[Fired, ...]:
    """Those that were recorded on the days asked about, in the order recorded."""
    condition, values = narrowed(asked, of_kpi=False)
    found = asked.index().execute(_FIRED.format(condition=condition), list(values)).fetchall()
    return tuple(map(Fired._make, found))
