"""The mutated spec files by number: each number is a case of its own, the same one each time and in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from hostile_case import LINES, MARGIN, REVENUE, SHIPMENT, Swap
from mutating_files import mutated_file, mutated_text

from tests.findings.finding_case import CALENDAR, CHAIN, CRM, ORGANISATION, SHIPPED, WEST

_DERIVED = """{type: derived, expr: a / b - a, inputs: {
      a: {measure: revenue_amount, where: region = 'West'}, b: {measure: order_lines, missing: zero}}}"""
# What the base lacks of what is compiled.
PREPARED = (
    Swap(REVENUE, "{type: simple, measure: revenue_amount}", _DERIVED),
    Swap(MARGIN, "cadence: month\n", "cadence: month\npublish_as: published_margin\n"),
    Swap(SHIPMENT, "    agg: last\n", "    description: What stands.\n    agg: last\n    where: open_count > 0\n"),
)
# Every kind of spec file; more often those that SQL comes of.
_CHOSEN = {
    REVENUE: 7, MARGIN: 7, LINES: 7, SHIPMENT: 7, SHIPPED: 2, CALENDAR: 2, CHAIN: 1, ORGANISATION: 2, WEST: 2, CRM: 2,
}  # fmt: skip
PATHS = tuple(_CHOSEN)


@dataclass(frozen=True)
class Mutant:
    """A spec file as it is mutated; `is_text` where only a text that people read differs, if the file is accepted."""

    number: int
    path: str
    text: str
    is_text: bool

    @property
    def content(self) -> bytes:
        """The bytes of the file, among them what no text in UTF-8 may hold."""
        return self.text.encode("utf-8", errors="surrogatepass")

    @property
    def told(self) -> str:
        """What to write where to see this case alone."""
        return f"case {self.number} of spec_mutants.mutant; {self.path} holds:\n{self.text!a}"


def originals(folder: Path) -> dict[str, str]:
    """The files that are mutated, before they are."""
    return {path: (folder / path).read_text(encoding="utf-8") for path in PATHS}


def mutant(number: int, texts: Mapping[str, str]) -> Mutant:
    """The mutant of that number; every fourth changes one text alone."""
    random = Random(f"spec files {number}")
    is_text = number % 4 == 0
    changed = mutated_text if is_text else mutated_file
    while True:  # a mutation may leave a file as it was
        path = random.choices(PATHS, tuple(_CHOSEN.values()))[0]
        text = changed(texts[path], random)
        if text != texts[path]:
            return Mutant(number, path, text, is_text)
