"""`seen_<fact>`: when did each day of an incremental fact last change? One cheap pass over two of its columns tells.

A day changed if its rows are others in number, or any of them was marked as changed, or a dimension model that the
fact is sliced through is another. A day whose rows have all gone stays, with none.
"""

from __future__ import annotations

from kpiledger.compiling.dialects import Dialect, as_text, digest, just_after, minus, since_epoch, type_name
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.incremental import BUILT, marked, times_of, unless_kept
from kpiledger.compiling.rows import dimension_models
from kpiledger.compiling.text import Cte, header, imported, lines, with_ctes
from kpiledger.specs.fact import Incremental
from kpiledger.stretches import NO_LENGTH

_RUN = "cast('{{ run_started_at.strftime('%Y-%m-%d %H:%M:%S.%f') }}' as timestamp)"


def seen_model(plan: FactPlan) -> str:
    """The SQL of what is known of each day of a fact."""
    fact = plan.fact
    models = sorted({fact.model, *dimension_models(fact, plan.slices)})
    ctes: list[Cte] = [
        *(imported(model) for model in models),
        ("dated", _dated(plan), "each row by each of its dates"),
        ("found", _found(plan), "what the days hold now"),
        ("members", _members(plan), "every row of the dimension models, as a number"),
        ("dimensions", f"select {as_text('sum(digest)', plan.dialect)} as dimensions\nfrom members"),
        ("before", _before(plan.dialect), "what the days held"),
        ("newest", "select max(last_changed_at) as changed_at, max(changed_in) as changed_in\nfrom before"),
        ("compared", _compared(plan), "each day now and before"),
        ("stamped", _stamped(), "a day that differs is of this run, later than any before even if the clock is not"),
    ]
    told = f"When each day of {fact.model} last changed. One row per day."
    return marked(header(f"metrics/facts/{fact.fact}.yml", told) + with_ctes(ctes, "select * from stamped"), plan)


def _dated(plan: FactPlan) -> str:
    model = plan.fact.model
    return "\nunion all\n".join(
        f"select {plan.day_sql(time)} as day, {model}.{_rule(plan).changed_at} as changed_at\nfrom {model}"
        for time in times_of(plan)
    )


def _found(plan: FactPlan) -> str:
    # Sums of whole numbers are exact in any order; with the count they tell which moments there were.
    moment = since_epoch("changed_at", plan.dialect)
    items = [
        "day",
        "count(*) as row_count",
        "count(*) - count(changed_at) as unmarked_count",
        "max(changed_at) as last_changed_at",
        f"{as_text(f'sum({moment})', plan.dialect)} as changes",
    ]
    return f"select\n{lines(items)}\nfrom dated\nwhere day is not null\ngroup by day"


def _members(plan: FactPlan) -> str:
    read: dict[tuple[str, str], list[str]] = {}
    for name in plan.slices:
        one = plan.fact.dimensions[name]
        if one.through and one.on:
            read.setdefault((one.through, one.on), []).append(one.column)
    if not read:
        return "select 0 as digest"
    return "\nunion all\n".join(
        f"select {_digest(sorted({on, *columns}), f'{model}.{on}', plan.dialect)} as digest\nfrom {model}"
        for (model, on), columns in sorted(read.items())
    )


def _digest(columns: list[str], label: str, dialect: Dialect) -> str:
    row = ", ".join([f"'{label}'", *columns])
    return digest(row, dialect)


def _before(dialect: Dialect) -> str:
    """The table as it stood; where nothing is kept, an empty one."""
    kinds = {"dimensions": type_name("text", dialect), "changed_in": "timestamp"}
    none = [f"cast(null as {kind}) as {name}" for name, kind in kinds.items()]
    empty = lines(["day", "row_count", "last_changed_at", "changes", *none])
    kept = "select day, row_count, last_changed_at, changes, dimensions, changed_in\nfrom {{ this }}"
    return unless_kept(kept, f"select\n{empty}\nfrom found\nwhere false")


def _compared(plan: FactPlan) -> str:
    same = [
        "before.row_count = coalesce(found.row_count, 0)",
        "before.changes is not distinct from found.changes",
        "before.dimensions is not distinct from dimensions.dimensions",
        "coalesce(found.unmarked_count, 0) = 0",
        *_looked_at_again(plan),
    ]
    items = [
        "coalesce(found.day, before.day) as day",
        "coalesce(found.row_count, 0) as row_count",
        "found.last_changed_at",
        "found.changes",
        "dimensions.dimensions",
        "before.changed_in",
        "newest.changed_in as newest_in",
        "\n    and ".join(same) + " as is_same",
    ]
    return (
        f"select\n{lines(items)}\nfrom found\nfull outer join before\n    on found.day = before.day\n"
        "cross join dimensions\ncross join newest"
    )


def _looked_at_again(plan: FactPlan) -> list[str]:
    """Days whose newest change is so late that another of the same moment, or a bit earlier, may not have been seen."""
    rule = _rule(plan)
    kind = plan.project.columns.get(plan.fact.model, {}).get(rule.changed_at, "")
    if rule.look_back is None and kind.lower().startswith("timestamp"):
        return []
    until = minus("newest.changed_at", rule.look_back or NO_LENGTH, plan.dialect)
    return [f"coalesce(found.last_changed_at < {until}, found.day is null)"]


def _stamped() -> str:
    after = just_after("newest_in")
    items = [
        "day",
        "row_count",
        "last_changed_at",
        "changes",
        "dimensions",
        f"case\n    when is_same then changed_in\n    else greatest({_RUN}, {after})\nend as changed_in",
        f"true as {BUILT}",
    ]
    return f"select\n{lines(items)}\nfrom compared"


def _rule(plan: FactPlan) -> Incremental:
    if plan.fact.incremental is None:
        raise LookupError(f"{plan.fact.fact} is computed in full")
    return plan.fact.incremental
