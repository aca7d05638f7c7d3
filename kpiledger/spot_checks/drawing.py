"""Plans a spot check, records the plan, and only then draws: the seed is not known before the plan is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex

from kpiledger.errors import BrokenWorld, WrongUse
from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Clock, Ledger, read_entries, writing
from kpiledger.periods import Period
from kpiledger.specs.expectation import CheckedTable
from kpiledger.specs.spot_check import SpotDirection
from kpiledger.spot_checks.contents import check_name, draw_content, plan_content, seed_of
from kpiledger.spot_checks.planning import Part, compared_columns, planned
from kpiledger.spot_checks.sample import Sample, SampledRow, SamplePart, folder_of, keep_sample
from kpiledger.spot_checks.sides import Side, source_side, warehouse_side
from kpiledger.spot_checks.standing import SpotCheckStanding, root_at, spot_checks

_DUCKDB_READS = "SQLite has no md5; in DuckDB run `attach '<file>' as source (type sqlite)`, `use source`, then"
WHERE = {"postgres": "in PostgreSQL", "mysql": "in MySQL or MariaDB", "duckdb": "in DuckDB", "sqlite": _DUCKDB_READS}


@dataclass(frozen=True, slots=True)
class Place:
    """A table of a source to be checked, in a period, and where both sides are reached."""

    source: str
    table: CheckedTable
    period: Period | None
    warehouse: Path
    url: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was planned and drawn, and why a direction was not."""

    check: SpotCheckStanding
    parts: tuple[Part, ...]
    sample: Sample
    folder: Path
    problem: str | None


def plan(place: Place, ledger: Ledger, clock: Clock, reason: str | None) -> SpotCheckStanding:
    """Record a plan and draw nothing yet: an auditor adds a word to the seed first."""
    with _sides(place) as (sides, _):
        entry, _ = _recorded_plan(place, ledger, clock, reason, _planned(place, sides))
    return next(one for one in spot_checks(read_entries(ledger)) if one.name == entry.key)


def draw(
    place: Place, ledger: Ledger, samples: Path, clock: Clock, reason: str | None, word: str | None = None
) -> Drawn:
    """Plan, record the plan, draw by the seed that follows from it, record the draw and keep the rows.

    With a word the plan is the one that waits for it.
    """
    with _sides(place) as (sides, problem):
        parts = _planned(place, sides)
        if word:
            entry, root = _waiting_plan(place, ledger, reason, parts)
        else:
            entry, root = _recorded_plan(place, ledger, clock, reason, parts)
        seed = seed_of(root, entry.content, word)
        drawn_parts = tuple(_drawn(sides, parts, seed, place.table))
        sample = Sample(entry.key, compared_columns(place.table), drawn_parts, token_hex(16))
        folder = folder_of(samples, entry.key)
        keep_sample(folder, sample)
        rows = [
            (part, drawn.keys, drawn.rows_hash(sample.salt)) for part, drawn in zip(parts, drawn_parts, strict=True)
        ]
        with writing(ledger, clock) as writer:
            content = draw_content(entry.seq, root, seed, word, rows)
            writer.append([Draft(EntryKind.SPOT_CHECK_DRAWN, entry.key, content)])
    check = next(one for one in spot_checks(read_entries(ledger)) if one.name == entry.key)
    return Drawn(check, tuple(parts), sample, folder, problem)


def _planned(place: Place, sides: Mapping[SpotDirection, Side]) -> list[Part]:
    known = {direction: side.populations() for direction, side in sides.items()}
    assert place.table.spot_check is not None
    return planned(place.table.spot_check, {direction: known.get(direction) for direction in SpotDirection})


@contextmanager
def _sides(place: Place) -> Iterator[tuple[Mapping[SpotDirection, Side], str | None]]:
    """The sides that rows are drawn from; the source's is left out, and said why, where it cannot be reached."""
    with ExitStack() as stack:
        warehouse = stack.enter_context(warehouse_side(place.warehouse, place.table, place.period))
        sides, problem = {SpotDirection.WAREHOUSE_TO_SOURCE: warehouse}, None
        try:
            source = stack.enter_context(source_side(place.source, place.url, place.table, place.period))
            sides[SpotDirection.SOURCE_TO_WAREHOUSE] = source
        except BrokenWorld as unreachable:
            problem = unreachable.message
        yield sides, problem


def _recorded_plan(
    place: Place, ledger: Ledger, clock: Clock, reason: str | None, parts: list[Part]
) -> tuple[Entry, str]:
    """The entry of the plan, and the root of the tree that ends with it."""
    period = str(place.period) if place.period else None
    with writing(ledger, clock) as writer:
        former = _former(place, ledger)
        if former and not reason:
            raise WrongUse(
                f"{former[-1].name} was planned already, in entry {former[-1].plan.seq}: no second sample is drawn "
                "because the first one turned out badly",
                "judge that one; if it cannot be, write --reason 'why a new one is drawn', which is recorded and shown",
            )
        name = check_name(place.source, place.table.table, period, len(former) + 1)
        content = plan_content(place.source, place.table, period, len(former) + 1, reason, parts)
        (entry,) = writer.append([Draft(EntryKind.SPOT_CHECK_PLANNED, name, content)])
    return entry, root_at(read_entries(ledger), entry.seq)


def _waiting_plan(place: Place, ledger: Ledger, reason: str | None, parts: list[Part]) -> tuple[Entry, str]:
    """The plan that waits for a word, and the root of the tree that ends with it."""
    waiting = [one for one in _former(place, ledger) if one.draw is None]
    if not waiting or reason:
        raise WrongUse(
            "a word is added to a plan that stands, and none waits for one" if not waiting
            else "the reason belongs to the plan, which stands already",
            "`kpi spot-check plan` records it; then draw with the word that the auditor answers, and no --reason",
        )  # fmt: skip
    entry = waiting[-1].plan
    said = entry.content
    ordinal = int(said["ordinal"])
    if said != plan_content(place.source, place.table, said["period"], ordinal, said["reason"], parts):
        raise WrongUse(
            f"{entry.key} was planned for other rows than there are now, or for another claim",
            "plan it anew with --reason 'why', and draw before the next run",
        )
    return entry, root_at(read_entries(ledger), entry.seq)


def _former(place: Place, ledger: Ledger) -> list[SpotCheckStanding]:
    """The spot checks of this table and period that were planned already."""
    period = str(place.period) if place.period else None
    return [
        one
        for one in spot_checks(read_entries(ledger))
        if (one.content["source"], one.content["table"], one.content["period"])
        == (place.source, place.table.table, period)
    ]


def _drawn(
    sides: Mapping[SpotDirection, Side], parts: list[Part], seed: str, table: CheckedTable
) -> Iterator[SamplePart]:
    columns = compared_columns(table)
    for part in parts:
        if part.size is None:
            yield SamplePart(part.stratum, part.direction.value, "", "", ())
            continue
        side = sides[part.direction]
        keys = side.drawn(part.stratum, seed, part.size.rows)
        if len(keys) != part.size.rows:
            message = f"{len(keys)} rows were drawn of {part.name} where {part.size.rows} were planned"
            raise BrokenWorld(message, "rows went while it was drawn; draw again with --reason")
        found = side.looked_up(keys, columns)
        rows = tuple(SampledRow(key, found[key][0] if found[key] else {}) for key in keys)
        dialect = side.drawing.dialect
        told = replace(side.drawing, dialect="duckdb") if dialect == "sqlite" else side.drawing
        query = told.drawn(part.stratum, seed, part.size.rows)
        where = "in the warehouse (DuckDB)" if part.direction is SpotDirection.WAREHOUSE_TO_SOURCE else WHERE[dialect]
        yield SamplePart(part.stratum, part.direction.value, query, where, rows)
