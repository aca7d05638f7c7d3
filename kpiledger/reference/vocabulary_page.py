"""The page of words: how values are written, and the closed lists that specs, tables and pages share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from kpiledger.finding import Severity
from kpiledger.objectives.loose_ends import LooseKind
from kpiledger.quality.report import DifferenceKind
from kpiledger.reference.markdown import anchor, heading, page, table
from kpiledger.reference.meanings import meanings
from kpiledger.vocabulary import RESERVED, ApprovalState, Outcome, ReviewKind, ReviewState, Status

# Words that no file holds: they stand in tables, on pages and in answers.
SHOWN: tuple[type[StrEnum], ...] = (
    Status,
    ApprovalState,
    Outcome,
    DifferenceKind,
    Severity,
    LooseKind,
    ReviewKind,
    ReviewState,
)


def vocabulary_page(schemas: Iterable[Mapping[str, Any]]) -> str:
    """The page, from the schemas of all kinds of file."""
    found: dict[str, Mapping[str, Any]] = {}
    for schema in schemas:
        found |= schema["$defs"]
    forms = {name: form for name, form in sorted(found.items()) if "pattern" in form}
    lists = {name: words for name, words in sorted(found.items()) if "enum" in words}
    return page(
        "Words and how they are written",
        "Words of the files first, then those that only tables and pages show.",
        "## Written forms",
        "A figure has digits and a decimal point, no separators, at most 28 digits and 10 decimals. In quotes it keeps "
        "its decimals as they are written, so money stands in quotes. A whole figure and a date never do.",
        'A text needs quotes where YAML tools could read it as something else: `"no"`, `"null"`, `"1.300"`, '
        '`"09:30"`. `kpi check` says so.',
        *(_form(name, form) for name, form in forms.items()),
        "## Closed lists in files",
        *(_list(name, words["description"], _told(words)) for name, words in lists.items()),
        "## Closed lists in tables and pages",
        *(_list(words.__name__, words.__doc__ or "", _members(words)) for words in SHOWN),
        "## Words that cannot be coined names",
        ", ".join(f"`{word}`" for word in sorted(RESERVED)),
    )


def _form(name: str, form: Mapping[str, Any]) -> str:
    shown = ", ".join(f"`{example}`" for example in form["examples"])
    refused = f" See the [reserved words](#{anchor('Words that cannot be coined names')})." if "not" in form else ""
    return f"### {heading(name)}\n\n{form['description']}{refused} As {shown}. Pattern: `{form['pattern']}`"


def _list(name: str, description: str, words: Iterable[tuple[str, str]]) -> str:
    rows = [(f"`{word}`", meaning) for word, meaning in words]
    is_plain = not any(meaning for _, meaning in rows)
    shown = ", ".join(word for word, _ in rows) if is_plain else table(("word", "means"), rows)
    return f"### {heading(name)}\n\n{description}\n\n{shown}"


def _told(words: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    told = words.get("markdownEnumDescriptions", [""] * len(words["enum"]))
    return zip(words["enum"], told, strict=True)


def _members(words: type[StrEnum]) -> Iterable[tuple[str, str]]:
    told = meanings(words)
    return [(member.value, told.get(member.name, "")) for member in words]
