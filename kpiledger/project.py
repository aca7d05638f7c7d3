"""A project once read: every spec by its name, and the contracts of the marts they speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from kpiledger.specs.agreement import AgreementFile
from kpiledger.specs.authority import Authority
from kpiledger.specs.automatic import WAREHOUSE
from kpiledger.specs.calendar import Calendar
from kpiledger.specs.chain import Chain
from kpiledger.specs.expectation import Expectations
from kpiledger.specs.fact import Fact, Measure
from kpiledger.specs.formula import kpis_in
from kpiledger.specs.kpi import Kpi
from kpiledger.specs.objective import ObjectiveFile
from kpiledger.specs.organisation import Organisation
from kpiledger.specs.outside import OutsideFigure
from kpiledger.specs.signing import SignatureFile, Signer
from kpiledger.specs.waiver import Waiver, Waivers


@dataclass(frozen=True)
class Project:
    """All specs of a project folder. `columns` gives, for each dbt model with a contract, name -> type.

    `unique_columns` gives the columns of a model that dbt tests to be unique. `unread` names by kind (`fact`,
    `kpi`, `holder`, `organisation`, `chain`, `model`) what stands in files that could not be read: rules are
    silent about them, since their findings are told already. A project with errors is fit for rules only.
    `authority`, `signers` and `signatures` say who may approve and what was signed, `waivers` which broken checks are
    accepted for a while, `outside` the figures of the world outside that triggers watch, `objectives` what is wanted
    in each year, in their order; a project need not have them.
    """

    root: Path
    calendar: Calendar
    organisation: Organisation
    chain: Chain
    facts: Mapping[str, Fact]
    kpis: Mapping[str, Kpi]
    agreements: tuple[AgreementFile, ...]
    expectations: Mapping[str, Expectations]
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unique_columns: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unread: Mapping[str, frozenset[str]] = field(default_factory=dict)
    authority: Authority | None = None
    signers: tuple[Signer, ...] = ()
    signs_nobody: bool = False
    signatures: tuple[SignatureFile, ...] = ()
    waivers: Waivers | None = None
    outside: Mapping[str, OutsideFigure] = field(default_factory=dict)
    asked_on: date | None = None
    objectives: tuple[ObjectiveFile, ...] = ()

    @property
    def day(self) -> date | None:
        """The day that what is due is looked at: the calendar's `as_of`, else `asked_on`; None where nobody said."""
        return self.calendar.as_of or self.asked_on

    def measured_by(self, kpi: Kpi) -> tuple[tuple[Fact, str], ...]:
        """The facts and names of all measures behind a KPI, through the KPIs it is derived from, each once."""
        found: dict[tuple[str, str], Fact] = {}
        waiting, seen = [kpi], {kpi.kpi}
        while waiting:
            for version in waiting.pop().versions:
                for given in version.formula.inputs.values():
                    known = self.measure(given.measure)
                    if known:
                        found[known[0].fact, given.measure] = known[0]
                for name in kpis_in(version.formula).values():
                    if name in self.kpis and name not in seen:
                        seen.add(name)
                        waiting.append(self.kpis[name])
        return tuple((fact, measure) for (_, measure), fact in found.items())

    def waivers_of(self, kpi: Kpi) -> tuple[Waiver, ...]:
        """The waivers of checks on the sources and facts behind a KPI, in force or not."""
        facts = [fact for fact, _ in self.measured_by(kpi)]
        names = {fact.fact for fact in facts}
        sources = {source for fact in facts for source in fact.source}
        return tuple(
            waiver
            for waiver in (self.waivers.of_checks if self.waivers else ())
            if (waiver.table in names if waiver.source == WAREHOUSE else waiver.source in sources)
        )

    def measure(self, name: str) -> tuple[Fact, Measure] | None:
        """The fact and the measure of a name; measure names are unique over all facts."""
        return self.measures.get(name)

    @cached_property
    def leads(self) -> Mapping[str, str]:
        """The role or person that leads each unit on the day, in the order of the file; without units led by nobody."""
        led = {name: unit.led_on(self.day) for name, unit in self.organisation.units.items()}
        return {name: lead.role for name, lead in led.items() if lead is not None}

    @cached_property
    def measures(self) -> Mapping[str, tuple[Fact, Measure]]:
        """Every measure with its fact, by name; of a name given twice the first one."""
        facts = reversed(tuple(self.facts.values()))
        return {name: (fact, measure) for fact in facts for name, measure in fact.measures.items()}
