"""Mutations of expressions and of spec files, from a seed: the same ones each time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from random import Random

_TOKEN = re.compile(r"\s+|'(?:[^']|'')*'|[A-Za-z_][A-Za-z0-9_]*|[0-9.]+|<>|<=|>=|\|\||.", re.DOTALL)

# A value that is an expression, in a line of its own, in a flow, or the one of a derived formula.
_EXPRESSION = re.compile(r"(?:expr|where): ([^\"\n{},][^\n{},]*)")
_TEXT = re.compile(r"(?:description|reason|en): ([^\"\n{},][^\n{},]*)")

FRAGMENTS = (
    ";", "--", "/*", "*/", "'", "''", '"', "`", "(", ")", "((", "))", ",", ".", "::", ":", "?", "$1", "$$", "@x", "#",
    "\\", "\n", "\x00", "\u200b", "\u202e", "і", "%", "^", "!", "~", "&", "|", "[", "]", "{", "}", "{{", "}}", "{%",
    "%}", "{#", "*", "+", "-", "/", "=", "<>", "<", ">=", "||", "->", ":=", "not", "and", "or", "in", "between", "is",
    "is null", "is not", "like", "case", "when", "then", "else", "end", "select", "from", "union all", "with", "over",
    "as", "interval", "date", "cast(", "extract(year from ", "sum(", "now()", "random()", "current_date", "read_csv(",
    "coalesce(", "round(", "abs(", "lower(", "nullif(", "true", "false", "null", "1", "0", "1.50", "1e9", "0x1", "''",
    "'a'", "'2016-01-01'", "date '2016-01-01'", "amount", "cost", "status", "is_open", "ordered_on", "AMOUNT",
    "unknown_column", "select 1", "1 as a); create table x as (", "{{ env_var('X') }}", "(select 1)", "in (1, 2)",
    "between 1 and 2", " is not null", "status = 'open'", "amount > 1",
)  # fmt: skip
LINES = (
    "config: {materialized: table}", "pre_hook: drop table x", "- x", "kpi: other", "x: &a 1", "x: *a", "<<: {a: 1}",
    "!!python/object:os.system x", "---", "...", "%YAML 1.1", "\t", "description: |", "  {{ env_var('X') }}", "? a",
    "expr: \"1; drop table x\"", "where: true", "label: {en: \"} }\"}", "description: \"{ {x} }\"", "versions: []",
    "version: 2", "agg: last", "over: [order_id]", "formula: {type: ratio}", "no: no", "- - -", "\"", "[", "}", "\x00",
)  # fmt: skip


def mutated_expression(text: str, random: Random) -> str:
    """An expression with one to four of its tokens dropped, doubled, swapped or joined by fragments."""
    tokens = _TOKEN.findall(text)
    for _ in range(random.randint(1, 4)):
        _mutate(tokens, random, FRAGMENTS)
    return "".join(tokens)


def mutated_file(text: str, random: Random) -> str:
    """A file with an expression, a text, some words or some lines of it changed."""
    share = random.random()
    if share < 0.4:
        return _in_value(text, random, _EXPRESSION, mutated_expression)
    if share < 0.7:
        return _in_value(text, random, _TEXT, _garbled)
    lines = text.split("\n")
    place = random.randrange(len(lines))
    if share < 0.9:
        lines[place] = mutated_expression(lines[place], random)
    else:
        _mutate(lines, random, LINES)
    return "\n".join(lines)


def _in_value(text: str, random: Random, value: re.Pattern[str], changed: Callable[[str, Random], str]) -> str:
    """A file with one of the values of a pattern changed and in quotes."""
    found = random.choice(list(value.finditer(text)))
    start, end = found.span(1)
    return text[:start] + json.dumps(changed(found.group(1), random)) + text[end:]


def _garbled(text: str, random: Random) -> str:
    """A text with fragments in it, of which YAML may hold all but the invisible ones."""
    words = text.split()
    for _ in range(random.randint(1, 6)):
        words.insert(random.randrange(len(words) + 1), random.choice(FRAGMENTS))
    return random.choice(("", " ")).join(words)


def _mutate(parts: list[str], random: Random, fragments: tuple[str, ...]) -> None:
    place = random.randrange(len(parts) + 1)
    match random.choice(("splice", "splice", "drop", "double", "swap", "replace")):
        case "splice":
            parts.insert(place, random.choice(fragments))
        case "drop" if parts:
            del parts[min(place, len(parts) - 1)]
        case "double" if parts:
            parts.insert(place, random.choice(parts))
        case "swap" if parts:
            one, other = random.randrange(len(parts)), random.randrange(len(parts))
            parts[one], parts[other] = parts[other], parts[one]
        case "replace" if parts:
            parts[random.randrange(len(parts))] = random.choice(fragments)
