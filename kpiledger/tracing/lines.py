"""What is one statement of a trace, and which rows of the tables behind a number are read for it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger.ledger.canonical import decimal_text
from kpiledger.ledger.entry import Entry
from kpiledger.project import Project
from kpiledger.settings import Settings
from kpiledger.specs.fact import Fact
from kpiledger.tracing.number import Fixed, Number


@dataclass(frozen=True, slots=True)
class Line:
    """One statement: the part of the trace that it belongs to, what it is about, what is said, and a hash or result.

    `holds` is false where what is read is not what was recorded.
    """

    part: str
    name: str
    said: str
    result: object = None
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Traced:
    """The number that is traced, and the world that it is traced in."""

    settings: Settings
    project: Project
    warehouse: DuckDBPyConnection
    entries: Sequence[Entry]
    number: Number
    fixed: Fixed
    official: Decimal | None  # what counts, where the period is closed; None where it is open
    closes: Sequence[Fixed]
    values_of: Any = field(repr=False)  # texts that stand behind the commitments of an entry

    @property
    def value(self) -> Decimal | None:
        """What readers of the scorecard see: as it was closed or restated, or else as it was computed last."""
        return self.fixed.value if self.official is None else self.official

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that the KPI is measured by, each once."""
        found = {fact.fact: fact for fact, _ in self.project.measured_by(self.project.kpis[self.number.kpi])}
        return tuple(found.values())

    @property
    def sources(self) -> frozenset[str]:
        """The source systems that those rest on."""
        return frozenset(source for fact in self.facts for source in fact.source)

    def rows(self, query: str, **words: object) -> list[dict[str, Any]]:
        """The rows of a query on the published warehouse; each value is bound by its name."""
        result = self.warehouse.execute(query, words)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def counted(count: int, word: str) -> str:
    """A number of things: 1 row, 2 rows."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def shown(value: Decimal | None) -> str:
    """A figure as plain digits."""
    return "none" if value is None else decimal_text(value)


def totals_text(totals: Mapping[str, str]) -> str:
    """Control totals as words: sales 2297200.8603, quantity 37873."""
    return ", ".join(f"{name} {value}" for name, value in totals.items())
