"""The commands on personal data, as a person types them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from people_place import ILL, OWN_FILE, PERSON, TEXT

from kpiledger.cli import kpi
from kpiledger.errors import RunStopped, WrongUse
from kpiledger.ledger.side_store import all_kept


def typed(place, *words):
    found = CliRunner().invoke(kpi, ["--project", str(place.root), *words])
    if found.exception and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.stdout


def test_held_lists_each_thing_and_counts_them(place):
    place.write(OWN_FILE, "holder: p1001\n")
    lines = typed(place, "held", PERSON).splitlines()
    assert lines[-1] == "6 things are held about p1001"
    assert any(line.endswith(f"text: {TEXT}") for line in lines)
    assert f"files       {OWN_FILE}:1  holder: p1001" in lines


def test_held_for_machines_has_store_place_and_what(place):
    rows = json.loads(typed(place, "held", PERSON, "--output", "json"))
    assert {tuple(row) for row in rows} == {("store", "place", "what")}
    assert {"ledger", "side store"} == {row["store"] for row in rows}


def test_nothing_held_is_said(place):
    assert typed(place, "held", "p1002") == "nothing is held about p1002\n"


def test_a_dry_run_erases_nothing(place):
    told = typed(place, "erase", PERSON, "--dry-run")
    assert "would go    3 values of the side store, named by 1 entries" in told
    assert len(list(all_kept(place.ledger))) == 3


def test_erasing_needs_a_reason(place):
    with pytest.raises(WrongUse, match="erasing needs a reason"):
        typed(place, "erase", PERSON)


def test_erasing_says_what_went_what_stays_and_what_to_do_next(place):
    told = typed(place, "erase", PERSON, "--reason", "asked for on 2026-01-20")
    assert told.startswith("erased: 3 values, recorded in entry 3\n")
    assert "stays  the history of git" in told
    assert told.endswith("`kpi run` makes what was removed anew\n")
    assert list(all_kept(place.ledger)) == []


def test_retention_without_lengths_says_so(place):
    with pytest.raises(RunStopped, match="no length of retention is set"):
        typed(place, "retention")


def test_retention_lists_what_is_due_and_erases_it_when_asked(place, monkeypatch):
    place.write("kpiledger.yml", "ledger: build/ledger\nretention: {texts_about_people: 1 day}\n")
    monkeypatch.setattr("kpiledger.commands.people.check_folder", lambda root: (place.project, []))
    told = typed(place, "retention")
    assert f"still in {OWN_FILE}:3, take it out there first" in told
    assert told.endswith("2 values are due\n")
    rows = json.loads(typed(place, "retention", "--output", "json"))["due"]
    assert not any(value in json.dumps(rows) for value in (TEXT, ILL))
    monkeypatch.setattr(
        "kpiledger.commands.people.check_folder", lambda root: (replace(place.project, agreements=()), [])
    )
    assert "erased: 2 values, recorded in entry 3" in typed(place, "retention", "--apply")
    assert [kept.value for kept in all_kept(place.ledger)] == [PERSON]
