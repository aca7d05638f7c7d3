"""Exports of people's figures and what people were told are recorded, people as commitments."""

from __future__ import annotations

from datetime import date

import pytest
from ledger_builders import clock
from people_place import PERSON

from kpiledger.errors import WrongUse
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import read_entries
from kpiledger.ledger.subjects import resolve
from kpiledger.people.individuals import record_export, record_informed
from kpiledger.stretches import Length


def test_an_export_is_recorded_without_an_id_in_it(place):
    entry = record_export(place.ledger, "cfo", "audit bundle", [PERSON], "external audit", clock(), ("p1002",))
    assert entry.kind is EntryKind.INDIVIDUALS_EXPORTED
    assert PERSON.encode() not in entry.line
    content = resolve(place.ledger, entry.content)
    assert content == {
        "what": "audit bundle", "purpose": "external audit", "exported_by": "cfo", "holders": [PERSON],
    }  # fmt: skip


def test_a_person_who_exports_is_committed_to(place):
    entry = record_export(place.ledger, "p1002", "scorecard.xlsx", [PERSON], "review", clock(), ("p1002",))
    assert b"p1002" not in entry.line
    assert resolve(place.ledger, entry.content)["exported_by"] == "p1002"


def test_an_export_of_nobody_is_not_recorded(place):
    assert record_export(place.ledger, "cfo", "scorecard.xlsx", [], "review", clock()) is None
    assert len(read_entries(place.ledger)) == 2


def test_no_text_of_an_export_may_name_anybody(place):
    with pytest.raises(WrongUse, match="names p1001, and what is recorded stays"):
        record_export(place.ledger, "cfo", "figures of p1001", [PERSON], "review", clock())


def test_that_somebody_was_told_is_recorded(place):
    entry = record_informed(
        place.ledger, PERSON, date(2016, 11, 20), "cfo", clock(), (PERSON,), "own_2017", Length.parse("6 weeks")
    )
    assert PERSON.encode() not in entry.line
    assert resolve(place.ledger, entry.content) == {
        "holder": PERSON, "agreement": "own_2017", "informed_on": "2016-11-20", "informed_by": "cfo",
        "notice": "42 days",
    }  # fmt: skip


def test_nobody_was_told_tomorrow(place):
    with pytest.raises(WrongUse, match="2026-01-06 is still to come"):
        record_informed(place.ledger, PERSON, date(2026, 1, 6), "cfo", clock(), (PERSON,))
