"""Where a long expression of compiled SQL is broken: at the outermost place where a person would break it.

Only white space between words changes, never within a text: the SQL means the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import indent

# What a reader sees without scrolling sideways, indented twice.
WIDTH = 112
# Before these words, the outer ones first; a line that begins with the last kind of them is not indented.
_BREAKS = ((" when ", " else ", " end"), (" || ",), (" and ", " or "), (", ", " as ", " order by ", " / "))
_CLOSING = " end"


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
    pieces, begun = [], 0
    for index in _outside(sql):
        word = next((word for word in words if sql.startswith(word, index)), None)
        if word:
            cut = index + word.startswith(",")
            pieces.append(sql[begun:cut])
            begun = cut + 1
    return [*pieces, sql[begun:]]


def _groups(sql: str) -> Iterator[tuple[int, int]]:
    """Where each outermost pair of parentheses opens and closes."""
    opened = 0
    for index, depth, character in _characters(sql):
        if character == "(" and depth == 0:
            opened = index
        elif character == ")" and depth == 1:
            yield opened, index


def _outside(sql: str) -> Iterator[int]:
    return (index for index, depth, _ in _characters(sql) if depth == 0)


def _characters(sql: str) -> Iterator[tuple[int, int, str]]:
    """Each character outside texts, with the number of parentheses open before it."""
    depth, is_text = 0, False
    for index, character in enumerate(sql):
        if character == "'":
            is_text = not is_text
        if is_text:
            continue
        yield index, depth, character
        depth += (character == "(") - (character == ")")
