"""The words, figures, texts and signs of an expression; every other character is refused."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from kpiledger.expressions.problem import NotAccepted

_LENGTH_MAX = 2000  # a definition longer than this belongs in a mart, where it can be tested
_INTEGER_MAX, _DECIMALS_MAX = 26, 12  # digits that decimal(38, 12) holds
_TOKEN = re.compile(
    r"(?P<space>[ \n]+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[A-Za-z0-9_.]*)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<text>'(?:[^']|'')*')"
    r"|(?P<comment>--|/\*)"
    r"|(?P<sign><>|!=|<=|>=|\|\||[=<>+*/(),-])"
)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_TEMPLATING = re.compile(r"\{[{%#]|[%#}]\}")  # dbt would read these as Jinja, even within a text
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

_MEANINGS = {
    ";": "an expression is one value, not a statement; leave out ;",
    '"': "columns stand without quotes, and texts stand in single quotes",
    "`": "columns stand without quotes, and texts stand in single quotes",
    "'": "close the text with a single quote, and write a quote within it twice",
    ".": "columns stand without their table: an expression reads the rows of one model",
    "$": "write the text in single quotes, or the figure itself",
    "?": "write the figure or text itself",
    ":": "write the figure or text itself; a cast is written cast(x as date)",
    "@": "write the figure or text itself",
    "{": "specs are read as they stand: no templating, no structures",
    "}": "specs are read as they stand: no templating, no structures",
    "[": "lists stand in round brackets after `in`",
    "]": "lists stand in round brackets after `in`",
    "%": "a remainder is calculated in the mart; a share is written as 0.05",
}
_OTHER_SIGN = "use letters, figures, texts in single quotes and the signs + - * / = <> < > <= >= || ( ) ,"


class Sort(StrEnum):
    """What a token is."""

    NUMBER = "number"
    WORD = "word"
    TEXT = "text"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A token: words in lower case with the text as written beside, texts without their quotes.

    `sign` is the value of words and signs, and empty for all that is no part of the grammar.
    """

    sort: Sort
    value: str
    written: str
    sign: str = ""


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text, closed by an END; NotAccepted where there is anything else."""
    if len(text) > _LENGTH_MAX:
        hint = f"keep it under {_LENGTH_MAX}, and let the mart hold what is longer"
        raise NotAccepted(f"the expression has {len(text):,} characters", hint)
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise _refused_character(text[place])
        place = found.end()
        token = _token(str(found.lastgroup), found.group())
        if token is not None:
            tokens.append(token)
    return [*tokens, Token(Sort.END, "", "the end")]


def _token(group: str, written: str) -> Token | None:
    match group:
        case "space":
            return None
        case "comment":
            raise NotAccepted(f"a comment begins at `{written}`", "write it as a YAML comment with #, above the line")
        case "number":
            return Token(Sort.NUMBER, _figure(written), written)
        case "text":
            return Token(Sort.TEXT, _content(written), written)
        case "word":
            return Token(Sort.WORD, written.lower(), written, written.lower())
    sign = "<>" if written == "!=" else written
    return Token(Sort.SIGN, sign, written, sign)


def _figure(written: str) -> str:
    if not _NUMBER.fullmatch(written):
        raise NotAccepted(f"`{written[:40]}` is no figure", "write digits and a decimal point, as 1300.50")
    whole, _, decimals = written.partition(".")
    if len(whole) > _INTEGER_MAX or len(decimals) > _DECIMALS_MAX:
        message = f"the figure `{written[:12]}...` has {len(whole)} digits and {len(decimals)} decimals"
        raise NotAccepted(message, f"write at most {_INTEGER_MAX} digits and {_DECIMALS_MAX} decimals")
    return f"0{written}" if not whole else written


def _content(written: str) -> str:
    content = written[1:-1].replace("''", "'")
    if _TEMPLATING.search(content):
        raise NotAccepted(f"the text {shown(content)} holds template marks", "leave out {{, {% and {#")
    hidden = next((character for character in content if unicodedata.category(character) in _HIDDEN), None)
    if hidden is not None:
        message = f"the text {shown(content)} holds the invisible character U+{ord(hidden):04X}"
        raise NotAccepted(message, "delete it and type the text anew")
    return content


def _refused_character(character: str) -> NotAccepted:
    name = f"`{character}`" if character.isprintable() and character.isascii() else shown(character)
    code = "" if character.isascii() and character.isprintable() else f" (U+{ord(character):04X})"
    message = "a text is not closed" if character == "'" else f"the character {name}{code} cannot stand here"
    return NotAccepted(message, _MEANINGS.get(character, _OTHER_SIGN))


def shown(text: str) -> str:
    """A user's text in single quotes for a message, short and without anything invisible."""
    cut = text if len(text) <= 40 else f"{text[:39]}…"
    return "'" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut) + "'"
