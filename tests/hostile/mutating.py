"""Mutations of expressions, from a seed: the same ones each time."""

from __future__ import annotations

import re
from random import Random

_TOKEN = re.compile(r"\s+|'(?:[^']|'')*'|[A-Za-z_][A-Za-z0-9_]*|[0-9.]+|<>|<=|>=|\|\||.", re.DOTALL)

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


def mutated_expression(text: str, random: Random) -> str:
    """An expression with one to four of its tokens dropped, doubled, swapped or joined by fragments."""
    tokens = _TOKEN.findall(text)
    for _ in range(random.randint(1, 4)):
        mutate(tokens, random, FRAGMENTS)
    return "".join(tokens)


def mutate(parts: list[str], random: Random, fragments: tuple[str, ...]) -> None:
    """Drop, double, swap or replace one of the parts, or put a fragment between two."""
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
