"""A KPI file: a named, owned, versioned formula over measures."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from kpiledger.specs.base import CoinedName, Name, Spec, SpecFile
from kpiledger.specs.formula import Formula, Missing
from kpiledger.stretches import is_span, no_span
from kpiledger.vocabulary import Direction, Grain, Unit


def _span(value: str) -> str:
    if not is_span(value):
        raise ValueError(no_span(value))
    return value


Span = Annotated[str, AfterValidator(_span)]


class Change(Spec):
    """Why a version was made and who asked for it."""

    reason: str = Field(min_length=1)
    requested_by: Name


class KpiVersion(Spec):
    """A formula and the time it holds for; open-ended where `valid_to` is missing.

    It is computed for the periods it holds for, and with `computed_from` and `computed_to` for more of them,
    so that a period can be seen under the old and the new formula.
    """

    version: int = Field(ge=1)
    valid_from: date
    valid_to: date | None = None
    computed_from: date | None = None
    computed_to: date | None = None
    change: Change
    formula: Formula

    @property
    def first_day(self) -> date:
        """The first day on which a period may begin that this version is computed for."""
        return self.computed_from or self.valid_from

    @property
    def last_day(self) -> date | None:
        """The last such day, None where there is none."""
        return self.computed_to or self.valid_to


class Deprecated(Spec):
    """That a KPI is on its way out: from which day, why, and what takes its place."""

    on: date
    reason: str = Field(min_length=1)
    replaced_by: Name | None = None


class Kpi(SpecFile):
    """A named, owned, versioned formula over measures, with direction, unit and cadence."""

    kpi: CoinedName
    label: dict[str, str] = Field(min_length=1)
    description: str = Field(min_length=1)
    owner: Name
    department: Name
    chain_stage: Name
    objective: Name | None = None
    supports: Name | None = None
    timing: Literal["leading", "lagging"]
    effect: Literal["output", "outcome"]
    aspect: Literal["quantity", "quality"]
    level: Literal["team", "individual"]
    direction: Direction
    unit: Unit
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] | None = None
    cadence: Grain
    grains: tuple[Grain, ...] = Field(min_length=1)
    spans: tuple[Span, ...] = Field(min_length=1)
    slices: tuple[Name, ...] = ()
    counter_kpis: tuple[Name, ...] = ()
    missing: Missing = "null"
    deprecated: Deprecated | None = None
    versions: tuple[KpiVersion, ...] = Field(min_length=1)

    def label_in(self, language: str) -> str:
        """The label in a language, else in English, else the first one given."""
        return self.label.get(language) or self.label.get("en") or next(iter(self.label.values()))
