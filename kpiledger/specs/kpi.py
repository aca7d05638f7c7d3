"""A KPI file: a named, owned, versioned formula over measures."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from kpiledger.specs.base import CoinedName, Language, Name, Spec, SpecFile, written
from kpiledger.specs.formula import Formula, Missing
from kpiledger.stretches import is_span, no_span
from kpiledger.vocabulary import Direction, Grain, Unit


def _span(value: str) -> str:
    if not is_span(value):
        raise ValueError(no_span(value))
    return value


Span = Annotated[
    str,
    AfterValidator(_span),
    written(
        "span",
        "The days that a value of a period covers: the `period` itself, from the first day of a longer one "
        "(`year_to_date`), or the months, weeks or days that end with it (`rolling_12` are 12 calendar months).",
        "^(period|(week|month|quarter|year)_to_date|rolling_[1-9][0-9]{0,3}(_(days|weeks))?)$",
        ("period", "year_to_date", "quarter_to_date", "month_to_date", "week_to_date", "rolling_12", "rolling_28_days"),
    ),
]


_CURRENCY = r"^[A-Z]{3}$"
CurrencyCode = Annotated[
    str,
    Field(pattern=_CURRENCY),
    written("currency code", "The three capitals of ISO 4217.", _CURRENCY, ("EUR", "DKK", "USD")),
]


class Change(Spec):
    """Why a version was made and who asked for it."""

    reason: str = Field(min_length=1)
    """Why the version was made; an auditor reads it years later."""
    requested_by: Name
    """The role or person who asked for it."""


class KpiVersion(Spec):
    """A formula and the time it holds for; open-ended where `valid_to` is missing.

    It is computed for the periods it holds for, and with `computed_from` and `computed_to` for more of them,
    so that a period can be seen under the old and the new formula.
    """

    version: int = Field(ge=1)
    """1 for the first, one more for each that follows. Every value in the warehouse names the version that made it."""
    valid_from: date
    """The first day it holds. It decides for a period by the period's first day."""
    valid_to: date | None = None
    """The last day it holds; the next version begins on the day after. The newest version has none."""
    computed_from: date | None = None
    """The first day of periods that it is computed for, where that is not `valid_from`. An earlier day shows the
    past under this formula, beside the version that held then.
    """
    computed_to: date | None = None
    """The last day of periods that it is computed for, where that is not `valid_to`. A later day goes on showing
    the old formula for comparison.
    """
    change: Change
    """Why the version was made and who asked for it; recorded in the ledger with the definition."""
    formula: Formula
    """How the value is computed. A formula that was recorded is not edited: add a version."""

    @property
    def first_day(self) -> date:
        """The first day on which a period may begin that this version is computed for."""
        return self.computed_from or self.valid_from

    @property
    def last_day(self) -> date | None:
        """The last such day, None where there is none."""
        return self.computed_to or self.valid_to


class Tension(Spec):
    """Another KPI that this one works against, and how."""

    kpi: Name
    """The other KPI. It is said on one of the two sides and holds for both."""
    reason: str = Field(min_length=1)
    """How the one gets worse when the other gets better, in words that both departments agree with."""


class Reviewed(Spec):
    """That a KPI was looked at again and stays as it is: when, by whom, and what speaks for it."""

    on: date
    """The day of the latest review. A change of the formula is a new version, and counts as a review too."""
    by: Name
    """The role that looked at it again."""
    says: str = Field(min_length=1)
    """Why it is still the right number to steer by."""


class Deprecated(Spec):
    """That a KPI is on its way out: from which day, why, and what takes its place."""

    on: date
    """The day from which nobody should use the KPI any more. It is still computed."""
    reason: str = Field(min_length=1)
    """Why it goes."""
    replaced_by: Name | None = None
    """The KPI to use in its place."""


class Kpi(SpecFile):
    """A named, owned, versioned formula over measures, with direction, unit and cadence."""

    kpi: CoinedName
    """The name of the KPI, the same as the file's. Never given to another KPI later: tables and the ledger know it
    by this name.
    """
    label: dict[Language, str] = Field(min_length=1)
    """The name for readers, by language."""
    description: str = Field(min_length=1)
    """What the KPI says, and by which date, in a sentence or two that a reader outside the team understands."""
    owner: Name
    """The role that stewards the definition: whom to ask, and who is asked before it changes."""
    department: Name
    """The department that the KPI belongs to."""
    chain_stage: Name
    """The stage of the customer chain that it speaks of, and the folder that the file lies in."""
    objective: Name | None = None
    """The objective it serves, a key below `metrics/objectives/`."""
    supports: Name | None = None
    """The key result it supports, where it serves no objective directly."""
    timing: Literal["leading", "lagging"]
    """`leading` moves before the result does and can still be acted upon; `lagging` tells the result."""
    effect: Literal["output", "outcome"]
    """`output` counts what we do; `outcome` measures what it brings about."""
    aspect: Literal["quantity", "quality"]
    """`quantity` counts how much; `quality` measures how well. One without the other invites to game it."""
    level: Literal["team", "individual"]
    """`team` where a team moves it together; `individual` where it speaks of single people, which many countries
    restrict.
    """
    rolls_up_to: Name | None = None
    """The team's KPI that figures of this one add up to, for a KPI of `level: individual`; `kpi alignment` shows
    whether the targets do.
    """
    direction: Direction
    """Which way it should move. A target's comparison is held against it."""
    unit: Unit
    """What the number counts; it decides how pages write it."""
    currency: CurrencyCode | None = None
    """The ISO 4217 code of the amounts, as `EUR`. It stands with `unit: currency`, and only there; nothing is
    converted.
    """
    decimals: Annotated[int, Field(ge=0, le=6)] | None = None
    """How many decimals pages show. Without it the unit decides. Tables keep every decimal."""
    cadence: Grain
    """How often it is reviewed; pages show this grain first. It should not be finer than the finest of `grains`."""
    grains: tuple[Grain, ...] = Field(min_length=1)
    """The lengths of period it is computed for. A target needs its own grain among them."""
    spans: tuple[Span, ...] = Field(min_length=1)
    """The days that a value of a period covers: the `period` itself, to date since a longer period began, or a
    rolling window that ends with the period. Targets are compared with `period`.
    """
    slices: tuple[Name, ...] = ()
    """The dimensions it is cut by, one at a time, beside the whole. Each must be a dimension of every fact that the
    formula reads.
    """
    counter_kpis: tuple[Name, ...] = ()
    """KPIs that get worse when this one is pushed too hard; pages show them beside it. A KPI without one is a
    warning.
    """
    conflicts_with: tuple[Tension, ...] = ()
    """KPIs of others that this one works against, as experience says. `kpi conflicts` shows them beside those that it
    finds in the formulas and in the figures.
    """
    missing: Missing = "null"
    """What a period without any row is worth: `null` shows no data, `zero` shows 0. Take `zero` only where no row
    truly means none happened, as for complaints; else leave the key out.
    """
    publish_as: CoinedName | None = None
    """The name of a dbt model of its own: `<name>_v1`, `<name>_v2` for its versions, and a view of the plain name
    that shows the latest one. For readers outside who should not know of other KPIs; without it, the KPI is in
    `fct_kpi_value` with all others.
    """
    reviewed: Reviewed | None = None
    """The latest review that left it as it is. Without it, it was last thought about when its newest version was
    made.
    """
    deprecated: Deprecated | None = None
    """Says that the KPI is on its way out. Without it, it is in use."""
    versions: tuple[KpiVersion, ...] = Field(min_length=1)
    """The formulas in the order of time, without gap or overlap."""

    def label_in(self, language: str) -> str:
        """The label in a language, else in English, else the first one given."""
        return self.label.get(language) or self.label.get("en") or next(iter(self.label.values()))
