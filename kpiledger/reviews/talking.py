"""What does a run do for the conversation: record the triggers that fired, then lay what is to be talked about."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kpiledger.ledger.store import Clock, Ledger, read_entries
from kpiledger.project import Project
from kpiledger.reviews.firing import fired_entries, firing_now, record_firings
from kpiledger.reviews.items import review_items
from kpiledger.reviews.tables import lay_conversation
from kpiledger.reviews.watching import watched
from kpiledger.warehouse import open_reader, rows_of


def keep_conversation(warehouse: Path, schema: str, project: Project, ledger: Ledger, run_id: str, clock: Clock) -> int:
    """Record what fired and lay the tables of the conversation; how many triggers fired for the first time.

    To be called when nothing can stop the run any more: a run that its checks stop has told nobody a figure.
    """
    entries = read_entries(ledger)
    with open_reader(warehouse) as connection:
        as_of = rows_of(connection, "select as_of_on from kpi.as_of")[0]["as_of_on"]
        found = firing_now(project, ledger, entries, watched(connection, project, as_of), as_of)
    added = record_firings(ledger, entries, found, (run_id, as_of), clock)
    entries = (*entries, *added)
    keys = {firing.key for firing in found}
    items = review_items(project, ledger, entries, keys, as_of)
    # What fired after the as-of date, in a run of a later one, is nothing that the figures of this run can tell.
    fired = {key: entry.content["as_of_on"] for key, entry in fired_entries(entries).items()}
    still_so = {key: key in keys for key, day in fired.items() if date.fromisoformat(day) <= as_of}
    lay_conversation(warehouse, schema, project.calendar.reckoning, ledger, entries, items, still_so)
    return len(added)
