"""The CTEs by which a fact's rows get their day and dimensions and stand once for each slice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from kpiledger.compiling.columns import Column
from kpiledger.compiling.conversions import conversion_join
from kpiledger.compiling.dialects import Dialect, as_text, keeps_copies
from kpiledger.compiling.expressing import conversion_flag, reads
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.text import Cte, is_import, lines
from kpiledger.specs.fact import Fact

# What a row without a member is counted under: it must not fall out of the sum of the members.
NOT_SET = "(not set)"
_READ = re.compile(r"(?:from|join) (\w+)")


def described(
    plan: FactPlan,
    slices: Iterable[str],
    columns: Sequence[Column],
    key: Iterable[str] = (),
    schema: str = "",
    name: str = "described",
    among: str = "",
) -> Cte:
    """The fact's rows with the columns that measures read, the days they go by, and the dimensions of slices.

    A schema puts it in front of the models, where no CTE imports them; `among` is a join that chooses some rows.
    """
    fact, slices = plan.fact, list(slices)
    times = sorted({column.group.time for column in columns})
    read = dict.fromkeys([*key, *(one for column in columns for one in (*reads(column), *column.group.over))])
    days = {plan.day(time): plan.day_sql(time) for time in times}
    own = [f"{fact.model}.{one}" for one in read if one not in slices and one not in days]
    dated = [_named(sql, day) for day, sql in days.items()]
    cut = [_named(_source(fact, one), one) for one in slices]
    flags = [
        f"{column.converted.name}.{fact.key[0]} as {conversion_flag(column)}" for column in columns if column.converted
    ]
    joins = "".join(_join(fact, schema, model, on) for model, on in _joins(fact, slices))
    joins += "".join(conversion_join(fact, column) for column in columns)
    return name, f"select\n{lines([*dated, *own, *cut, *flags])}\nfrom {schema}{fact.model}{among}{joins}"


def read_often(dialect: Dialect, ctes: Sequence[Cte]) -> frozenset[str]:
    """The CTEs of stored models and of the fact's rows, where several others read them.

    A warehouse that keeps a copy of what is read twice would copy the whole fact, and know less of a copy than of a
    table: how many rows it has, and between which days they lie. They are read anew each time.
    """
    if not keeps_copies(dialect):
        return frozenset()
    bodies = {name: body for name, body, *_ in ctes}
    reads = Counter(one for body in bodies.values() for one in _READ.findall(body))
    rows = {name for name in bodies if name.split("__")[0] == "described"}
    is_repeated = sum(reads[name] for name in rows) > 1
    if is_repeated:
        reads.update(one for name in rows for one in _READ.findall(bodies[name]))
    often = {name for name, body in bodies.items() if reads[name] > 1 and is_import(body)}
    return frozenset(often | rows if is_repeated else often)


def dimension_models(fact: Fact, slices: Iterable[str]) -> list[str]:
    """The dimension models that must be imported to slice the fact so, in order."""
    return sorted({model for model, _ in _joins(fact, slices)})


def sliced(plan: FactPlan, name: str, origin: str, slices: Iterable[str], comment: str) -> Cte:
    """Every row of `origin` once as a whole (`all`) and once for each slice."""
    parts = [f"select 'all' as slice, 'all' as member, {origin}.*\nfrom {origin}"]
    for cut in slices:
        member = member_of(cut, plan.dialect)
        parts.append(f"select '{cut}' as slice, {member} as member, {origin}.*\nfrom {origin}")
    return name, "\nunion all\n".join(parts), comment


def member_of(column: str, dialect: Dialect) -> str:
    """The member that a row is counted under, by a dimension."""
    return f"coalesce({as_text(column, dialect)}, '{NOT_SET}')"


def _named(sql: str, name: str) -> str:
    return sql if sql.endswith(f".{name}") else f"{sql} as {name}"


def _source(fact: Fact, slice_name: str) -> str:
    dimension = fact.dimensions[slice_name]
    if dimension.through and dimension.on:
        return f"{_alias(fact, dimension.through, dimension.on)}.{dimension.column}"
    return f"{fact.model}.{dimension.column}"


def _alias(fact: Fact, model: str, on: str) -> str:
    """A dimension model's name; with its key where the fact reaches it by two, as ordering and paying customer."""
    keys = {dimension.on for dimension in fact.dimensions.values() if dimension.through == model}
    return model if len(keys) == 1 else f"{model}__{on}"


def _join(fact: Fact, schema: str, model: str, on: str) -> str:
    alias = _alias(fact, model, on)
    named = "" if alias == model else f" as {alias}"
    return f"\nleft join {schema}{model}{named}\n    on {fact.model}.{on} = {alias}.{on}"


def _joins(fact: Fact, slices: Iterable[str]) -> list[tuple[str, str]]:
    through = {
        (dimension.through, dimension.on)
        for name in slices
        if (dimension := fact.dimensions[name]).through and dimension.on
    }
    return sorted((model, on) for model, on in through if model and on)
