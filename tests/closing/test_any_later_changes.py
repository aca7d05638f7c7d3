"""After a close, random changes in random order: closed rows stay, what moved is told with its cause, nothing else is.

The figures of today are those of the published models, which tests/soundness holds against plain Python.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kpiledger.errors import RunStopped
from tests.closing.closing_world import ClosingWorld
from tests.closing.conftest import copied
from tests.closing.later_changes import CHANGES, Later, Then
from tests.closing.test_restatements import frozen_bytes

Figures = dict[tuple[Any, ...], Any]
VALUE_KEY = ("kpi", "grain", "span", "period_start", "slice", "member")
CARD_KEY = ("holder", "kpi", "slice", "member", "grain", "period_start")
PROMISED = ("target_value", "amber_value", "stretch_value")
OF_MARCH = "grain = 'month' and period_start = date '2017-03-01'"
VALUES_NOW = f"""
    select value.* from kpi.fct_kpi_value as value join kpi.dim_kpi_version as version
        on version.kpi = value.kpi and version.version = value.version
        and date '2017-03-01' between version.valid_from and coalesce(version.valid_to, date '9999-12-31')
    where {OF_MARCH} and value.value is not null
"""
CARDS_NOW = f"select * from kpi.scorecard_now where {OF_MARCH}"
AS_CLOSED = (
    "select * from recorded.closed_value where version_as_closed is not null",
    "select * from recorded.closed_scorecard where promise_as_closed is not null",
)
Told = dict[str, Any]


def by_key(rows: list[Told], key: tuple[str, ...], *columns: str) -> Figures:
    return {tuple(row[name] for name in key): tuple(row[name] for name in columns) for row in rows}


def as_closed(world: ClosingWorld) -> list[list[Told]]:
    """The rows of what is closed, as they were closed: keys, figures, promises and versions."""
    keys = {*VALUE_KEY, *CARD_KEY, "close_period", "close_ordinal"}
    shown = [
        [{name: cell for name, cell in row.items() if name in keys or name.endswith("as_closed")} for row in found]
        for found in (world.rows(query) for query in AS_CLOSED)
    ]
    return [sorted(rows, key=str) for rows in shown]


def moved(was: Figures, now: Figures) -> set[tuple[Any, ...]]:
    """The keys of the figures that are others now, are gone, or were not there."""
    return {key for key in was.keys() | now.keys() if was.get(key) != now.get(key)}


@dataclass
class Now:
    """The figures of March as computed now: values, and actuals with what they are held against."""

    values: Figures
    cards: Figures

    @classmethod
    def of(cls, world: ClosingWorld) -> Now:
        cards = by_key(world.rows(CARDS_NOW), CARD_KEY, "actual", *PROMISED)
        return cls(by_key(world.rows(VALUES_NOW), VALUE_KEY, "value"), cards)


@dataclass
class Closed:
    """A close of March that stands: what it was of, and what was restated since."""

    later: Later
    then: Then
    figures: Now
    rows: list[list[Told]]
    files: dict[str, str]
    restated: dict[str, Figures] = field(default_factory=lambda: {"value": {}, "scorecard": {}})
    last_seq: int | None = None

    @classmethod
    def of(cls, later: Later) -> Closed:
        world = later.world
        return cls(later, Then.of(later), Now.of(world), as_closed(world), frozen_bytes(world))

    def restate(self) -> None:
        """Accept what is computed now for what moved; where nothing did, that is refused."""
        world, now = self.later.world, Now.of(self.later.world)
        for figure, was, figures in self._pairs(now):
            self.restated[figure] = {key: figures.get(key) for key in moved(was, figures)}
        if not any(self.restated.values()):
            with pytest.raises(RunStopped, match="nothing of it is another now"):
                world.restate("2017-03")
            return
        self.last_seq = world.restate("2017-03").entry.seq
        self.files = self.files | frozen_bytes(world)

    def check(self) -> None:
        """Nothing that was closed is another; every figure that is another now is told, and no other."""
        world, now = self.later.world, Now.of(self.later.world)
        assert frozen_bytes(world) == self.files
        assert as_closed(world) == self.rows
        told = world.rows("select * from kpi.fct_restatement")
        for figure, was, figures in self._pairs(now):
            key_names = VALUE_KEY if figure == "value" else CARD_KEY
            rows = {tuple(row[name] for name in key_names): row for row in told if row["figure"] == figure}
            assert rows.keys() == moved(was, figures) | self.restated[figure].keys()
            for key in moved(was, figures):
                self._check_told(rows[key], was.get(key), figures.get(key))
            for key, row in rows.items():
                restated = self.restated[figure]
                is_accepted = key in restated and restated[key] == figures.get(key)
                assert row["accepted_seq"] == (self.last_seq if is_accepted else None)

    def _check_told(self, row: Told, was: tuple[Any, ...] | None, now: tuple[Any, ...] | None) -> None:
        nothing = (None, *(None for _ in PROMISED))
        first, second = was or nothing, now or nothing
        assert (row["as_closed"], row["current"]) == (first[0], second[0])
        causes = set(row["cause"].split(", "))
        expected = {"target_change"} if first[1:] != second[1:] and row["figure"] == "scorecard" else set()
        if first[0] != second[0]:
            expected |= self.then.causes(self.later, row["kpi"])
        assert causes == expected, row
        assert row["detail"]

    def _pairs(self, now: Now) -> tuple[tuple[str, Figures, Figures], ...]:
        return ("value", self.figures.values, now.values), ("scorecard", self.figures.cards, now.cards)


def restated(closed: Closed) -> Closed:
    closed.restate()
    closed.later.world.run()
    return closed


def reopened_and_closed_again(closed: Closed) -> Closed:
    """The first close stays on disk as it was; the second is of what is computed now."""
    world, before = closed.later.world, closed.files
    world.reopen("2017-03")
    world.run()
    assert world.rows("select * from kpi.fct_restatement") == []
    world.close("2017-03")
    world.run()
    again = Closed.of(closed.later)
    assert before.items() <= again.files.items()
    return again


def changed(change: Callable[[Later], None]) -> Callable[[Closed], Closed]:
    def step(closed: Closed) -> Closed:
        change(closed.later)
        closed.later.world.run()
        return closed

    return step


STEPS = (*map(changed, CHANGES), restated, reopened_and_closed_again)


@settings(
    max_examples=3,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(order=st.permutations(range(len(STEPS))), seed=st.integers(0, 10**6))
def test_whatever_comes_later_in_any_order_closed_rows_stay_and_all_that_moved_is_told(
    closed_once: ClosingWorld, tmp_path_factory: pytest.TempPathFactory, order: list[int], seed: int
) -> None:
    world = copied(closed_once, tmp_path_factory.mktemp("later") / "company")
    closed = Closed.of(Later(world, Random(seed)))
    assert len(closed.figures.values) > 40
    assert {type(value) for (value,) in closed.figures.values.values()} == {Decimal}
    for number in order:
        closed = STEPS[number](closed)
        closed.check()
