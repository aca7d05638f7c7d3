"""Where a long expression of compiled SQL is broken: at the outermost place where a person would break it.

Only white space between words changes, never within a text: the SQL means the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from textwrap import indent

# What a reader sees without scrolling sideways, indented twice.
WIDTH = 112
# Before these words, the outer ones first; a line that begins with the last kind of them is not indented.
_BREAKS = ((" when ", " else ", " end"), (" || ",), (" and ", " or "), (", ", " as ", " order by ", " / "))
_CLOSING = " end"
# The space after a word may begin the next one, so it is only looked at.
_WORDS = re.compile("'[^']*'|[()]|" + "|".join(rf"{re.escape(one.rstrip())}(?!\w)" for one in chain(*_BREAKS)))


def folded(sql: str) -> str:
    """An expression over several lines where it is too long for one."""
    if len(sql) <= WIDTH or "\n" in sql:
        return sql
    for words in _BREAKS[:-1]:
        pieces = _split(sql, words)
        if len(pieces) > 1:
            return _under(pieces)
    start, end = max(_groups(sql), key=lambda group: group[1] - group[0], default=(0, 0))
    if end <= start:
        return sql
    inner = sql[start + 1 : end]
    pieces = [inner] if len(inner) <= WIDTH else _split(inner, _BREAKS[-1])
    within = "\n".join(folded(piece) for piece in pieces) if len(pieces) > 1 else folded(inner)
    return f"{sql[: start + 1]}\n{indent(within, '    ')}\n{sql[end:]}"


def _under(pieces: list[str]) -> str:
    first, *others = pieces
    lines = [piece if piece.startswith(_CLOSING.strip()) else indent(folded(piece), "    ") for piece in others]
    return "\n".join([folded(first), *lines])


def _split(sql: str, words: tuple[str, ...]) -> list[str]:
    """The pieces between some words outside all parentheses; a comma stays with what it follows."""
    pieces, begun, wanted = [], 0, [word.rstrip() for word in words]
    for start, depth, word in _words(sql):
        if depth == 0 and word in wanted:
            cut = start + word.startswith(",")
            pieces.append(sql[begun:cut])
            begun = cut + 1
    return [*pieces, sql[begun:]]


def _groups(sql: str) -> Iterator[tuple[int, int]]:
    """Where each outermost pair of parentheses opens and closes."""
    opened = 0
    for start, depth, word in _words(sql):
        if word == "(" and depth == 0:
            opened = start
        elif word == ")" and depth == 1:
            yield opened, start


def _words(sql: str) -> Iterator[tuple[int, int, str]]:
    """Each parenthesis and each word to break at, outside texts, with the number of parentheses open before it."""
    depth = 0
    for found in _WORDS.finditer(sql):
        word = found.group()
        if word.startswith("'"):
            continue
        yield found.start(), depth, word
        depth += (word == "(") - (word == ")")
