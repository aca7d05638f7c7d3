"""How the formula of a KPI version comes to columns and expressions, those of the KPIs it is derived from included."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain

from kpiledger.compiling.columns import Column, coined, columns_for, conversion_columns
from kpiledger.compiling.dialects import Dialect, type_name
from kpiledger.compiling.expressing import multiplies, substitute
from kpiledger.compiling.plan import FIGURE, Figure, Leaf, Source, Value, earlier_day, later_day, quotient, versioned
from kpiledger.compiling.text import date_literal
from kpiledger.project import Project
from kpiledger.specs.formula import Conversion, Cumulative, Derived, Input, Ratio
from kpiledger.specs.kpi import Kpi, KpiVersion
from kpiledger.stretches import Length


def all_values(project: Project, dialect: Dialect) -> tuple[Value, ...]:
    """Every version of every KPI, in order of their names; a column that several of them need is one column."""
    made: dict[tuple[object, ...], Column] = {}
    return tuple(
        _sharing(value_of(project, kpi, version, dialect), made, dialect)
        for _, kpi in sorted(project.kpis.items())
        for version in kpi.versions
    )


def value_of(project: Project, kpi: Kpi, version: KpiVersion, dialect: Dialect = Dialect.DUCKDB) -> Value:
    """How one KPI version is computed."""
    figure = _Resolving(project, dialect).figure(kpi, version)
    return Value(kpi, version, figure)


def _sharing(value: Value, made: dict[tuple[object, ...], Column], dialect: Dialect) -> Value:
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
        figure = figure.with_names(names, dialect)
    return Value(value.kpi, value.version, figure)


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
        replace(leaf, source=replace(leaf.source, first=later_day(leaf.source.first, version.valid_from),
                                     last=earlier_day(leaf.source.last, version.valid_to)))
        for leaf in figure.leaves
    )  # fmt: skip
    return replace(figure, leaves=leaves)


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
