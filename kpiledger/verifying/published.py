"""Is what readers see what the last publication recorded: the tables, the recipe they were made by, their inputs?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from kpiledger.extracts.choosing import FOLDER as EXTRACTS
from kpiledger.extracts.choosing import SET, chosen_inputs
from kpiledger.extracts.store import DATA
from kpiledger.file_hash import file_hash
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.problem import Problem
from kpiledger.ledger.schema import EntryKind
from kpiledger.recipe import FILE as RECIPE
from kpiledger.recipe import recipe_hash
from kpiledger.verifying.check import Check, Held, Looked

NAME = "published tables"
_CAUSE = "a number was changed outside of a run, or a run was interrupted while publishing; `kpi run` publishes again"


def _look(held: Held) -> Looked:
    last = next((entry for entry in reversed(held.entries) if entry.kind is EntryKind.RUN_PUBLISHED), None)
    published = held.beside.published or {}
    found = list(_problems(published, last))
    if last is not None and held.beside.settings is not None:
        found += _beside(held.beside.settings.warehouse.resolve().parent, last)
    return Looked(tuple(found), partly=tuple(_not_hashed(published, last)) if last is not None else ())


def _problems(published: Mapping[str, str], last: Entry | None) -> Iterator[Problem]:
    if last is None:
        if published:
            tables = ", ".join(sorted(published))
            yield Problem(NAME, f"{tables}: published, but no `run.published` is recorded; {_CAUSE}")
        return
    recorded = last.content["hashes"]
    for table in sorted(recorded):
        old, new = recorded[table], published.get(table, "nothing")
        if old != new:
            yield Problem(NAME, f"{table}: recorded {old}, found {new}; {_CAUSE}", last.seq, last.key)


def _not_hashed(published: Mapping[str, str], last: Entry) -> Iterator[str]:
    """Tables that were not among those hashed when it was recorded: nothing says what they held then."""
    for table in sorted(published.keys() - last.content["hashes"].keys()):
        yield f"{table} was not hashed by that publication (entry {last.seq}, {last.key}); the next run does"


def _beside(folder: Path, last: Entry) -> Iterator[Problem]:
    """What lies beside the published warehouse and says how its numbers came about; a trace is told from it."""
    recorded, found = last.content.get("recipe"), recipe_hash(folder)
    if recorded != found:
        message = f"{folder / RECIPE}: recorded {recorded or 'nothing'}, found {found or 'nothing'}; {_CAUSE}"
        yield Problem(NAME, message, last.seq, last.key)
    inputs = last.content.get("inputs") or {}
    if inputs != chosen_inputs(folder):
        message = f"{folder / SET} does not name the extracts that were recorded; {_CAUSE}"
        yield Problem(NAME, message, last.seq, last.key)
        return
    for name, digest in sorted(inputs.items()):
        source, _, table = name.partition(".")
        path = folder / EXTRACTS / source / f"{table}{DATA}"
        now = file_hash(path) if path.exists() else "nothing"
        if now != digest:
            yield Problem(NAME, f"{path}: recorded {digest}, found {now}; {_CAUSE}", last.seq, last.key)


CHECK = Check(NAME, _look, is_given=lambda _, beside: beside.published is not None)
