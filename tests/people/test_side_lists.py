"""The lists of the side store say what its values say; one that does not, or a text about nobody, is found."""

from __future__ import annotations

import json

import pytest
from ledger_builders import clock
from people_place import ILL, PERSON, TEXT, Place

from kpiledger.ledger.side_lists import faults_of_lists
from kpiledger.ledger.side_store import all_kept, delete_kept, list_path, person_commitment, value_path
from kpiledger.ledger.subjects import commit_text, erase
from kpiledger.verifying import verify


def faults(place: Place, *erased: str) -> list[str]:
    return list(faults_of_lists(place.ledger, erased))


def commitment(place: Place, value: str) -> str:
    return next(kept.commitment for kept in all_kept(place.ledger) if kept.value == value)


def rewritten(place: Place, value: str, **said: str | None) -> None:
    path = value_path(place.ledger, commitment(place, value))
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **said}, ensure_ascii=False), "utf-8")


def test_lists_that_were_not_touched_hold_also_after_people_and_texts_were_erased(place):
    commit_text(place.ledger, "Left the house", "p1002")
    assert faults(place) == []
    delete_kept(place.ledger, [kept for kept in all_kept(place.ledger) if kept.value == ILL])
    assert faults(place) == []
    erase(place.ledger, "p1002", "asked for", clock())
    assert faults(place) == []


def test_a_list_that_is_gone_or_is_none_any_more_is_named(place):
    path, own = list_path(place.ledger, PERSON), person_commitment(place.ledger, PERSON)
    lines = path.read_bytes()
    for content in (lines[:-1], lines[65:], lines.replace(b"\n", b"\x0b", 1), b"", lines.upper()):
        path.write_bytes(content)
        assert [text.startswith(f"{path} is no list of the values of {own}: ") for text in faults(place)] == [True]
    path.unlink()
    assert faults(place) == [f"{path} is missing, the list of the values of {own}: restore the file from a copy"]


def test_a_list_that_lacks_a_text_is_named_with_the_text_by_verify(place):
    path, lost = list_path(place.ledger, PERSON), commitment(place, TEXT)
    path.write_bytes(path.read_bytes().replace(f"{lost}\n".encode(), b""))
    (problem,) = verify(place.ledger).problems
    assert (problem.name, str(problem)) == (
        "subjects", f"{path} lacks {lost}: it was changed; restore the file from a copy"
    )  # fmt: skip


def test_a_text_about_nobody_is_named_since_it_would_outlive_whom_it_is_about(place):
    own, text = person_commitment(place.ledger, PERSON), commitment(place, TEXT)
    rewritten(place, TEXT, about="0" * 64)
    assert [
        one.startswith(f"{value_path(place.ledger, text)} is about {'0' * 64}, who is") for one in faults(place)
    ] == [True]
    rewritten(place, TEXT, about=own)
    assert faults(place) == []


def test_a_person_whom_retention_took_before_a_text_about_them_is_no_fault(place):
    own = person_commitment(place.ledger, PERSON)
    delete_kept(place.ledger, [kept for kept in all_kept(place.ledger) if kept.commitment == own])
    assert len(faults(place)) == 2
    assert faults(place, own) == []


@pytest.mark.parametrize("value", [PERSON, TEXT])
def test_a_salt_in_capitals_is_not_as_it_was_written(place, value):
    path = value_path(place.ledger, commitment(place, value))
    salt = json.loads(path.read_text("utf-8"))["salt"]
    rewritten(place, value, salt=salt.upper())
    assert {problem.message for problem in verify(place.ledger).problems} >= {
        f"{path} does not fit its commitment: it was changed"
    }
