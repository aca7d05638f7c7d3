"""`kpi_<fact>`: the values of all KPIs over one fact, one CTE a KPI; and those that several facts answer together.

Each CTE names the measures' model itself: DuckDB binds an import CTE of all its columns anew for every reader, which
made 500 KPIs cost 60 times as much (benchmarks/kpi_sql.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kpiledger.compiling.columns import coined
from kpiledger.compiling.dialects import Dialect, text_literal
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.measured import KEYS
from kpiledger.compiling.plan import ACROSS, FIGURE, Leaf, Source, Value
from kpiledger.compiling.text import Cte, date_literal, header, lines, one_of, ref, with_ctes
from kpiledger.compiling.wording import formula_text
from kpiledger.specs.formula import Cumulative, Simple

MODEL = "measured_{}"


def values_model(home: str, values: Sequence[Value], plans: Mapping[str, FactPlan]) -> str:
    """The SQL of the values of some KPIs; `home` is their fact, or ACROSS."""
    ctes: list[Cte] = []
    for value in values:
        ctes += _value(value, plans)
    ctes.append(("kpi_values", "\nunion all\n".join(f"select * from {value.name}" for value in values)))
    told = "several facts together" if home == ACROSS else plans[home].fact.model
    origin = "metrics/kpis/" if home == ACROSS else f"metrics/facts/{home}.yml and the KPIs over it"
    top = header(origin, f"KPIs over {told}. One row per KPI version, grain, span, period, slice and member.")
    return top + with_ctes(ctes, "select * from kpi_values")


def explanation(value: Value) -> str:
    """The comment above a KPI version."""
    return f"{value.kpi.kpi}, version {value.version.version}: {formula_text(value.version.formula)}"


def conditions(value: Value, source: Source, spans: Sequence[str]) -> list[str]:
    """For which rows of a source's measures a KPI version has values."""
    first, last = value.days_of(source)
    return [
        one_of("grain", value.kpi.grains),
        one_of("span", spans),
        one_of("slice", ("all", *value.kpi.slices)),
        f"period_start >= {date_literal(first)}",
        *([f"period_start <= {date_literal(last)}"] if last else []),
    ]


def span_names(value: Value, source: Source) -> dict[str, str]:
    """The names in `dim_span` of the stretches that a source covers, each with the one it is shown under."""
    return {source.stretch(asked).name: asked.name for asked in value.asked}


def shown_keys(names: Mapping[str, str], keys: Sequence[str] = KEYS) -> list[str]:
    """Grain, span and the other keys; the stretches are shown under the names they are asked for by."""
    if all(found == shown for found, shown in names.items()):
        return [", ".join(keys)]
    branches = "\n".join(f"    when '{found}' then '{shown}'" for found, shown in names.items())
    grain, _, *others = keys
    return [grain, f"case span\n{branches}\nend as span", ", ".join(others)]


def figures(value: Value) -> list[str]:
    """Numerator, denominator and value, over columns that are named as the aliases of the figure."""
    figure = value.figure
    shown = {"numerator": figure.numerator, "denominator": figure.denominator, "value": figure.value}
    if _is_zero_when_missing(value):
        whole = {"value": figure.value} if figure.denominator else {"numerator": figure.value, "value": figure.value}
        shown |= {name: f"coalesce({text}, 0)" for name, text in whole.items()}
    return [f"cast({text or 'null'} as {FIGURE}) as {name}" for name, text in shown.items()]


def _is_zero_when_missing(value: Value) -> bool:
    """Whether the KPI says that nothing chosen is 0; what is divided by nothing has no value all the same."""
    return value.kpi.missing == "zero" and isinstance(value.version.formula, (Simple, Cumulative))


def _value(value: Value, plans: Mapping[str, FactPlan]) -> list[Cte]:
    sources = value.figure.sources
    if len(sources) == 1 and sources[0].first is None:
        return [_plain(value, sources[0], plans)]
    return _joined(value, plans)


def _plain(value: Value, source: Source, plans: Mapping[str, FactPlan]) -> Cte:
    """A KPI over the columns of one fact and stretch, as they stand there."""
    plan = plans[source.fact]
    read = {leaf.alias: _read(value, leaf) for leaf in value.figure.leaves if leaf.alias != leaf.column.name}
    shown = replace(value, figure=value.figure.with_names(read, plan.dialect)) if read else value
    names = span_names(value, source)
    counts = _counts(plan, value.figure.leaves)
    items = [*_identity(value, plan.dialect), *shown_keys(names), *figures(shown), _shown_count(_counted(counts))]
    where = conditions(value, source, list(names))
    if plan.has_several_counts:
        where.append(f"{_counted(counts)} > 0")
    body = f"select\n{lines(items)}\nfrom {ref(MODEL.format(source.fact))}\nwhere " + "\n    and ".join(where)
    return value.name, body, explanation(value)


def _read(value: Value, leaf: Leaf) -> str:
    return f"cast({leaf.column.name} as {value.figure.kind})"


def _joined(value: Value, plans: Mapping[str, FactPlan]) -> list[Cte]:
    """A KPI whose parts lie on several facts or stretches: they meet on period, slice and member.

    Each source gives its rows with the parts of the others empty; grouped, they stand side by side, and a row is
    there where any of them has one.
    """
    inputs, meeting = coined(value.name, "inputs"), coined(value.name, "together")
    sources = value.figure.sources
    parts = [_source(value, source, plans) for source in sources]
    dialect = plans[sources[0].fact].dialect
    together = [f"max({leaf.alias}) as {leaf.alias}" for leaf in value.figure.leaves]
    grouped = (
        f"select\n{lines([', '.join(KEYS), *together, 'sum(row_count) as row_count'])}\nfrom {inputs}\n"
        f"group by {', '.join(KEYS)}"
    )
    items = [*_identity(value, dialect), ", ".join(KEYS), *figures(value), "cast(row_count as bigint) as row_count"]
    return [
        (inputs, "\nunion all\n".join(parts), "its parts, each from where it is measured"),
        (meeting, grouped),
        (value.name, f"select\n{lines(items)}\nfrom {meeting}", explanation(value)),
    ]


def _source(value: Value, source: Source, plans: Mapping[str, FactPlan]) -> str:
    plan, names = plans[source.fact], span_names(value, source)
    kind, leaves = value.figure.kind, value.figure.leaves
    here = [leaf for leaf in leaves if leaf.source == source]
    parts = [f"cast({leaf.column.name if leaf in here else 'null'} as {kind}) as {leaf.alias}" for leaf in leaves]
    counted = _counted(_counts(plan, here))
    rows = "0" if source.earlier else counted
    where = conditions(value, source, list(names))
    if plan.has_several_counts:
        where.append(f"{counted} > 0")
    items = [*shown_keys(names), *parts, _shown_count(rows)]
    return f"select\n{lines(items)}\nfrom {ref(MODEL.format(source.fact))}\nwhere " + "\n    and ".join(where)


def _identity(value: Value, dialect: Dialect) -> list[str]:
    return [f"{text_literal(value.kpi.kpi, dialect)} as kpi", f"{value.version.version} as version"]


def _shown_count(rows: str) -> str:
    return rows if rows == "row_count" else f"{rows} as row_count"


def _counts(plan: FactPlan, leaves: Sequence[Leaf]) -> list[str]:
    return list(dict.fromkeys(plan.row_count(leaf.column.group) for leaf in leaves))


def _counted(counts: Sequence[str]) -> str:
    """The rows behind a figure: those of every date that its parts go by."""
    return counts[0] if len(counts) == 1 else " + ".join(f"coalesce({name}, 0)" for name in counts)
