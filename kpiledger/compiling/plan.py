"""What a version of a KPI is made of: columns of facts over stretches of days, and the expressions over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import chain

from kpiledger.compiling.columns import Column, coined
from kpiledger.compiling.dialects import Dialect
from kpiledger.compiling.expressing import with_names
from kpiledger.specs.kpi import Kpi, KpiVersion
from kpiledger.stretches import NO_LENGTH, ONE_YEAR, PERIOD, YEAR_TO_DATE, Length, Stretch
from kpiledger.vocabulary import Grain

# The model of the KPIs that several facts answer together; no fact may have a double underscore in its name.
ACROSS = "_across_facts"
# Ratios are divisions of exact sums; twelve places keep them and leave 26 for the figure itself.
FIGURE = "decimal(38, 12)"
# Beside the spans a KPI asks for: the same days a year earlier, for comparison like for like.
COMPARED = (PERIOD, YEAR_TO_DATE)


@dataclass(frozen=True, slots=True)
class Source:
    """Where columns are taken from: a fact, over the span asked or another one, or a length of time earlier.

    `first` and `last` bound the first days of the periods it is for, where another version has the others.
    """

    fact: str
    span: str | None = None
    earlier: Length = NO_LENGTH
    first: date | None = None
    last: date | None = None

    def stretch(self, asked: Stretch) -> Stretch:
        """The stretch of days that it covers where a stretch is asked for."""
        return Stretch(self.span or asked.span, asked.earlier + self.earlier)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A column over a source, under the name that the expressions of a KPI know it by."""

    alias: str
    column: Column
    source: Source


@dataclass(frozen=True, slots=True)
class Figure:
    """What a formula comes to: leaves, and over their aliases the value, and what is divided by what."""

    leaves: tuple[Leaf, ...]
    value: str
    numerator: str | None
    denominator: str | None
    kind: str = FIGURE

    def with_names(self, names: Mapping[str, str], dialect: Dialect) -> Figure:
        """The same figure over other names, or SQL, in the place of some aliases."""
        numerator, denominator = (
            text and with_names(text, names, dialect) for text in (self.numerator, self.denominator)
        )
        is_quotient = self.numerator and self.denominator and self.value == quotient(self.numerator, self.denominator)
        if is_quotient and numerator and denominator:
            value = quotient(numerator, denominator)
        else:
            value = with_names(self.value, names, dialect)
        return replace(self, value=value, numerator=numerator, denominator=denominator)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where its leaves are taken from, each once, in order of the formula."""
        return tuple(dict.fromkeys(leaf.source for leaf in self.leaves))


@dataclass(frozen=True, slots=True)
class Value:
    """A version of a KPI as it is computed."""

    kpi: Kpi
    version: KpiVersion
    figure: Figure

    @property
    def name(self) -> str:
        """The CTE that holds it: the KPI's own name, with the version from the second on."""
        return versioned(self.kpi, self.version)

    @property
    def home(self) -> str:
        """The fact whose model holds it; ACROSS where it needs several."""
        facts = {source.fact for source in self.figure.sources}
        return facts.pop() if len(facts) == 1 else ACROSS

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of facts that it needs."""
        return tuple(leaf.column for leaf in self.figure.leaves)

    def days_of(self, source: Source) -> tuple[date, date | None]:
        """The first and last day on which a period may begin that a source is needed for."""
        first, last = self.version.first_day, self.version.last_day
        return later_day(source.first, first), earlier_day(source.last, last)

    @property
    def asked(self) -> tuple[Stretch, ...]:
        """The stretches it has values of: the spans of the KPI, and what they are compared with."""
        return _asked(self.kpi.spans)


@dataclass(frozen=True, slots=True)
class Need:
    """What some columns are needed for: the grains of periods, and the stretches of days of each period."""

    grains: tuple[Grain, ...]
    stretches: tuple[Stretch, ...]

    @property
    def is_single(self) -> bool:
        """Whether a day lies in one stretch only: one grain, and the period itself, now or earlier."""
        return len(self.grains) == 1 and {stretch.span for stretch in self.stretches} == {PERIOD}

    @property
    def spans(self) -> tuple[str, ...]:
        """The names of the stretches."""
        return tuple(stretch.name for stretch in self.stretches)


def by_home(values: Iterable[Value]) -> Mapping[str, tuple[Value, ...]]:
    """The values by the fact whose model holds them, in order; those across facts last."""
    found: dict[str, list[Value]] = {}
    for value in values:
        found.setdefault(value.home, []).append(value)
    return {home: tuple(found[home]) for home in sorted(found, key=lambda home: (home == ACROSS, home))}


def leaves_by_fact(values: Iterable[Value]) -> Mapping[str, tuple[tuple[Value, Leaf], ...]]:
    """The leaves that some values take from each fact, with their values; facts in order of their names."""
    found: dict[str, list[tuple[Value, Leaf]]] = {}
    for value in values:
        for leaf in value.figure.leaves:
            found.setdefault(leaf.source.fact, []).append((value, leaf))
    return {fact: tuple(found[fact]) for fact in sorted(found)}


def need_of(leaves: Iterable[tuple[Value, Leaf]]) -> Need:
    """For which grains and stretches some leaves are needed."""
    pairs = {(leaf.source, value.kpi.grains, value.kpi.spans) for value, leaf in leaves}
    grains = {grain for _, asked, _ in pairs for grain in asked}
    stretches = {source.stretch(asked) for source, _, spans in pairs for asked in _asked(spans)}
    return Need(tuple(grain for grain in Grain if grain in grains), tuple(sorted(stretches)))


@cache
def _asked(spans: tuple[str, ...]) -> tuple[Stretch, ...]:
    given = [Stretch(span) for span in spans]
    return tuple(chain.from_iterable((one, one.before(ONE_YEAR)) if one.span in COMPARED else (one,) for one in given))


def slices_of(values: Iterable[Value]) -> tuple[str, ...]:
    """The dimensions that some values are sliced by, in order of their names."""
    return tuple(sorted({name for value in values for name in value.kpi.slices}))


def versioned(kpi: Kpi, version: KpiVersion) -> str:
    """The name of a version's CTE."""
    return kpi.kpi if version.version == 1 else coined(kpi.kpi, f"version_{version.version}")


def quotient(numerator: str, denominator: str) -> str:
    """A division that has no value where there is nothing to divide by."""
    return f"cast({numerator} as {FIGURE}) / nullif({denominator}, 0)"


def later_day(one: date | None, other: date) -> date:
    """The later of two days, the first of which may not be given."""
    return max(one, other) if one else other


def earlier_day(one: date | None, other: date | None) -> date | None:
    """The earlier of two days, each of which may not be given."""
    return min(one, other) if one and other else one or other
