"""What do 100 registration rules on a table cost beside one hand-written SQL statement that counts the same?

    python -m benchmarks.checks [--rows 10000000] [--rounds 1]

The table lies in DuckDB. Our way is the whole of it: the import of Great Expectations, its verdicts, our counts and
the keys of what fails. The statement by hand only counts. Both must find the same. Ratios hold better than seconds.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measuring import Clock, cost_of, table
from kpiledger.project import Project
from kpiledger.quality import check_sources
from kpiledger.quality import registration as asking
from kpiledger.specs.expectation import Expectations

CODES, FIGURES, TEXTS = range(1, 9), range(1, 7), range(1, 3)
_MAKE = """
create table code (code varchar);
insert into code select 'code_' || i from range(12) r(i);
create table sale as
select
    i as sale_id, i // 4 as order_id, i % 4 as line_no,
    {codes},
    {figures},
    case when i = 77 then 'ABC' else lpad(cast(i % 100000 as varchar), 5, '0') end as t1,
    'T-' || lpad(cast(i % 1000000 as varchar), 7, '0') as t2,
    timestamp '2016-01-01' + to_minutes(i % 1000000) as held_at,
    timestamp '2016-01-01' + to_minutes(i % 1000000 + case when i % 1000003 = 5 then 5000 else i % 1400 end)
        as registered_at
from range({rows}) r(i)
"""
# Each as our rule has it (check, where) and as a person writes it: which rows are tested, which of them break it.
Rule = tuple[dict[str, Any], str | None, str, str]


def make(place: Path, rows: int) -> None:
    """The table; a few rows break a few rules."""
    codes = ", ".join(
        f"case when i = 1000 and {n} = 1 then 'code_x' else 'code_' || (i * {n} % 12) end as c{n}" for n in CODES
    )
    figures = ", ".join(
        f"cast(case when i = 2000 and {n} = 1 then -1 else (i * {n} % 10000) / 7.0 end as decimal(18, 4)) as n{n}"
        for n in FIGURES
    )
    with duckdb.connect(str(place)) as link:
        link.execute(_MAKE.format(codes=codes, figures=figures, rows=rows))


def rules() -> list[Rule]:
    """One hundred rules of every kind that tests row by row."""
    return [*_codes(), *_filled(), *_figures(), *_texts(), *_times(), *_keys()]


def _codes() -> list[Rule]:
    values = [f"code_{n}" for n in range(12)]
    listed = ", ".join(f"'{value}'" for value in values)
    found: list[Rule] = []
    for where in (None, "n1 > 100", "c1 = 'code_1'"):
        for n in CODES:
            asked = f"c{n} is not null" + (f" and {where}" if where else "")
            check = {"one_of": {"column": f"c{n}", "values": values}}
            found.append((check, where, asked, f"c{n} not in ({listed})"))
    for n in CODES:
        check = {"exists_in": {"column": f"c{n}", "model": "stg_code", "key": "code"}}
        found.append((check, None, f"c{n} is not null", f"c{n} not in (select code from code)"))
    return found


def _filled() -> list[Rule]:
    texts = [*(f"c{n}" for n in CODES), *(f"t{n}" for n in TEXTS)]
    others = [*(f"n{n}" for n in FIGURES), "held_at", "registered_at", "sale_id", "order_id"]
    return [
        *(({"filled_in": [name]}, None, "true", f"{name} is null or trim({name}) = ''") for name in texts),
        *(({"filled_in": [name]}, None, "true", f"{name} is null") for name in others),
    ]


def _figures() -> list[Rule]:
    found: list[Rule] = []
    for n in FIGURES:
        for low, high in ((0, 1500), (0, 2000), (-10, 1600)):
            check = {"between": {"column": f"n{n}", "at_least": low, "at_most": high}}
            found.append((check, None, f"n{n} is not null", f"n{n} not between {low} and {high}"))
    for n in (1, 2):
        check = {"between": {"column": f"n{n}", "at_least": 0}}
        found.append((check, None, f"n{n} is not null", f"n{n} < 0"))
    return found


def _texts() -> list[Rule]:
    patterns = [("t1", "[0-9]{5}"), ("t2", "T-[0-9]{7}"), *((f"c{n}", "code_[0-9x]+") for n in CODES)]
    return [
        ({"matches": {"column": name, "pattern": pattern}}, None, f"{name} is not null",
         f"not regexp_full_match({name}, '{pattern}')")
        for name, pattern in patterns
    ]  # fmt: skip


def _times() -> list[Rule]:
    return [
        ({"registered_within": {"from": "held_at", "to": "registered_at", "max": f"{days} days"}}, None, "true",
         f"registered_at > held_at + interval {days} days")
        for days in range(1, 11)
    ]  # fmt: skip


def _keys() -> list[Rule]:
    broken = [f"n1 < n2 - {n}00000" for n in range(1, 7)]
    own: list[Rule] = [
        ({"no_rows": {"sql": f"select sale_id from sale where {condition}"}}, None, "true", condition)
        for condition in broken
    ]
    repeated = "select coalesce(sum(times), 0) from (select count(*) as times from sale group by {} having times > 1)"
    return [
        *own,
        ({"unique": ["sale_id"]}, None, "", repeated.format("sale_id")),
        ({"unique": ["order_id", "line_no"]}, None, "", repeated.format("order_id, line_no")),
    ]


def by_hand(clock: Clock, place: Path) -> list[int]:
    """The failing rows of each rule, by one statement."""
    counted = [
        f"sum(case when {asked} and ({breaks}) then 1 else 0 end)" if asked else f"({breaks})"
        for _, _, asked, breaks in rules()
    ]
    with duckdb.connect(str(place), read_only=True) as link, clock:
        found = link.execute(f"select {', '.join(counted)} from sale").fetchone()
    return [int(value) for value in found or ()]


def our_way(clock: Clock, place: Path) -> list[int]:
    """The failing rows of each rule, by the checks of a run; none may be left unverified."""
    asked_opinions = asking.second_opinions

    def timed(*given: Any) -> Any:
        inner = Clock()
        with inner:
            found = asked_opinions(*given)
        clock.parts["Great Expectations"] = inner.cpu
        return found

    asking.second_opinions = timed
    expectations = _expectations()
    nothing: Any = object()
    project = Project(place.parent, nothing, nothing, nothing, {}, {}, (), {"shop": expectations})
    environ = {"SHOP_URL": f"duckdb:///{place}"}
    with clock:
        report = check_sources(project, place.parent / "none", date(2026, 1, 1), "run", datetime(2026, 1, 1), environ)
    silent = [result.message for result in report.results if result.failing_count is None]
    if silent:
        sys.exit(f"{len(silent)} rules could not run: {silent[0]}")
    return [result.failing_count or 0 for result in report.results]


def _expectations() -> Expectations:
    written = [
        {"id": f"SA-{number:03}", "says": "it holds", "check": check, "severity": "warning"}
        | ({"where": where} if where else {})
        for number, (check, where, _, _) in enumerate(rules(), start=1)
    ]
    tables = [
        {"table": "sale", "model": "stg_sale", "key": ["sale_id"], "rules": written},
        {"table": "code", "model": "stg_code", "key": ["code"]},
    ]
    said = {"source": "shop", "connection": "SHOP_URL", "owner": "sales", "tables": tables}
    return Expectations.model_validate(said)


def main() -> None:
    """Print what both cost and the ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "shop.duckdb"
        make(place, asked.rows)
        hand = cost_of(by_hand, place, rounds=asked.rounds)
        ours = cost_of(our_way, place, rounds=asked.rounds)
    if hand.answer != ours.answer:
        sys.exit("the two do not find the same")
    opinions = ours.parts["Great Expectations"]
    rows = [
        ("one statement by hand", hand.cpu, hand.wall, hand.peak_mib, 1.0),
        ("our way", ours.cpu, ours.wall, ours.peak_mib, ours.cpu / hand.cpu),
        ("of it Great Expectations", opinions, "", "", opinions / hand.cpu),
    ]
    print(f"{len(rules())} rules on {asked.rows:,} rows; {sum(count > 0 for count in ours.answer)} are broken")
    print(table(("", "CPU s", "wall s", "peak MiB", "ratio"), rows))


if __name__ == "__main__":
    main()
