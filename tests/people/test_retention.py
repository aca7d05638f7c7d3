"""What has been kept long enough is listed, and erased only when asked for and no file still has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from ledger_builders import clock, project
from people_place import ILL, OWN_FILE, PERSON, TEXT

from kpiledger.errors import RunStopped, WrongUse
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.side_store import all_kept
from kpiledger.ledger.store import read_entries
from kpiledger.ledger.subjects import unexplained
from kpiledger.people import retention
from kpiledger.settings import Retained, load_settings
from kpiledger.stretches import Length


def lengths(**given):
    return {Retained(name): Length.parse(text) for name, text in given.items()}


def due(place, today, specs=None, **given):
    settings = replace(place.settings, retention=lengths(**given))
    return settings, retention.due(settings, specs or project(root=place.root), place.ledger, today)


@pytest.mark.parametrize(
    ("today", "count"),
    [(date(2028, 1, 4), 0), (date(2028, 1, 5), 2)],
)
def test_a_text_is_due_its_length_after_it_was_last_needed(place, today, count):
    _, found = due(place, today, texts_about_people="2 years")
    assert len(found) == count  # recorded on 2026-01-05, after the agreement had ended


def test_only_kinds_with_a_length_are_due(place):
    _, texts = due(place, date(2099, 1, 1), texts_about_people="1 year")
    assert {one.kept.value for one in texts} == {TEXT, ILL}
    _, people = due(place, date(2099, 1, 1), people="1 year")
    assert {one.kept.value for one in people} == {PERSON}
    assert due(place, date(2099, 1, 1))[1] == ()


def test_what_a_file_still_says_is_named_and_kept(place):
    settings, found = due(place, date(2099, 1, 1), place.project, texts_about_people="1 year")
    assert {one.in_the_way for one in found} == {f"{OWN_FILE}:3"}
    assert retention.apply(settings, place.ledger, found, clock()) == []
    assert len(list(all_kept(place.ledger))) == 3


def test_a_person_whom_the_specs_name_is_kept(place):
    place.write("metrics/organisation.yml", "people:\n  p1001: [cfo]\n")
    _, found = due(place, date(2099, 1, 1), people="1 year")
    assert [one.in_the_way for one in found] == ["metrics/organisation.yml:2"]


def test_applied_it_erases_texts_with_a_recorded_reason_and_keeps_the_person(place):
    place.write("build/pages/index.html", TEXT)
    settings, found = due(place, date(2099, 1, 1), texts_about_people="5 years")
    (entry,) = retention.apply(settings, place.ledger, found, clock())
    assert entry.content["reason"] == "retention: texts_about_people are kept 60 months"
    assert [kept.value for kept in all_kept(place.ledger)] == [PERSON]
    assert not (place.settings.build / "pages").exists()
    event = recorded_events(place.ledger)[0]
    assert (event.holder, event.event.reason.text) == (PERSON, "erased")
    assert list(unexplained(place.ledger, read_entries(place.ledger))) == []


def test_a_person_who_is_due_goes_with_every_text(place):
    settings, found = due(place, date(2099, 1, 1), people="10 years")
    retention.apply(settings, place.ledger, found, clock())
    assert list(all_kept(place.ledger)) == []


def test_without_lengths_everything_is_kept(place):
    with pytest.raises(RunStopped, match="no length of retention is set"):
        retention.require_something(place.settings)


def test_lengths_are_read_from_the_settings(place):
    place.write("kpiledger.yml", "retention: {texts_about_people: 5 years, people: 10 years}\nnotice: 6 weeks\n")
    settings = load_settings(place.root, {})
    assert settings.retention == lengths(texts_about_people="5 years", people="10 years")
    assert settings.notice == Length(days=42)
    place.write("kpiledger.yml", "retention: {texts_about_people: soon}\n")
    with pytest.raises(WrongUse, match="'soon' is no length of time"):
        load_settings(place.root, {})
