"""Vectors of entries and of whole ledgers: what an entry's bytes may be, and what may be done to a ledger's files."""

from rfc6962 import ROGUE, checkpoint, leaf_hash, tree_hash, verifier_key

DIGEST = "5" * 64
GOOD = (
    '{"commit":null,"content":{"as_of_on":"2017-12-31","hashes":{"kpi.fct":"' + DIGEST + '"},"run_id":"run-7"},'
    '"format":"1","key":"run-7","kind":"run.published","recorded_at":"2026-01-05T09:00:00.000000Z","seq":"12",'
    '"uncommitted":false}'
)


def named(*keys):
    """The good entry with other names of hashes, in this order."""
    return GOOD.replace(f'"kpi.fct":"{DIGEST}"', ",".join(f'"{key}":"{DIGEST}"' for key in keys))


def reason(text):
    """An entry with a free text, which is given as it stands in JSON."""
    content = '{"commitments":["' + DIGEST + '"],"reason":"' + text + '"}'
    return (
        '{"commit":"' + "a" * 40 + '","content":' + content + ',"format":"1","key":"' + DIGEST + '",'
        '"kind":"subject.erased","recorded_at":"2026-01-05T09:00:00.000000Z","seq":"12","uncommitted":true}'
    )


CANONICAL = {
    "as it is": GOOD,
    "a map with nothing in it": named(),
    "keys in order": named("a", "aa", "b"),
    "keys in the order of UTF-16": named("é", "😀", "ﬂ"),
    "key with a quotation mark": named('a\\"b', "a]b"),
    "every escape": reason('\\b\\t\\n\\f\\r\\"\\\\\\u0000\\u001f'),
    "del and slash stand as they are": reason("\x7f/'"),
    "all letters": reason("æøåÆØÅäöüßéèñŁžЁ漢字😀"),
    "a line end and then a combining tilde": reason("\\n\u0303"),
    "every byte from 0x81 to 0xbf behind a first one": reason("".join(chr(code) for code in range(0x401, 0x43F))),
}
OTHERWISE = {
    "a space behind a comma": GOOD.replace(',"format"', ', "format"'),
    "a space before the end": GOOD[:-1] + " }",
    "a line end behind it": GOOD + "\n",
    "keys out of order": named("b", "a"),
    "a key twice": named("a", "a"),
    "keys in the order of code points": named("é", "ﬂ", "😀"),
    "outermost keys out of order": GOOD.replace('"commit":null,', "", 1)[:-1] + ',"commit":null}',
    "an outermost key too many": GOOD.replace('"format"', '"extra":"1","format"'),
    "an outermost key missing": GOOD.replace(',"uncommitted":false', ""),
    "a bare number": GOOD.replace('"seq":"12"', '"seq":12'),
    "a seq with a zero before it": GOOD.replace('"seq":"12"', '"seq":"012"'),
    "another format": GOOD.replace('"format":"1"', '"format":"2"'),
    "a time without microseconds": GOOD.replace("09:00:00.000000Z", "09:00:00Z"),
    "a time in another zone": GOOD.replace("000000Z", "000000+00:00"),
    "uncommitted as a text": GOOD.replace("false", '"false"'),
    "a letter in its second form": reason("Ko\u0308ln"),
    "a letter that has another form": reason("\u212b"),
    "an escape that is not needed": reason("\\u0041"),
    "a slash escaped": reason("\\/"),
    "an escape in capitals": reason("\\u001F"),
    "the long form of an escape": reason("\\u000a"),
    "a letter above ASCII escaped": reason("\\u00e9"),
    "a control character as it is": reason("\x01"),
    "a tabulator as it is": reason("\t"),
    "a text without an end": GOOD.replace('"run-7"},', '"run-7},'),
    "a list closed as a map": reason("x").replace('"],"reason"', '"},"reason"'),
    "a comma at the end of a map": GOOD.replace('"run-7"},', '"run-7",},'),
    "a comma too many": GOOD.replace(',"run_id"', ',,"run_id"'),
    "bytes behind the end": GOOD + "{}",
    "nothing": "",
    "a list": "[]",
}
BROKEN_BYTES = {
    "no UTF-8": reason("?").encode().replace(b"?", b"\xff"),
    "a letter in too many bytes": reason("?").encode().replace(b"?", b"\xc0\xaf"),
    "half of a pair": reason("?").encode().replace(b"?", b"\xed\xa0\x80"),
    "a byte order mark before it": b"\xef\xbb\xbf" + GOOD.encode(),
}


def entry_vectors():
    for holds, cases in ((True, CANONICAL), (False, OTHERWISE)):
        for name, text in cases.items():
            yield {"kind": "entry", "name": name, "holds": holds, "seq": 12, "text": text}
    for name, content in BROKEN_BYTES.items():
        yield {"kind": "entry", "name": name, "holds": False, "seq": 12, "hex": content.hex()}


def entries_of(size, run="run"):
    """As many entries, each recorded an hour after the one before."""
    shown = [GOOD.replace("run-7", f"{run}-{number}") for number in range(size)]
    shown = [text.replace('"seq":"12"', f'"seq":"{number}"') for number, text in enumerate(shown, start=1)]
    return [text.replace("05T09:00", f"05T{number:02}:00") for number, text in enumerate(shown)]


def files_of(entries, signed=None, is_one=False):
    """A ledger of these entries, one batch each or `is_one`; `signed` are those that its checkpoints were made over."""
    signed = entries if signed is None else signed
    content = [entry.encode() for entry in signed]
    notes = [checkpoint(size, tree_hash(content[:size])) for size in range(len(content) + 1)]
    notes = [notes[0], notes[-1]] if is_one else notes
    leaves = "".join(f"{leaf_hash(entry.encode()).hex()}\n" for entry in entries)
    lines = "".join(f"{entry}\n" for entry in entries)
    return {"entries.jsonl": lines, "leaves": leaves, "checkpoint": notes[-1], "checkpoints": "".join(notes)}


def ledger_vectors():
    for size in (0, 1, 2, 3, 8, 13):
        yield ledger(f"{size} entries", files_of(entries_of(size)), True)
    every = (*CANONICAL.values(), reason("".join(chr(code) for code in range(0x80, 0x100))))
    every = [text.replace('"seq":"12"', f'"seq":"{number}"') for number, text in enumerate(every, start=1)]
    yield ledger("every kind of letter", files_of(every, is_one=True), True)
    five, six = entries_of(5), entries_of(6)
    good = files_of(five)
    without = {name: content for name, content in good.items() if name != "checkpoints"}
    yield ledger("from before checkpoints were kept", without, True)
    edited = [*five[:2], five[2].replace("run-2", "run-x"), *five[3:]]
    yield ledger("an entry edited", good | {"entries.jsonl": files_of(edited)["entries.jsonl"]})
    yield ledger("an entry edited, and its leaf", files_of(edited, five))
    yield ledger("an entry dropped", files_of([*five[:2], *five[3:]], five))
    yield ledger("two entries swapped", files_of([five[0], five[2], five[1], *five[3:]], five))
    yield ledger("an entry doubled", files_of([*five[:2], *five[1:]], five))
    yield ledger("the last entry cut off", files_of(five[:4], five))
    yield ledger("the last line end cut off", good | {"entries.jsonl": good["entries.jsonl"][:-1]})
    yield ledger("a zero byte put in", good | {"entries.jsonl": good["entries.jsonl"].replace("run-3", "run-3\0", 1)})
    yield ledger("a leaf changed", good | {"leaves": good["leaves"].replace("a", "b", 1)})
    yield ledger("a leaf cut off", good | {"leaves": good["leaves"][:-65]})
    root = tree_hash([entry.encode() for entry in five])
    yield ledger("the size changed", good | {"checkpoint": good["checkpoint"].replace("\n5\n", "\n4\n")})
    yield ledger("signed by a rogue", good | {"checkpoint": checkpoint(5, root, ROGUE)})
    yield ledger("of another ledger", good | {"checkpoint": checkpoint(5, root, name="example.org/o")})
    yield ledger("another root, well signed", good | {"checkpoint": checkpoint(5, tree_hash([b""]))})
    notes = good["checkpoints"]
    four = checkpoint(4, tree_hash([entry.encode() for entry in five[:4]]))
    for what, other in (
        ("has another root", checkpoint(4, root)),
        ("is signed by a rogue", checkpoint(4, tree_hash([entry.encode() for entry in five[:4]]), ROGUE)),
        ("covers more than there is", checkpoint(6, tree_hash([entry.encode() for entry in six]))),
    ):
        yield ledger(f"an earlier checkpoint {what}", good | {"checkpoints": notes.replace(four, other)})
    yield ledger("half a checkpoint behind the others", good | {"checkpoints": notes + "example.org/vectors\n"})
    forked = [entries_of(1, "fork")[0], *five[1:]]
    yield ledger("history written anew", files_of(forked) | {"checkpoints": notes})
    yield ledger("rolled back", files_of(five[:3]) | {"checkpoints": notes})
    # Well signed, and still no entry as the format has them: only who reads the entries sees it.
    for what, entry in (
        ("with a space", five[2].replace(',"format"', ', "format"')),
        ("that says another seq", five[2].replace('"seq":"3"', '"seq":"4"')),
        ("recorded before the one above", five[2].replace("T02:", "T00:")),
    ):
        yield ledger(f"an entry {what}, well signed", files_of([*five[:2], entry, *five[3:]]), needs="reading")


def ledger(name, files, holds=False, **more):
    return {"kind": "ledger", "name": name, "holds": holds, "vkey": verifier_key(), "files": files, **more}
