"""The side store finds a person without reading what is kept about others."""

from __future__ import annotations

import os
import shutil

from ledger_builders import clock
from people_place import ILL, PERSON, TEXT

from kpiledger.ledger import side_store
from kpiledger.ledger.side_store import kept_of, person_commitment
from kpiledger.ledger.subjects import commit_subject, commit_text, erase, resolve


def test_what_is_kept_about_a_person_is_found_by_their_list(place):
    assert {kept.value for kept in kept_of(place.ledger, PERSON)} == {PERSON, TEXT, ILL}
    assert kept_of(place.ledger, "p9999") == ()


def test_a_person_is_found_without_reading_the_others(place, monkeypatch):
    for number in range(50):
        commit_text(place.ledger, f"text {number}", f"p{number}")
    read = []
    monkeypatch.setattr(side_store, "all_kept", lambda ledger: read.append(ledger) or iter(()))
    assert commit_subject(place.ledger, "p7") == commit_subject(place.ledger, "p7")
    assert len(kept_of(place.ledger, "p7")) == 2
    assert read == []


def test_a_side_store_without_lists_gets_them_once(place):
    before = person_commitment(place.ledger, PERSON), kept_of(place.ledger, PERSON)
    shutil.rmtree(place.ledger.subjects / "people")
    assert commit_subject(place.ledger, PERSON)["commitment"] == before[0]
    assert set(kept_of(place.ledger, PERSON)) == set(before[1])


def test_a_list_that_a_killed_writer_left_without_a_value_makes_no_second_person(place):
    commitment = commit_subject(place.ledger, "p1")["commitment"]
    side_store.value_path(place.ledger, commitment).unlink()
    assert person_commitment(place.ledger, "p1") is None
    anew = commit_subject(place.ledger, "p1")
    assert anew == commit_subject(place.ledger, "p1")
    assert resolve(place.ledger, anew) == "p1"


def test_who_comes_back_after_an_erasure_is_somebody_else_to_the_ledger(place):
    before = person_commitment(place.ledger, PERSON)
    erase(place.ledger, PERSON, "asked", clock())
    assert person_commitment(place.ledger, PERSON) is None
    assert commit_subject(place.ledger, PERSON)["commitment"] != before


def test_deleted_values_are_overwritten_before_they_are_removed(place):
    paths = [side_store.value_path(place.ledger, kept.commitment) for kept in kept_of(place.ledger, PERSON)]
    for number, path in enumerate(paths):
        os.link(path, place.root / f"still_open_{number}")
    erase(place.ledger, PERSON, "asked", clock())
    assert [set((place.root / f"still_open_{number}").read_bytes()) for number in range(len(paths))] == [{0}] * 3


def test_what_a_killed_writer_left_half_made_goes_with_the_next_erasure(place):
    for left in (place.ledger.subjects / f"{'0' * 64}.json.new", place.ledger.subjects / "people" / "0.new"):
        left.write_text(TEXT)
    beside = place.ledger.subjects / "people.12345678.new"
    beside.mkdir()
    (beside / "0").write_text(TEXT)
    erase(place.ledger, PERSON, "asked", clock())
    assert list(place.ledger.subjects.rglob("*.new")) == []
