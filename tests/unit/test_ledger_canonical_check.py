"""The quick look at whether an entry's bytes are canonical agrees with RFC 8785, on whatever texts."""

import json
from datetime import datetime, timedelta, tzinfo
from unicodedata import normalize

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_builders import NOW
from pydantic import ValidationError

from kpiledger.ledger.canonical import instant_text
from kpiledger.ledger.entry import Draft, _is_canonical, parse_entry, write_entry
from kpiledger.ledger.schema import CONTENTS, EntryKind

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
odd = st.text(st.sampled_from('a"\\/\b\f\n\r\t\x00\x1f\x7f\u2028é\ud7ff\ue000\uffff😀'), max_size=8)
names = (texts | odd).filter(bool).map(lambda text: normalize("NFC", text))
values = st.recursive(
    st.none() | st.booleans() | texts | odd,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts | odd, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=1500)
@given(st.dictionaries(texts | odd, values, max_size=5))
def test_what_rfc8785_writes_is_canonical_and_what_others_write_is_not(value):
    line = rfc8785.dumps(value)
    assert _is_canonical(line, json.loads(line))
    for other in (json.dumps(value), json.dumps(value, ensure_ascii=False), json.dumps(value, indent=0)):
        content = other.encode()
        assert _is_canonical(content, value) == (content == line)


@settings(max_examples=300)
@given(st.dictionaries(names, st.just("a" * 64), max_size=4), names)
def test_an_entry_of_whatever_names_reads_back(tables, run):
    draft = Draft(EntryKind.RUN_PUBLISHED, run, {"run_id": run, "as_of_on": None, "hashes": tables})
    entry = write_entry(draft, 1, NOW)
    assert (entry.key, entry.content) == (run, draft.content)
    assert parse_entry(entry.line) == entry
    assert parse_entry(entry.line) != entry._replace(key=f"{entry.key} more")


@pytest.mark.parametrize("number", [1, -1.5, 10**30, float("nan")])
def test_a_bare_number_is_refused_in_a_definition_too_which_may_hold_any_map(number):
    content = {
        "kpi": "revenue",
        "version": "1",
        "valid_from": "2014-01-01",
        "change": {"reason": "first definition", "requested_by": "cfo"},
        "definition": {"formula": {"parts": ["1", {"percentile": number}]}},
        "definition_hash": "0" * 64,
        "depends_on": {},
    }
    with pytest.raises(ValidationError, match="is a bare number; numbers in the ledger are decimal texts"):
        CONTENTS[EntryKind.DEFINITION_RECORDED].validate_python(content)


class Autumn(tzinfo):
    """Where an hour is lived through twice, the second time an hour later."""

    def utcoffset(self, moment):
        return timedelta(hours=1 if moment.fold else 2)

    def dst(self, moment):
        return None


def test_an_hour_that_comes_twice_is_two_moments():
    once = datetime(2017, 10, 29, 2, 30, tzinfo=Autumn())
    again = once.replace(fold=1)
    assert once == again  # as Python has it
    assert [instant_text(one) for one in (once, again)] == [
        "2017-10-29T00:30:00.000000Z",
        "2017-10-29T01:30:00.000000Z",
    ]
