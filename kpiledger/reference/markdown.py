"""The few shapes of Markdown that reference pages are made of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import yaml

from kpiledger.reference.kinds import MARK

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def page(title: str, *parts: str) -> str:
    """A whole page: its title, our mark, and its parts with an empty line between."""
    return "\n\n".join((f"# {title}", f"<!-- {MARK} -->", *(part.strip("\n") for part in parts if part))) + "\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a cell may hold any text on one line."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def code(text: str, language: str = "") -> str:
    """A block of text as it is."""
    return f"```{language}\n{text.rstrip()}\n```"


def heading(name: str) -> str:
    """The name of a class as words: KpiVersion is `kpi version`."""
    return _CAPITAL.sub(" ", name).replace("_", " ").lower()


def anchor(text: str) -> str:
    """The address of a heading within its page."""
    return text.lower().replace(" ", "-")


def in_line(value: Any) -> str:
    """A value as one line of YAML."""
    text = yaml.safe_dump(_days(value), default_flow_style=True, sort_keys=False, allow_unicode=True, width=10_000)
    return str(text).removesuffix("...\n").strip()


def _days(value: Any) -> Any:
    """A value of JSON as YAML holds it: what reads as a day is one."""
    if isinstance(value, dict):
        return {key: _days(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_days(inner) for inner in value]
    return date.fromisoformat(value) if isinstance(value, str) and _DAY.match(value) else value


def as_text(value: Any) -> str:
    """A schema as the text of its file."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
