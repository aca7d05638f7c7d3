"""Mutations of the text of a spec file: of its expressions, its texts, any value, its keys, its quotes and its lines.

What is put in the place of a value is quoted in every way YAML knows, or not at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from random import Random

from mutating import FRAGMENTS, mutate, mutated_expression

# A value that is an expression, in a line of its own, in a flow, or the one of a derived formula.
_EXPRESSION = re.compile(r"(?:expr|where): ([^\"\n{},][^\n{},]*)")
_TEXT = re.compile(r"(?:description|reason|text|question|says|en|da): ([^\"\n{},][^\n{},]*)")
_VALUE = re.compile(r": (\"[^\"\n]*\"|[^\"\n{}\[\], ][^\n{}\[\],]*)")
_KEY = re.compile(r"([A-Za-z_]\w*):(?=\s)")

INJECTIONS = (
    "{{ env_var('X') }}", "{% set x = 1 %}", "{# x #}", "{{ config(pre_hook='drop table x') }}", "{{ ref('salary') }}",
    "{{ source('crm', 'salary') }}", "{%- endraw %}{{ 1 }}", "{ { x } }", "{\u200b{ x }}", "{", "{{", "}}", "%}", "#}",
    "{\n{ env_var('X') }}", "'; drop table x; --", "' || (select 1) || '", "') union all select * from salary --",
    "*/ drop table x /*", "/*", "-- x", "a\n; drop table x", "a\rdrop table x", "a\x85drop table x",
    "a\u2028drop table x", "a\x0bdrop table x", "a\x0cdrop table x", "a\x00b", "a\tb", "$$ x $$", "\\", "\\'", "a \\",
    "\"", "'", "''", "`x`",
    "select * from salary", "(select pay from salary)", "exists (select 1 from salary)", "salary.pay", "main.salary",
    "read_csv('/etc/passwd')", "getenv('HOME')", "current_user", "../../models/marts/x", "x.yml", "CON", "a: b", "- a",
    "a: b\nmodels: []", "!!str x", "&a x", "*a", "<<", "? x", "# x", "|", ">", "%YAML", "@x", "null", "true",
    "1e999", "-1", "0", "1", "9999-12-31", "2016-02-30", "0.5", "all", "value", "region", "order_line", "revenue",
    "with", "select", "",
)  # fmt: skip
LINES = (
    "config: {materialized: table}", "pre_hook: drop table x", "- x", "kpi: other", "x: &a 1", "x: *a", "<<: {a: 1}",
    "!!python/object:os.system x", "---", "...", "%YAML 1.1", "\t", "description: |", "  {{ env_var('X') }}", "? a",
    "expr: \"1; drop table x\"", "where: true", "label: {en: \"} }\"}", "description: \"{ {x} }\"", "versions: []",
    "version: 2", "agg: last", "over: [order_id]", "formula: {type: ratio}", "no: no", "- - -", "\"", "[", "}", "\x00",
    "# {{ env_var('X') }}", "# '; drop table x; --", "meta: {x: 1}", "publish_as: x", "filter: x > 1", "sql: select 1",
)  # fmt: skip


def mutated_file(text: str, random: Random) -> str:
    """A file with one of its values, keys or lines changed; one file in five with two or three of them."""
    for _ in range(random.choice((1, 1, 1, 1, 1, 1, 1, 1, 2, 3))):
        change = random.choices(tuple(_CHANGES), tuple(_CHANGES.values()))[0]
        text = change(text, random)
    return text


def mutated_text(text: str, random: Random) -> str:
    """A file with one of the texts that people read changed, and nothing else; as it was where it has none."""
    return _in_value(text, random, _TEXT, _any_text)


def _expression(text: str, random: Random) -> str:
    return _in_value(text, random, _EXPRESSION, mutated_expression)


def _any_value(text: str, random: Random) -> str:
    """Any value in the place of any other: an injection, a value of another key, or the value itself, mutated."""
    others = [found.group(1) for found in _VALUE.finditer(text)] or [""]
    share = random.random()
    if share < 0.5:
        return _in_value(text, random, _VALUE, lambda value, random: random.choice(INJECTIONS))
    if share < 0.75:
        return _in_value(text, random, _VALUE, lambda value, random: random.choice(others), quotes=(str,))
    return _in_value(text, random, _VALUE, mutated_expression)


def _any_key(text: str, random: Random) -> str:
    """A key dropped, doubled, named as another one, or mutated."""
    found = list(_KEY.finditer(text))
    if not found:
        return text
    start, end = random.choice(found).span(1)
    key = text[start:end]
    changed = random.choice(
        (random.choice(found).group(1), random.choice(INJECTIONS), mutated_expression(key, random), f"{key}: {key}", "")
    )
    return text[:start] + random.choice(_QUOTES)(changed) + text[end:]


def _other_quotes(text: str, random: Random) -> str:
    return _in_value(text, random, _VALUE, lambda value, random: value.strip('"'))


def _line(text: str, random: Random) -> str:
    lines = text.split("\n")
    if random.random() < 0.5:
        place = random.randrange(len(lines))
        lines[place] = mutated_expression(lines[place], random)
    else:
        mutate(lines, random, LINES)
    return "\n".join(lines)


# How often each of them is tried.
_CHANGES: dict[Callable[[str, Random], str], int] = {
    _expression: 30, mutated_text: 20, _any_value: 22, _any_key: 8, _other_quotes: 8, _line: 12,
}  # fmt: skip


def _single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# How a value may be written: most often so that YAML takes it whatever it holds, but as it stands too.
_QUOTES: tuple[Callable[[str], str], ...] = (json.dumps, json.dumps, _single, str)


def _in_value(
    text: str,
    random: Random,
    value: re.Pattern[str],
    changed: Callable[[str, Random], str],
    quotes: tuple[Callable[[str], str], ...] = _QUOTES,
) -> str:
    """A file with one of the values of a pattern changed and in quotes; as it was where it has none."""
    found = list(value.finditer(text))
    if not found:
        return text
    one = random.choice(found)
    start, end = one.span(1)
    return text[:start] + random.choice(quotes)(changed(one.group(1), random)) + text[end:]


def _any_text(text: str, random: Random) -> str:
    return random.choice(INJECTIONS) if random.random() < 0.3 else _garbled(text, random)


def _garbled(text: str, random: Random) -> str:
    """A text with fragments in it, of which YAML may hold all but the invisible ones."""
    words = text.split()
    for _ in range(random.randint(1, 6)):
        words.insert(random.randrange(len(words) + 1), random.choice((*FRAGMENTS, *INJECTIONS)))
    return random.choice(("", " ")).join(words)
