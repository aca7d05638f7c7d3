"""Plain values as YAML text in the style of the house.

A mapping or list without another mapping in it stands on one line where it fits; what does not fit, and what a
file is made of (measures, dimensions, versions), stands in lines of its own. Texts are quoted only where a reader
could take them for something else.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import yaml

from kpiledger.loading.scalars import Refused, plain_scalar

_WIDTH = 110
_OWN_LINES = frozenset({"dimensions", "measures"})
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def yaml_text(content: Mapping[str, Any], *, quote_keys: bool = False) -> str:
    """A mapping as a YAML file; `quote_keys` quotes the key `on`, which other tools read as true."""
    return "\n".join(_mapping(content, 0, quote_keys, own_lines=False)) + "\n"


def _mapping(content: Mapping[str, Any], indent: int, quote: bool, own_lines: bool) -> Iterator[str]:
    """The lines of a mapping; with `own_lines` no mapping in it is put on one line."""
    for key, value in content.items():
        yield from _entry(" " * indent + _key(key, quote) + ":", value, indent, quote, key in _OWN_LINES, own_lines)


def _entry(start: str, value: Any, indent: int, quote: bool, holds_things: bool, own_lines: bool) -> Iterator[str]:
    if not isinstance(value, (Mapping, list, tuple)):
        yield from _scalar_lines(start, value, indent + 2)
        return
    flow = f"{start} {_flow(value, quote)}"
    is_block = holds_things or (own_lines and isinstance(value, Mapping)) or _is_nested(value)
    if not value or (not is_block and len(flow) <= _WIDTH):
        yield flow
        return
    yield start
    if isinstance(value, Mapping):
        yield from _mapping(value, indent + 2, quote, own_lines=holds_things and start.endswith("measures:"))
    else:
        for item in value:
            yield from _item(item, indent + 2, quote)


def _item(item: Any, indent: int, quote: bool) -> Iterator[str]:
    """An entry of a list, its first line behind the dash."""
    if not isinstance(item, Mapping):
        yield " " * indent + "- " + (_flow(item, quote) if isinstance(item, (list, tuple)) else _scalar(item, True))
        return
    first, *rest = _mapping(item, indent + 2, quote, own_lines=False)
    yield " " * indent + "- " + first.lstrip()
    yield from rest


def _is_nested(value: Any) -> bool:
    """Whether mappings lie within a value, so that it is not read at a glance."""
    parts = value.values() if isinstance(value, Mapping) else value
    return any(isinstance(part, Mapping) for part in parts)


def _scalar_lines(start: str, value: Any, indent: int) -> Iterator[str]:
    line = f"{start} {_scalar(value, False)}"
    is_folded = isinstance(value, str) and len(line) > _WIDTH and value == " ".join(value.split())
    if not is_folded:
        yield line
        return
    yield f"{start} >-"
    for part in textwrap.wrap(value, _WIDTH - indent, break_long_words=False, break_on_hyphens=False):
        yield " " * indent + part


def _flow(value: Any, quote: bool) -> str:
    if isinstance(value, Mapping):
        entries = ", ".join(f"{_key(key, quote)}: {_flow(inner, quote)}" for key, inner in value.items())
        return "{" + entries + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_flow(inner, quote) for inner in value) + "]"
    return _scalar(value, True)


def _key(key: str, quote: bool) -> str:
    return key if not quote or key != "on" else f'"{key}"'


def _scalar(value: Any, in_flow: bool) -> str:
    if isinstance(value, str):
        return _text(str(value), in_flow)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (float, Decimal)):
        return f"{Decimal(str(value)):f}"
    return str(value)


@lru_cache(maxsize=4096)
def _text(text: str, in_flow: bool) -> str:
    if _is_plain(text, in_flow):
        return text
    quoted: str = yaml.dump(text, default_style='"', allow_unicode=True, width=1_000_000)
    return quoted.rstrip("\n")


def _is_plain(text: str, in_flow: bool) -> bool:
    if "\n" in text or text.startswith("- "):
        return False
    try:
        if plain_scalar(text) != text:
            return False
        written = f"[{text}, end]" if in_flow else f"key: {text}"
        wanted = [text, "end"] if in_flow else {"key": text}
        return bool(yaml.load(written, Loader=_LOADER) == wanted)
    except (Refused, yaml.YAMLError):
        return False
