"""Question 28: where are the times of the ledger not as a clock that runs evenly would have given them?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.standing import tree_facts
from kpiledger.audit.words import number_of
from kpiledger.evidence.signed import notes_by_size
from kpiledger.ledger.postgres_storage import PostgresStorage

COLUMNS = ("entry", "recorded_at", "kind", "key", "anomaly", "detail")
# A company that records nothing for a quarter is asked why.
_GAP_DAYS = 92
# What clocks of two machines may differ by, and a long transaction may take.
_TOLERANCE = timedelta(minutes=5)
_IMPOSSIBLE = ("backwards", "in the future")

_BETWEEN = """
    with neighbours as (
        select
            seq, recorded_at, kind, key,
            lag(recorded_at) over (order by seq) as before,
        from entry
    )
    select seq, recorded_at, kind, key, before from neighbours
    where recorded_at < before or recorded_at > ? or (recorded_at - before) > ? or (recorded_at = before and seq in
        (select unnest(?::integer[])))
    order by seq
"""
_EARLY = """
    select entry.seq, entry.recorded_at, entry.kind, entry.key, event.decided_on
    from event join entry on entry.seq = event.seq
    where cast(entry.recorded_at as date) < event.decided_on
    order by entry.seq
"""
_PUBLICATIONS = """
    select entry.seq, entry.recorded_at, entry.kind, entry.key, publication.as_of_on,
        lag(publication.as_of_on) over (order by entry.seq) as before
    from publication join entry on entry.seq = publication.seq
    order by entry.seq
"""

Row = tuple[object, ...]


def answer(asked: Asked) -> Answer:
    """A row for each anomaly; only times that cannot be true make the answer fail."""
    index = asked.index()
    gap = timedelta(days=number_of(asked.words, "days", _GAP_DAYS))
    rows = [*_between(asked, gap), *_early(asked), *_publications(asked), *_stored(asked)]
    rows.sort(key=lambda row: (int(str(row[0])), str(row[4])))
    kinds = sorted({str(row[4]) for row in rows})
    told = [f"{sum(row[4] == kind for row in rows)} {kind}" for kind in kinds]
    notes = (
        f"A gap is a time of more than {gap.days} days in which nothing was recorded.",
        "A batch with the time of the one before it was recorded while the clock stood still or had been set back: "
        "the ledger never writes an earlier time, but the same one again.",
    )
    holds = not any(row[4] in _IMPOSSIBLE for row in rows)
    summary = (f"{len(rows)} anomalies: {', '.join(told)}" if rows else "the times are in order",)
    return Answer(COLUMNS, rows, summary, notes, holds, {"anomalies": len(rows), **tree_facts(index)})


def _between(asked: Asked, gap: timedelta) -> Iterator[Row]:
    now = datetime.now(UTC).replace(tzinfo=None)
    # Entries of one batch share their time; only where a batch begins, a repeated time says something.
    first_of_batch = [size + 1 for size in notes_by_size(asked.ledger)]
    for seq, moment, kind, key, before in asked.index().execute(_BETWEEN, [now, gap, first_of_batch]).fetchall():
        if before is not None and moment < before:
            yield (seq, moment, kind, key, "backwards", f"the entry before it was recorded at {before}")
        elif before is not None and moment == before:
            yield (seq, moment, kind, key, "clock stood", "a new batch has the time of the one before it")
        elif before is not None and moment - before > gap:
            yield (seq, moment, kind, key, "gap", f"nothing was recorded for {(moment - before).days} days")
        if moment > now:
            yield (seq, moment, kind, key, "in the future", "the clock of this machine has not come so far")


def _early(asked: Asked) -> Iterator[Row]:
    for seq, moment, kind, key, decided_on in asked.index().execute(_EARLY).fetchall():
        yield (seq, moment, kind, key, "before its decision", f"it says that it was decided on {decided_on}")


def _publications(asked: Asked) -> Iterator[Row]:
    for seq, moment, kind, key, as_of, before in asked.index().execute(_PUBLICATIONS).fetchall():
        if as_of is not None and before is not None and as_of < before:
            yield (seq, moment, kind, key, "published for an earlier day", f"as of {as_of}, after one as of {before}")
        if as_of is not None and as_of > moment.date():
            yield (seq, moment, kind, key, "published for a later day", f"as of {as_of}, which had not come yet")


def _stored(asked: Asked) -> Iterator[Row]:
    """Where a server keeps the ledger, its clock is a second witness."""
    storage = asked.ledger.storage
    if not isinstance(storage, PostgresStorage):
        return
    stored = storage.stored_moments()
    recorded = "select seq, recorded_at, kind, key from entry where seq in (select unnest(?::integer[])) order by seq"
    for seq, moment, kind, key in asked.index().execute(recorded, [list(stored)]).fetchall():
        came = stored[seq].astimezone(UTC).replace(tzinfo=None)
        if abs(came - moment) > _TOLERANCE:
            yield (seq, moment, kind, key, "other clock", f"the server stored it at {came}")


QUESTION = Question(28, "Times that a clock which runs evenly would not have given", answer, takes=("days",))
