"""A generated ledger of any number of entries: agreements of many holders on many KPIs over twenty years.

    python -m benchmarks.many_entries 100000 /tmp/ledger

Most agreements are agreed before their year, a third are amended, a sixth of the amendments comes after
the days that they are for, some are retired. In the last ten years they need an approval, signed with a real key
(`many_approvals`). The definitions of the project itself are recorded too. The files have the bytes that the
ledger would write in a run each night, but nobody waits for the disk in between. The same number and seed give
the same story; salts and keys differ.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from hashlib import sha256
from itertools import count, groupby
from pathlib import Path
from typing import Any

from benchmarks.many_approvals import DIRECTORS, PROPOSER, Office, Recorded, director
from kpiledger.ledger.canonical import instant_text
from kpiledger.ledger.checkpoint import Checkpoint, sign_checkpoint
from kpiledger.ledger.definitions import definition_content
from kpiledger.ledger.entry import decode_entry, parse_entry
from kpiledger.ledger.file_storage import FileStorage
from kpiledger.ledger.frontier import Frontier
from kpiledger.ledger.keys import make_keys, signing_key
from kpiledger.ledger.merkle import leaf_hash
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import commit_subject, commit_text
from kpiledger.loading import load_project

ROOT = Path(__file__).parents[1]
YEARS = range(2005, 2025)
_CHECKED = 500  # so many entries are read back strictly; the others are made by the same lines
_PERSONS = 10  # holders that are people: each value of theirs is a file of its own
_PER_HOLDER = 58  # entries that a holder has in twenty years, on average
_REASONS = ("scope_change", "external_shock", "resource_change", "mid_year_review", "rebaseline", "correction")
_NIGHT = time(2, tzinfo=UTC)  # when the nightly run records what was merged on the day
_PLAIN = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode

Event = tuple[datetime, int, int, int]  # recorded at, holder, year, and how many events of the agreement came before


@dataclass(frozen=True)
class Company:
    """How many holders and KPIs make a ledger of the size asked for; `people` are commitments by holder."""

    ledger: Ledger
    holders: int
    kpis: int
    seed: int
    people: dict[int, Any]
    office: Office

    def chance(self, *about: int) -> random.Random:
        """The same luck for the same thing, in whatever order it is asked."""
        return random.Random("/".join(map(str, (self.seed, *about))))

    def holder(self, number: int) -> Any:
        """What stands in an entry for a holder: every so many-th is a person."""
        if number in self.people:
            return self.people[number]
        return holder_name(number)


def holder_name(number: int) -> str:
    """The id of a holder that is a unit."""
    return f"team_{number:05d}"


def kpi_name(number: int) -> str:
    """The id of a KPI."""
    return f"figure_{number:04d}"


def agreement_name(holder: int, year: int) -> str:
    """The id of a holder's agreement of a year."""
    return f"{holder_name(holder)}_{year}"


def kpi_count(entries: int) -> int:
    """How many KPIs there are; their definitions are recorded first, under one checkpoint."""
    return max(5, min(1000, entries // 200))


def write_ledger(folder: Path, entries: int, seed: int = 1) -> Ledger:
    """Make a ledger with exactly so many entries in a folder that holds none."""
    ledger, files = Ledger(folder), FileStorage(folder)
    make_keys(ledger.keys)
    holders = max(2, entries // _PER_HOLDER)
    people = _people(ledger, holders)
    company = Company(ledger, holders, kpi_count(entries), seed, people, _office(ledger, holders, people))
    name, private = signing_key(ledger.keys)
    tree = before = Frontier()
    note = sign_checkpoint(Checkpoint(name, 0, tree.root), private)
    files.lock_file.touch()
    with (
        files.entries_file.open("wb") as lines,
        files.leaves_file.open("wb") as hashes,
        files.checkpoints_file.open("wb") as checkpoints,
    ):
        checkpoints.write(note)
        # One batch for each night on which something was recorded, as the nightly run makes it.
        for _, recorded in groupby(_lines(company, entries), key=lambda one: one[0]):
            batch = [line for _, line in recorded]
            leaves = [leaf_hash(line) for line in batch]
            before = tree.grown(leaves[:-1], sum(len(line) + 1 for line in batch[:-1]))
            tree = before.grown(leaves[-1:], len(batch[-1]) + 1)
            note = sign_checkpoint(Checkpoint(name, tree.size, tree.root), private)
            lines.writelines(line + b"\n" for line in batch)
            hashes.writelines(leaf.hex().encode() + b"\n" for leaf in leaves)
            checkpoints.write(note)
    files.frontier_file.write_bytes(before.text)
    files.checkpoint_file.write_bytes(note)
    return ledger


def _people(ledger: Ledger, holders: int) -> dict[int, Any]:
    numbers = range(0, holders, max(1, holders // _PERSONS))
    return {number: commit_subject(ledger, f"p_{number:05d}") for number in numbers}


def _office(ledger: Ledger, holders: int, people: Iterable[int]) -> Office:
    """Each director approves for every so many-th holder; people answer in the unit of their number."""
    answers_for = {
        director(first): tuple(holder_name(number) for number in range(first, holders, DIRECTORS))
        for first in range(min(DIRECTORS, holders))
    }
    return Office(ledger, answers_for, {f"p_{number:05d}": holder_name(number) for number in people})


def _lines(company: Company, entries: int) -> Iterator[tuple[datetime, bytes]]:
    """The night and the bytes of the first so many entries, in the order in which they are recorded."""
    story, line = _story(company), None
    for seq in range(1, entries + 1):
        # Who approves an entry names it by the hash of its bytes.
        recorded_at, kind, key, content = story.send(line)
        shown = {
            "commit": sha256(recorded_at.isoformat().encode()).hexdigest()[:40],
            "content": content,
            "format": "1",
            "key": key,
            "kind": kind,
            "recorded_at": instant_text(recorded_at),
            "seq": str(seq),
            "uncommitted": False,
        }
        line = _PLAIN(shown).encode()
        if seq <= _CHECKED:
            parse_entry(line)
        yield recorded_at, line


def _story(company: Company) -> Generator[Recorded, bytes | None, None]:
    """What is recorded, one after the other; told the bytes that each became."""
    start = datetime(YEARS[0] - 1, 10, 1, 8, tzinfo=UTC)
    for content in own_definitions():
        yield start, "definition.recorded", f"{content['kpi']}/{content['version']}", content
    for number in range(company.kpis):
        yield start, "definition.recorded", f"{kpi_name(number)}/1", _definition(number)
    for year in count(YEARS[0]):  # a little over twenty years, where the luck of the draw asks for it
        for decided_at, holder, _, before in sorted(_events(company, year)):
            recorded_at = datetime.combine(decided_at.date() + timedelta(days=1), _NIGHT)
            yield from company.office.due(recorded_at)
            if holder < 0:
                yield recorded_at, "run.published", f"run-{year}-{before}", _publication(year, before)
            else:
                kind, content = _agreement(company, holder, year, before, recorded_at)
                line = yield recorded_at, kind, f"{agreement_name(holder, year)}/{before + 1}", content
                if line is not None:
                    yield from company.office.approvals(decode_entry(line), company.chance(holder, year, before, 1))


def _events(company: Company, year: int) -> Iterator[Event]:
    for week in range(44):  # until December, when the agreements of the next year begin to come
        yield datetime(year, 1, 2, 4, tzinfo=UTC) + timedelta(weeks=week), -1, year, week
    for holder in range(company.holders):
        chance = company.chance(holder, year)
        at = datetime(year - 1, 12, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(40_000))
        yield at, holder, year, 0
        for before in range(1, 1 + chance.choice((0, 0, 1, 1, 1, 2, 3))):
            at = max(at, datetime(year, 3 * before, 1, tzinfo=UTC)) + timedelta(minutes=chance.randrange(1, 60_000))
            yield at, holder, year, before


def _agreement(
    company: Company, holder: int, year: int, before: int, recorded_at: datetime
) -> tuple[str, dict[str, Any]]:
    chance = company.chance(holder, year, before)
    kind = "amended" if before else "agreed"
    if before and chance.random() < 0.03:
        kind = "retired"
    first = _first_month(chance, year, before, recorded_at)
    promised = _kpis_of(company, holder, year)
    named = {"agreed": promised, "amended": promised[: chance.choice((1, 1, 2))], "retired": ()}[kind]
    why = "annual_agreement" if kind == "agreed" else chance.choice(_REASONS)
    text = f"As discussed on {recorded_at:%d %B}: {why.replace('_', ' ')} in {year}"
    who = company.people.get(holder)
    return f"agreement.{kind}", {
        "agreement": agreement_name(holder, year),
        "approved_by": PROPOSER if chance.random() < 0.02 else director(holder),
        "decided_on": (recorded_at - timedelta(days=chance.randrange(1, 9))).date().isoformat(),
        "holder": company.holder(holder),
        "proposed_by": PROPOSER,
        "reason": {
            "evidence": f"docs/decisions/{year}-{holder}.md" if chance.random() < 0.2 else None,
            "kind": why,
            "text": commit_text(company.ledger, text, f"p_{holder:05d}") if who else text,
        },
        "targets": [_target(company, number, chance, year, first.month) for number in named],
        "valid_from": first.isoformat(),
        "valid_to": f"{year}-12-31" if kind == "agreed" else None,
    }


def _first_month(chance: random.Random, year: int, before: int, recorded_at: datetime) -> date:
    """An amendment is for the month after it was recorded, or one to four months back."""
    if not before:
        return date(year, 1, 1)
    ahead = chance.choice((1, 1, 1, 1, 1, -chance.randrange(1, 5)))
    month = (recorded_at.year - year) * 12 + recorded_at.month + ahead
    return date(year, min(12, max(2, month)), 1)


def _kpis_of(company: Company, holder: int, year: int) -> list[int]:
    chance = company.chance(holder, year // 4)
    return chance.sample(range(company.kpis), min(company.kpis, chance.choice((3, 4, 4, 5, 6))))


def _target(company: Company, number: int, chance: random.Random, year: int, month: int) -> dict[str, Any]:
    level = 1000 * (number + 1)
    has_seasons = number % 3 == 0
    values = {f"{year}-{m:02d}": _figure(chance, level) for m in range(month, 13)} if has_seasons else None
    return {
        "amber": {"absolute": None, "share_of_target": "0.95"} if number % 2 else None,
        "baseline": {
            "exclude": [],
            "from": f"{year - 1}-01",
            "method": "mean",
            "source": "erp",
            "to": f"{year - 1}-12",
            # What the published figures give, but for those that were taken from elsewhere.
            "value": _figure(chance, level) if chance.random() < 0.05 else str(yearly_mean(number, year - 1)),
        },
        "influence": "0.65" if chance.random() < 0.01 else f"0.{chance.randrange(7, 10)}",
        "kpi": kpi_name(number),
        "slice": {"region": f"Region {number % 7}"} if number % 4 == 0 else {},
        "stretch": None,
        "target": {
            "by_period": values,
            "comparison": "at_least" if number % 5 else "at_most",
            "grain": "month",
            "value": None if has_seasons else _figure(chance, level),
        },
        "weight": f"0.{chance.randrange(1, 3)}",
    }


def yearly_mean(number: int, year: int) -> int:
    """The mean of the twelve figures that a KPI has in a year (`many_figures` lays them)."""
    level = 1000 * (number + 1)
    return level + (number * 7919 + year * 104_729) % level


def _figure(chance: random.Random, level: int) -> str:
    return str(level + chance.randrange(level))


def _definition(number: int) -> dict[str, Any]:
    definition = {"formula": {"measure": f"amount_{number}", "type": "simple", "where": None}, "unit": "count"}
    return {
        "change": {"reason": "first definition", "requested_by": "finance_controller"},
        "definition": definition,
        "definition_hash": sha256(_PLAIN(definition).encode()).hexdigest(),
        "depends_on": {},
        "kpi": kpi_name(number),
        "valid_from": f"{YEARS[0] - 1}-01-01",
        "version": "1",
    }


@cache
def own_definitions() -> tuple[dict[str, Any], ...]:
    """The definitions of the project's own KPIs: files, compiled models and ledger say the same of them."""
    project, _ = load_project(ROOT)
    if project is None:
        sys.exit("the project cannot be loaded; `kpi check` says why")
    kpis = (kpi for _, kpi in sorted(project.kpis.items()))
    return tuple(definition_content(project, kpi, version) for kpi in kpis for version in kpi.versions)


def _publication(year: int, week: int) -> dict[str, Any]:
    tables = ("fct_kpi_value", "fct_scorecard")
    hashes = {table: sha256(f"{table}{year}{week}".encode()).hexdigest() for table in tables}
    day = date(year, 1, 1) + timedelta(weeks=week)
    return {"as_of_on": day.isoformat(), "hashes": hashes, "run_id": f"run-{year}-{week}"}


if __name__ == "__main__":
    written = write_ledger(Path(sys.argv[2]), int(sys.argv[1]))
    print(f"{written.directory}: {sys.argv[1]} entries")
