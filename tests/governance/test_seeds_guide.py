"""Every line that the articles ask for is answered by something that is there; docs/guide/seeds.md is made here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from kpiledger.cli import COMMANDS, kpi
from kpiledger.loading.codes import CODES
from kpiledger.loading.files import spec_files
from kpiledger.reference.tables_page import tables_page
from kpiledger.rules.governance import FROM_LINES, LESSONS
from kpiledger.specs.fact import Fact
from seeds import PARTS, SEEDS, Seed

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs/guide/seeds.md"
LINES = {"A": 22, "B": 4, "C": 1, "D": 2, "E": 5}
INTRODUCTION = """# Seeds: what the articles ask, and what answers it

Five articles on KPIs, in Danish, Norwegian and Dutch, stand behind kpiledger. Each line is something that they ask of
good KPI work, in our words; below it stands what answers it. Rules are explained in [Rules](../rules/README.md), other
findings in [Findings](../reference/findings.md), commands in [Commands](../reference/commands.md), tables in
[Tables](../reference/tables.md). A test makes this page, and fails where something named here is not there.
"""


def rules_of(line: str) -> list[str]:
    return [code for code, lines in FROM_LINES.items() if line in lines]


def parts(line: str, seed: Seed) -> Iterator[str]:
    rules = ", ".join(f"[{code}](../rules/README.md#{code.lower()})" for code in rules_of(line))
    findings = ", ".join(f"[{code}](../reference/findings.md#{code.lower()})" for code in seed.findings)
    named = {
        "rules": rules,
        "findings": findings,
        "commands": ", ".join(f"`kpi {name}`" for name in seed.commands),
        "tables": ", ".join(f"`{name}`" for name in seed.tables),
        "pages": ", ".join(f"[{Path(path).stem}]({relative(path)})" for path in seed.pages),
    }
    yield from (f"{name}: {text}" for name, text in named.items() if text)


def relative(path: str) -> str:
    return f"../{path.removeprefix('docs/')}" if not path.startswith("docs/guide/") else Path(path).name


def guide() -> str:
    sections = []
    for letter, title in PARTS.items():
        sections.append(f"## {letter}. {title}\n")
        for line, seed in SEEDS.items():
            if line.startswith(letter):
                named = "; ".join(parts(line, seed))
                sections.append(f"**{line}** {seed.asks}\n\n{seed.answered} ({named})\n")
    return "\n".join([INTRODUCTION, *sections])


def test_the_guide_lists_every_line(golden: Callable[[Path, str], None]) -> None:
    golden(GUIDE, guide())


def test_no_line_is_missing_and_none_is_made_up() -> None:
    assert list(SEEDS) == [f"{letter}{number}" for letter, count in LINES.items() for number in range(1, count + 1)]


@pytest.mark.parametrize("line", SEEDS)
def test_a_line_is_answered_by_something(line: str) -> None:
    seed = SEEDS[line]
    assert [*rules_of(line), *seed.findings, *seed.commands, *seed.tables, *seed.pages]


def test_every_rule_comes_from_a_line_and_has_a_code() -> None:
    assert set(FROM_LINES) == set(LESSONS)
    assert set(LESSONS) <= set(CODES)
    assert {line for lines in FROM_LINES.values() for line in lines} <= set(SEEDS)


@pytest.mark.parametrize("line", SEEDS)
def test_what_a_line_names_is_there(line: str) -> None:
    seed = SEEDS[line]
    assert set(seed.findings) <= set(CODES)
    assert [name for name in seed.commands if not is_command(name)] == []
    assert [name for name in seed.tables if not is_table(name)] == []
    assert [path for path in seed.pages if not (ROOT / path).is_file()] == []


def is_command(name: str) -> bool:
    first, _, second = name.partition(" ")
    if first not in COMMANDS or not second:
        return first in COMMANDS
    found = kpi.get_command(click.Context(kpi), first)
    return isinstance(found, click.Group) and second in found.commands


def is_table(name: str) -> bool:
    table, _, column = name.partition(".")
    section = re.search(rf"^##+ .*\b{table}\b.*?(?=^##+ |\Z)", tables(), re.MULTILINE | re.DOTALL)
    return section is not None and (not column or f"`{column}`" in section.group())


@cache
def tables() -> str:
    facts = [file.name for file in spec_files(ROOT)[0] if file.kind.model is Fact]
    return tables_page(ROOT, facts)
