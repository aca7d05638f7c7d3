"""A project once read: every spec by its name, and the contracts of the marts they speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kpiledger.specs.agreement import AgreementFile
from kpiledger.specs.expectation import Expectations
from kpiledger.specs.fact import Fact, Measure
from kpiledger.specs.kpi import Kpi
from kpiledger.specs.organisation import Calendar, Chain, Organisation


@dataclass(frozen=True, slots=True)
class Project:
    """All specs of a project folder. `columns` gives, for each dbt model with a contract, name -> type."""

    root: Path
    calendar: Calendar
    organisation: Organisation
    chain: Chain
    facts: Mapping[str, Fact]
    kpis: Mapping[str, Kpi]
    agreements: tuple[AgreementFile, ...]
    expectations: Mapping[str, Expectations]
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def measure(self, name: str) -> tuple[Fact, Measure] | None:
        """The fact and the measure of a name; measure names are unique over all facts."""
        for fact in self.facts.values():
            if name in fact.measures:
                return fact, fact.measures[name]
        return None
