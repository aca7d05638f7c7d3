"""What a version of a KPI is made of: columns of facts over stretches of days, and the expressions over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import chain

from kpiledger.compiling.columns import Column, coined, columns_for, conversion_columns
from kpiledger.compiling.dialects import Dialect, type_name
from kpiledger.compiling.expressing import multiplies, substitute, with_names
from kpiledger.compiling.text import date_literal
from kpiledger.project import Project
from kpiledger.specs.formula import Conversion, Cumulative, Derived, Input, Ratio
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
        return _later(source.first, first), _earlier(source.last, last)

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


def all_values(project: Project, dialect: Dialect) -> tuple[Value, ...]:
    """Every version of every KPI, in order of their names; a column that several of them need is one column."""
    made: dict[tuple[object, ...], Column] = {}
    return tuple(
        _sharing(value_of(project, kpi, version, dialect), made)
        for _, kpi in sorted(project.kpis.items())
        for version in kpi.versions
    )


def value_of(project: Project, kpi: Kpi, version: KpiVersion, dialect: Dialect = Dialect.DUCKDB) -> Value:
    """How one KPI version is computed."""
    figure = _Resolving(project, dialect).figure(kpi, version)
    return Value(kpi, version, figure)


def _sharing(value: Value, made: dict[tuple[object, ...], Column]) -> Value:
    """The value with the columns that others before it need as well, under the names that they have there."""
    figure, names = value.figure, {}
    leaves = []
    for leaf in figure.leaves:
        column = made.setdefault(leaf.column.meaning, leaf.column)
        if leaf.alias == leaf.column.name != column.name:
            names[leaf.alias] = column.name
        leaves.append(replace(leaf, column=column, alias=names.get(leaf.alias, leaf.alias)))
    figure = replace(figure, leaves=tuple(leaves))
    if names:
        figure = figure.with_names(names, Dialect.DUCKDB)
    return Value(value.kpi, value.version, figure)


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


@dataclass(frozen=True, slots=True)
class _Resolving:
    """Turns formulas into figures, those of other KPIs included."""

    project: Project
    dialect: Dialect

    def figure(self, kpi: Kpi, version: KpiVersion) -> Figure:
        formula, name = version.formula, versioned(kpi, version)
        match formula:
            case Ratio():
                top = self._plain(formula.numerator, coined(name, "numerator"))
                bottom = self._plain(formula.denominator, coined(name, "denominator"))
                return _divided(top, bottom)
            case Conversion():
                both, base = conversion_columns(self.project, formula, name)
                return _divided(_single(both, Source(both.fact.fact)), _single(base, Source(base.fact.fact)))
            case Derived():
                return self._derived(kpi, version, formula)
            case Cumulative():
                given = Input(measure=formula.measure, where=formula.where)
                return self._plain(given, coined(name, "measure"), span=formula.span)
        return self._plain(Input(measure=formula.measure, where=formula.where), coined(name, "measure"))

    def _plain(self, given: Input, name: str, span: str | None = None) -> Figure:
        columns = columns_for(self.project, given, name)
        source = Source(columns[0].fact.fact, span)
        first, *rest = (_single(column, source) for column in columns)
        return _divided(first, rest[0]) if rest else first

    def _derived(self, kpi: Kpi, version: KpiVersion, formula: Derived) -> Figure:
        leaves: dict[str, Leaf] = {}
        texts: dict[str, str] = {}
        for name, given in formula.inputs_by_name.items():
            text, needed = self._input(kpi, version, formula, name)
            leaves.update({leaf.alias: leaf for leaf in needed})
            texts[name] = f"coalesce({text}, 0)" if given.missing == "zero" else text
        value = substitute(formula.expr, texts, self.dialect)
        kind = type_name("double", self.dialect) if multiplies(formula.expr) else FIGURE
        return Figure(tuple(leaves.values()), value, None, None, kind)

    def _input(self, kpi: Kpi, version: KpiVersion, formula: Derived, name: str) -> tuple[str, tuple[Leaf, ...]]:
        """The expression of one input, and the leaves it speaks of under names of their own."""
        given = formula.inputs_by_name[name]
        if given.measure:
            column = coined(versioned(kpi, version), name)
            figure = self._plain(Input(measure=given.measure, where=given.where), column)
            return self._renamed(figure, name, given.earlier)
        other = self.project.kpis[given.kpi or ""]
        parts = []
        for one in other.versions:
            prefix = name if len(other.versions) == 1 else coined(name, f"version_{one.version}")
            figure = self.figure(other, one)
            if len(other.versions) > 1:
                figure = _within(figure, one)
            parts.append((one, *self._renamed(figure, prefix, given.earlier)))
        leaves = tuple(chain.from_iterable(needed for _, _, needed in parts))
        return _in_force([(one, text) for one, text, _ in parts]), leaves

    def _renamed(self, figure: Figure, prefix: str, earlier: Length) -> tuple[str, tuple[Leaf, ...]]:
        """A figure's value over leaves that carry the input's name, taken a length of time earlier."""
        plain = len(figure.leaves) == 1
        names = {leaf.alias: prefix if plain else coined(prefix, leaf.alias) for leaf in figure.leaves}
        leaves = tuple(
            Leaf(
                names[leaf.alias],
                leaf.column,
                replace(leaf.source, earlier=leaf.source.earlier + earlier),
            )
            for leaf in figure.leaves
        )
        return figure.with_names(names, self.dialect).value, leaves


def _single(column: Column, source: Source) -> Figure:
    leaf = Leaf(column.name, column, source)
    return Figure((leaf,), column.name, column.name, None)


def _divided(top: Figure, bottom: Figure) -> Figure:
    return Figure((*top.leaves, *bottom.leaves), quotient(top.value, bottom.value), top.value, bottom.value)


def _within(figure: Figure, version: KpiVersion) -> Figure:
    """A figure for the periods in which a version is in force, and no others."""
    leaves = tuple(
        replace(leaf, source=replace(leaf.source, first=_later(leaf.source.first, version.valid_from),
                                     last=_earlier(leaf.source.last, version.valid_to)))
        for leaf in figure.leaves
    )  # fmt: skip
    return replace(figure, leaves=leaves)


def _later(one: date | None, other: date) -> date:
    return max(one, other) if one else other


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(one, other) if one and other else one or other


def _in_force(parts: list[tuple[KpiVersion, str]]) -> str:
    """The expression of the version that is in force in the period of a row."""
    if len(parts) == 1:
        return parts[0][1]
    branches = " ".join(
        f"when period_start between {date_literal(one.valid_from)} and {date_literal(one.valid_to)} then {text}"
        if one.valid_to
        else f"when period_start >= {date_literal(one.valid_from)} then {text}"
        for one, text in parts
    )
    return f"case {branches} end"
