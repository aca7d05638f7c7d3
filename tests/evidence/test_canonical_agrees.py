"""The canonical form of entries: ours, the package rfc8785's, and the verifier's in Perl are one."""

import json
import random
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_vectors import GOOD
from make_vectors import text_of

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

from ledger_builders import NOW

from kpiledger.ledger.canonical import canonical_bytes, plain
from kpiledger.ledger.entry import Draft, EntryError, parse_entry, write_entry
from kpiledger.ledger.schema import EntryKind
from tests.programs import needs_perl

TOOLS = Path(__file__).parents[2] / "tools"
letters = st.text(st.characters(exclude_categories=("Cs",)), max_size=20).map(
    lambda text: unicodedata.normalize("NFC", text)
)
values = st.recursive(
    st.none() | st.booleans() | letters,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(letters, inner, max_size=4),
    max_leaves=20,
)
named = letters.filter(bool)
digests = st.text("0123456789abcdef", min_size=64, max_size=64)
hashes = st.dictionaries(named, digests, max_size=5)


def published(run_id, of_tables):
    return Draft(EntryKind.RUN_PUBLISHED, run_id, {"run_id": run_id, "as_of_on": None, "hashes": of_tables})


@settings(max_examples=1000)
@given(values)
def test_any_value_has_the_bytes_that_the_standard_gives(value):
    assert canonical_bytes(value) == rfc8785.dumps(value)
    assert plain(json.loads(canonical_bytes(value))) == value


@settings(max_examples=500)
@given(named, hashes, st.integers(1, 10**12))
def test_a_written_entry_has_the_bytes_that_the_standard_gives(run_id, of_tables, seq):
    entry = write_entry(published(run_id, of_tables), seq, NOW)
    assert entry.line == rfc8785.dumps(json.loads(entry.line))
    assert parse_entry(entry.line) == entry


@settings(max_examples=500)
@given(named, hashes, st.data())
def test_other_bytes_for_the_same_are_refused(run_id, of_tables, data):
    line = write_entry(published(run_id, of_tables), 12, NOW).line.decode()
    ways = [
        json.dumps(json.loads(line), sort_keys=True, separators=(",", ":")),  # letters beyond ASCII escaped
        json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":")),  # keys as they came
        json.dumps(json.loads(line), ensure_ascii=False, sort_keys=True),  # with spaces
        json.dumps(dict(reversed(json.loads(line).items())), ensure_ascii=False, separators=(",", ":")),
        unicodedata.normalize("NFD", line),
        line.replace("/", "\\/"),
    ]
    other = data.draw(st.sampled_from(ways))
    if other.encode() == line.encode():
        return
    with pytest.raises(EntryError):
        parse_entry(other.encode())


@needs_perl
def test_the_verifier_in_perl_reads_random_entries_and_their_damage_as_we_do(tmp_path):
    chance = random.Random(20261122)
    vectors = [judged(f"random {number}", damaged(chance, entry_of(chance))) for number in range(1500)]
    assert 100 < sum(vector["holds"] for vector in vectors) < 1400
    path = tmp_path / "random.json"
    path.write_text(text_of(vectors), encoding="utf-8")
    words = ["perl", TOOLS / "verify_ledger.pl", "vectors", path]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stdout == f"holds: 1500 vectors of {path}\n", done.stderr


def entry_of(chance):
    """An entry with texts of letters that are hard to get right."""
    hard = 'aZ/"\\\x00\x1f\x7f\n\t{}[]:,é\u0301\u0338ÅﬁﬂЖ漢\ud7ff\ue000\uffff😀\U0010ffff'
    texts = {"".join(chance.choices(hard, k=chance.randint(1, 6))) for _ in range(chance.randint(0, 4))}
    return rfc8785.dumps(json.loads(GOOD) | {"content": content_of(texts)})


def content_of(texts):
    named = (unicodedata.normalize("NFC", text) for text in texts)
    return {"run_id": "run-7", "as_of_on": "2017-12-31", "hashes": dict.fromkeys(named, "5" * 64)}


def damaged(chance, line):
    """The bytes with something taken away, put in, doubled or changed; or as they are."""
    at = chance.randrange(len(line))
    way = chance.randrange(5)
    if way == 0:
        return line
    if way == 1:
        return line[:at] + line[at + 1 :]
    if way == 2:
        return line[:at] + chance.choice((b" ", b",", b'"', b"\\", b"}", b"\xcc\x81", b"\xff", b"0")) + line[at:]
    if way == 3:
        return line[:at] + line[at : at + 1] + line[at:]
    return line[:at] + bytes([line[at] ^ 1 << chance.randrange(8)]) + line[at + 1 :]


def judged(name, line):
    """A vector as we judge it, but for what the content of a kind must have, which Perl does not look at."""
    try:
        parse_entry(line)
        holds = True
    except EntryError as problem:
        holds = any(said in str(problem) for said in ("does not fit", "is not a valid EntryKind", "are not known"))
        holds = holds and as_written(line) and bool(re.search(rb'"kind":"[a-z.]+","recorded_at"', line))
    return {"kind": "entry", "name": name, "holds": holds and b'"seq":"12"' in line, "seq": 12, "hex": line.hex()}


def as_written(line):
    """What `parse_entry` did not come to look at, since it gave up before."""
    shown = json.loads(line)
    texts = list(texts_in(shown))
    return rfc8785.dumps(shown) == line and all(unicodedata.is_normalized("NFC", text) for text in texts)


def texts_in(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts_in(item)
