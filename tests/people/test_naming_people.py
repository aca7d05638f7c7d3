"""A person is found where the id is a word or a part of one, and nowhere else."""

from __future__ import annotations

import pytest

from kpiledger.errors import WrongUse
from kpiledger.people.naming import is_named, named_in_specs
from kpiledger.rules.personal import people_in


@pytest.mark.parametrize("text", ["p_1008", "own_p_1008_2017", "p_1008.yml", "[p_1008]", "'p_1008'", "é p_1008é"])
def test_an_id_is_found_as_a_word_and_between_underscores(text):
    assert is_named(text.encode(), "p_1008")


@pytest.mark.parametrize("text", ["p_10081", "xp_1008", "p_100", "p-1008", "P_1008"])
def test_an_id_is_not_found_within_another(text):
    assert not is_named(text.encode(), "p_1008")


def test_what_is_no_id_is_not_searched_for():
    with pytest.raises(WrongUse, match="is no id of a person"):
        is_named(b"anything", "../p")


def test_files_are_named_with_line_and_column(place):
    place.write("metrics/organisation.yml", "people:\n  p1001: [cfo]\n  p10011: [cfo]\n")
    place.write("metrics/agreements/2017/p1001.yml", "holder: p1001\n")
    place.write("docs/notes.md", "p1001 is not searched for here\n")
    found = [(one.path, one.line, one.column) for one in named_in_specs(place.root, "p1001")]
    assert found == [
        ("metrics/agreements/2017/p1001.yml", 1, 1),
        ("metrics/agreements/2017/p1001.yml", 1, 9),
        ("metrics/organisation.yml", 2, 3),
    ]


def test_a_part_of_another_person_s_id_is_no_mention(place):
    place.write("metrics/organisation.yml", "people:\n  p_1_2: [cfo]\n  p_1_2_3: [cfo]\n")
    place.write("metrics/agreements/2017/p_1_2.yml", "agreement: p_1_2_2017\nholder: p_1_2\n")
    assert named_in_specs(place.root, "p_1") == []
    place.write("metrics/agreements/2017/own.yml", "x: p_1_2 p_1_2_3\ny: [p_1_2, p_1_2017]\n")
    assert [(one.path, one.line, one.column, one.excerpt) for one in named_in_specs(place.root, "p_1")] == [
        ("metrics/agreements/2017/own.yml", 2, 12, "y: [p_1_2, p_1_2017]")
    ]
    assert len(named_in_specs(place.root, "p_1_2")) == 6


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("replaces p_1008 in spring", ["p_1008"]),
        ("own_p_1008_2017", ["p_1008"]),
        ("p_10081, xp_1008 and p_100", []),
        ("anna and p_1009", ["anna", "p_1009"]),
    ],
)
def test_ids_in_a_text_are_found_by_their_parts(text, found):
    assert people_in(text, {"p_1008", "p_1009", "anna"}) == found
