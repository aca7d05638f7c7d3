"""The characters of a file: bytes to text, refused where they are not plain UTF-8."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from kpiledger.finding import Finding, Position, Severity

_SIZE_MAX = 1_000_000  # bytes; the largest file a person wrote so far has 20,000
_LINE_END = re.compile(r"\r\n|\n|\r")
# Control characters, odd line ends, marks that turn the direction of text (they hide what is written), and characters
# without width: two texts that differ in them alone look the same. Not the joiners, which Persian is written with.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff"
    "\xad\u061c\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\ufff9-\ufffb\U000e0000-\U000e007f]"
)


@dataclass(frozen=True)
class Source:
    """The text of a file with its path relative to the project."""

    path: str
    text: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The text line by line; only findings show any."""
        return tuple(_LINE_END.split(self.text))

    def position(self, line: int, column: int) -> Position:
        """A place in the file, with the line itself; both count from 1."""
        excerpt = self.lines[line - 1] if line <= len(self.lines) else ""
        return Position(self.path, line, column, excerpt)

    def error(self, rule: str, line: int, column: int, message: str, hint: str) -> Finding:
        """A finding at a place in this file."""
        return Finding(rule, Severity.ERROR, self.position(line, column), message, hint)


def read_source(path: str, content: bytes) -> tuple[Source, list[Finding]]:
    """The text of a file's bytes and what is wrong with its characters."""
    if len(content) > _SIZE_MAX:
        source = Source(path, "")
        message = f"the file has {len(content):,} bytes, expected at most {_SIZE_MAX:,}"
        return source, [source.error("KPI008", 1, 1, message, "split it: one thing a file")]
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace")
    source = Source(path, text)
    findings = [_not_utf8(source, content), _control_character(source), _tab(source)]
    return source, [finding for finding in findings if finding is not None][:1]


def _not_utf8(source: Source, content: bytes) -> Finding | None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as problem:
        line, column = _place(content[: problem.start].decode("utf-8"))
        message = f"the byte 0x{content[problem.start]:02x} is not UTF-8"
        return source.error("KPI002", line, column, message, "save the file with the encoding UTF-8")
    return None


def _control_character(source: Source) -> Finding | None:
    found = INVISIBLE.search(source.text)
    if found is None:
        return None
    message = f"the invisible character U+{ord(found.group()):04X} stands here"
    return source.error("KPI002", *_place(source.text[: found.start()]), message, "delete it and type the text anew")


def _tab(source: Source) -> Finding | None:
    if "\t" not in source.text:
        return None
    line, column = _place(source.text[: source.text.index("\t")])
    return source.error("KPI003", line, column, "a tab stands here", "write spaces; YAML indents with spaces only")


def _place(before: str) -> tuple[int, int]:
    lines = _LINE_END.split(before.removeprefix("\ufeff"))
    return len(lines), len(lines[-1]) + 1
