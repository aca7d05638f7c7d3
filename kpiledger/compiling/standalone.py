"""One KPI version as a stand-alone query on the marts: the same calculation, for a reader.

It needs nothing compiled but the calendar (`dim_span`, and `dim_day` for conversions), and reads the fact's rows where
the models read aggregates, so that the two can be held against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import indent, wrap

from kpiledger.compiling.columns import Group, Route, coined
from kpiledger.compiling.conversions import conversion_ctes
from kpiledger.compiling.dialects import Dialect
from kpiledger.compiling.expressing import aggregate
from kpiledger.compiling.fact_plan import FactPlan, fact_plans
from kpiledger.compiling.folding_lines import WIDTH
from kpiledger.compiling.measured import INTERVAL, KEYS
from kpiledger.compiling.plan import Leaf, Source, Value
from kpiledger.compiling.resolving import value_of
from kpiledger.compiling.rows import described, sliced
from kpiledger.compiling.text import Cte, comment, date_literal, lines, one_of, with_ctes
from kpiledger.compiling.values import explanation, figures, shown_keys, span_names
from kpiledger.project import Project
from kpiledger.specs.kpi import Kpi, KpiVersion

MARTS, KPIS = "marts", "kpi"


@dataclass(frozen=True, slots=True)
class _Part:
    """Leaves that are read from the same rows over the same stretches of days."""

    source: Source
    group: Group
    leaves: tuple[Leaf, ...]

    def named(self, word: str, alone: bool) -> str:
        """The name of one of its CTEs; with the part's own name where the query has several."""
        return word if alone else coined(self.leaves[0].alias, word)


def standalone_query(project: Project, kpi: Kpi, version: KpiVersion, dialect: Dialect = Dialect.DUCKDB) -> str:
    """The SQL that gives numerator, denominator and value of one KPI version, runnable on the warehouse."""
    value = value_of(project, kpi, version, dialect)
    parts = _parts(value)
    plans = fact_plans(project, [value], dialect)
    ctes: list[Cte] = []
    for part in parts:
        ctes += _measured(value, part, plans[part.source.fact], alone=len(parts) == 1)
    ctes += _answer(value, parts)
    last = "select * from answer\norder by grain, span, period_start, slice, member"
    return comment(explanation(value)) + with_ctes([cte[:2] for cte in ctes], last, apart="\n")


def _parts(value: Value) -> list[_Part]:
    """Sums and distinct counts by one date come from the same rows, what stands at an end from others."""
    found: dict[tuple[Source, object], list[Leaf]] = {}
    for leaf in value.figure.leaves:
        group = leaf.column.group
        found.setdefault((leaf.source, group if group.route is Route.LATEST else group.time), []).append(leaf)
    return [_Part(source, leaves[0].column.group, tuple(leaves)) for (source, _), leaves in found.items()]


def _measured(value: Value, part: _Part, plan: FactPlan, alone: bool) -> list[Cte]:
    """The CTEs of a part; the last one has its leaves by interval, slice and member."""
    slices, columns = tuple(sorted(value.kpi.slices)), [leaf.column for leaf in part.leaves]
    intervals, origin, cut = (part.named(word, alone) for word in ("intervals", "described", "sliced"))
    is_latest = part.group.route is Route.LATEST
    key = plan.fact.key if is_latest else ()
    ctes: list[Cte] = [(intervals, _intervals(value, part))]
    ctes += conversion_ctes(plan.project, plan.fact, columns, plan.dialect, f"{MARTS}.", f"{KPIS}.")
    ctes.append(_shortened(described(plan, slices, columns, key, f"{MARTS}.", origin)))
    if is_latest:
        states = part.named("states", alone)
        ctes.append((states, _states(plan, part.group, origin)))
        origin = states
    ctes.append(_shortened(sliced(plan, cut, origin, slices, "")))
    day, first, last = f"{cut}.{plan.day(part.group.time)}", f"{intervals}.span_start", f"{intervals}.span_end"
    within = f"{day} between {first} and {last}"
    if is_latest:
        within = f"{day} <= {last}\n    and ({cut}.replaced_on is null or {cut}.replaced_on > {last})"
    items = [", ".join(KEYS), *(f"{aggregate(leaf.column, plan.dialect)} as {leaf.alias}" for leaf in part.leaves)]
    measured = (
        f"select\n{lines([*items, 'count(*) as row_count'])}\nfrom {intervals}\ninner join {cut}\n    on {within}\n"
        f"group by {', '.join(KEYS)}"
    )
    return [*ctes, (part.named("measured", alone), measured)]


def _shortened(cte: Cte) -> Cte:
    """A CTE that only lists columns, with several of them on a line."""
    parts = []
    for part in cte[1].split("\nunion all\n"):
        columns, origin = part.removeprefix("select").split("\nfrom ", 1)
        listed = " ".join(columns.split())
        is_short = len(listed) + len(origin) < WIDTH and "\n" not in origin
        rows = "\n".join(wrap(listed, WIDTH, break_long_words=False))
        parts.append(f"select {listed} from {origin}" if is_short else f"select\n{indent(rows, '    ')}\nfrom {origin}")
    return cte[0], "\nunion all\n".join(parts)


def _intervals(value: Value, part: _Part) -> str:
    kpi, (first, last) = value.kpi, value.days_of(part.source)
    names = {found: shown for found, shown in span_names(value, part.source).items() if shown in kpi.spans}
    until = f" and period_start <= {date_literal(last)}" if last else ""
    keys = shown_keys(names, (*INTERVAL, "span_start", "span_end"))
    shown = f" {keys[0]}" if len(keys) == 1 else f"\n{lines(keys)}"
    return (
        f"select{shown}\n"
        f"from {KPIS}.dim_span\nwhere {one_of('grain', kpi.grains)}\n    and {one_of('span', names)}\n"
        f"    and period_start >= {date_literal(first)}{until}"
    )


def _states(plan: FactPlan, group: Group, origin: str) -> str:
    day = plan.day(group.time)
    order = ", ".join(dict.fromkeys([day, *plan.fact.key]))
    over = ", ".join(group.over)
    return f"select *, lead({day}) over (partition by {over} order by {order}) as replaced_on\nfrom {origin}"


def _answer(value: Value, parts: Sequence[_Part]) -> list[Cte]:
    keys = ", ".join(KEYS)
    if len(parts) == 1:
        return [("answer", f"select\n{lines([keys, *figures(value), 'row_count'])}\nfrom measured")]
    union = "\nunion all\n".join(_aside(value, part) for part in parts)
    sums = [f"max({leaf.alias}) as {leaf.alias}" for leaf in value.figure.leaves]
    together = f"select\n{lines([keys, *sums, 'sum(row_count) as row_count'])}\nfrom inputs\ngroup by {keys}"
    answer = f"select\n{lines([keys, *figures(value), 'row_count'])}\nfrom together"
    return [_shortened(("inputs", union)), ("together", together), ("answer", answer)]


def _aside(value: Value, part: _Part) -> str:
    kind, leaves = value.figure.kind, value.figure.leaves
    given = [f"cast({leaf.alias if leaf in part.leaves else 'null'} as {kind}) as {leaf.alias}" for leaf in leaves]
    rows = "0 as row_count" if part.source.earlier else "row_count"
    return f"select {', '.join([*KEYS, *given, rows])}\nfrom {part.named('measured', alone=False)}"
