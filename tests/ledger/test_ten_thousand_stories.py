"""10,000 stories of agreements in a ledger each: no false alarm, and at every moment what a replay by hand promises.

The stories are drawn by 10,000 seeds, since hypothesis would spend more time on drawing them than on looking at them.
It draws 200 more by its own choice, and shrinks what it finds. Ledgers are in memory and keys are read once; all else
is what a run and `kpi verify` do, signatures included.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpiledger.approvals import approvals_of
from kpiledger.folding import RecordedEvent, TargetPeriodRow, as_known, fold, target_period_rows
from kpiledger.ledger import store, writer
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.keys import make_keys
from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.verifying import verify
from tests.ledger.memory_storage import MemoryStorage
from tests.ledger.stories import Held, Signer, Story

STORIES, PARTS = 10_000, 10


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Random], Story]]:
    """Every story has a ledger of its own; the key that signs and the person who approves are the same in all."""
    folder, signer = tmp_path_factory.mktemp("stories") / "ledger", Signer()
    make_keys(Ledger(folder).keys)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        for module, name in ((writer, "signing_key"), (writer, "trusted_key"), (store, "trusted_key")):
            patch.setattr(module, name, lru_cache(getattr(module, name)))
        yield lambda chance: Story(Ledger(folder, MemoryStorage()), chance, signer)


def rows_of(story: Story, entries: Sequence[Entry], events: Sequence[RecordedEvent]) -> Sequence[TargetPeriodRow]:
    """The rows of the published table, with what waits for an approval left out."""
    rows = target_period_rows(fold(events, approvals_of(story.ledger, entries)))
    return [row for row in rows if not row.is_pending]


def held_in(rows: Sequence[TargetPeriodRow]) -> Held:
    """The figures of rows that hold at the same time: none is promised twice."""
    found = {(row.agreement, row.kpi, row.member, row.period_start): row.target_value for row in rows}
    assert len(found) == len(rows)
    return found


def look_at(story: Story) -> None:
    """Tell a story, verify its ledger, and compare what it promises as known at each moment and today."""
    story.tell()
    assert verify(story.ledger).problems == ()
    entries = read_entries(story.ledger)
    events = recorded_events(story.ledger, entries)
    today = rows_of(story, entries, events)
    for at in {entry.recorded_at for entry in entries}:
        expected = story.promised(at)
        then = rows_of(story, [entry for entry in entries if entry.recorded_at <= at], as_known(events, at))
        assert held_in([row for row in then if row.superseded_at is None]) == expected
        if not story.has_policy:  # else only a fold of what was known then tells what waited
            known = [row for row in today if row.recorded_at <= at]
            assert held_in([row for row in known if row.superseded_at is None or row.superseded_at > at]) == expected


@pytest.mark.parametrize("part", range(PARTS))
def test_ten_thousand_stories_raise_no_false_alarm_and_promise_what_a_replay_does(begun, part) -> None:
    for seed in range(part, STORIES, PARTS):
        look_at(begun(Random(seed)))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=False))
def test_stories_that_hypothesis_draws_do_neither(begun, chance) -> None:
    look_at(begun(chance))
