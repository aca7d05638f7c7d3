"""The most KPIs that a holder is held to at once are those that somebody counts day by day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from random import Random

import duckdb
import pytest

from kpiledger.audit.held_at_once import most_at_once
from kpiledger.ledger_index.making import make_tables

_FIRST = date(2016, 1, 1)


def _day(number: int) -> date:
    return _FIRST + timedelta(days=number)


@pytest.mark.parametrize(("holders", "kpis"), [(1, 3), (3, 5), (30, 200)])
def test_versions_apart_and_over_each_other_are_counted_day_by_day(holders: int, kpis: int) -> None:
    random = Random(holders)
    with duckdb.connect() as index:
        make_tables(index)
        held: dict[str, dict[date, set[str]]] = defaultdict(lambda: defaultdict(set))
        for seq in range(1, 61):
            holder, agreement = f"holder_{random.randrange(holders)}", f"agreement_{seq}"
            first = random.randrange(60)
            last = first + random.randrange(25)
            is_superseded = random.random() < 0.2
            index.execute("insert into event (seq, agreement, holder) values (?, ?, ?)", [seq, agreement, holder])
            index.execute(
                "insert into version values (?, ?, 1, ?, ?, ?)",
                [seq, agreement, _day(first), _day(last), _FIRST if is_superseded else None],
            )
            middle = random.randint(first, last)
            # The runs of days reach beyond those of the version, as they do where a later one took its days.
            for start, end in ((first - 3, middle), (middle + 1, last + 3)):
                for kpi in {f"kpi_{random.randrange(kpis)}" for _ in range(4)}:
                    for member in random.sample(["all", "West", "East"], random.randint(1, 2)):
                        row = [seq, agreement, _day(start), _day(end), kpi, member, seq]
                        index.execute("insert into promise values (?, ?, 1, ?, ?, ?, 'region', ?, ?)", row)
                    if not is_superseded:
                        for number in range(max(first, start), min(last, end) + 1):
                            held[holder][_day(number)].add(kpi)
        most = {holder: max(map(len, days.values())) for holder, days in held.items()}
        expected = [
            (holder, most[holder], min(day for day, names in held[holder].items() if len(names) == most[holder]))
            for holder in sorted(held)
        ]
        assert most_at_once(index) == expected
