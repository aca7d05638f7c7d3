"""A trace reads the rows behind a number from marts, and says whether they are those that were published."""

from __future__ import annotations

import pytest

from kpiledger.ledger.store import read_entries
from kpiledger.periods import Period
from kpiledger.tracing.lines import Line
from kpiledger.tracing.marts import mart_lines
from kpiledger.tracing.number import Number
from kpiledger.tracing.trace import traced
from tests.closing.closing_world import ClosingWorld

NUMBER = Number("revenue", Period.parse("2017-04"), "region", "West")


def marts(world: ClosingWorld) -> list[Line]:
    with traced(world.settings, world.project, world.ledger, read_entries(world.ledger), NUMBER) as found:
        return list(mart_lines(found))


def test_marts_that_are_as_they_were_published_are_told_with_the_entry(run_once: ClosingWorld) -> None:
    found = {line.name: line for line in marts(run_once)}
    assert found["fct_order_line"].holds
    assert found["fct_order_line"].said.startswith("as entry ")


def test_a_publication_that_recorded_no_hashes_of_marts_is_told_as_such(
    world: ClosingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.closing.closing_world.said_of_inputs", lambda *_: {})
    world.run()
    told = {line.said for line in marts(world) if line.holds}
    assert told == {"what it held was not recorded when it was published"}
