"""A hostile project: the base project of the findings with one text in it replaced, and its name in the corpus."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tests.findings.finding_case import LINES, MARGIN, REVENUE, SHIPMENT, Append, Move, Swap, Write

BASE = Path(__file__).parents[1] / "findings" / "base"


@dataclass(frozen=True)
class Link:
    """Put a symbolic link in the place of a file."""

    path: str
    to: str

    def apply(self, root: Path) -> None:
        (root / self.path).unlink(missing_ok=True)
        (root / self.path).symlink_to(self.to)


Change = Swap | Write | Append | Move | Link


@dataclass(frozen=True)
class Hostile:
    """What an attacker writes, and what the case is called."""

    name: str
    changes: tuple[Change, ...]


def hostile(name: str, *changes: Change) -> Hostile:
    return Hostile(name, changes)


def quoted(text: str) -> str:
    """A text as YAML in double quotes: what YAML may hold, and what it may not, as an escape."""
    return json.dumps(text)


def expr(text: str) -> Hostile:
    """A text in the place of a measure's expression."""
    return hostile(f"expr {_name(text)}", Swap(LINES, "expr: profit_amount", f"expr: {quoted(text)}"))


def where(text: str) -> Hostile:
    """A text in the place of a measure's condition."""
    return hostile(f"where {_name(text)}", Swap(LINES, "where: sales_amount <> 0", f"where: {quoted(text)}"))


def where_of_input(text: str) -> Hostile:
    """A text in the place of a condition that a formula sets."""
    return hostile(f"input where {_name(text)}", Swap(MARGIN, "where: sales_amount > 0}", f"where: {quoted(text)}}}"))


def formula(text: str) -> Hostile:
    """A text in the place of a derived formula over `a` and `b`."""
    inputs = "{a: {measure: revenue_amount}, b: {measure: order_lines}}"
    return hostile(
        f"formula {_name(text)}",
        Swap(
            REVENUE,
            "{type: simple, measure: revenue_amount}",
            f"{{type: derived, expr: {quoted(text)}, inputs: {inputs}}}",
        ),
    )


def field(name: str, path: str, old: str, text: str) -> Hostile:
    """A text in the place of any other value, in quotes."""
    return hostile(f"{name} {_name(text)}", Swap(path, old, old[: old.index(": ") + 2] + quoted(text)))


def _name(text: str) -> str:
    shown = json.dumps(text)[1:-1]
    return shown if len(shown) <= 90 else f"{shown[:60]}... ({len(text):,} characters)"


__all__ = [
    "BASE", "LINES", "MARGIN", "REVENUE", "SHIPMENT", "Append", "Change", "Hostile", "Link", "Move", "Swap", "Write",
    "expr", "field", "formula", "hostile", "quoted", "where", "where_of_input",
]  # fmt: skip
