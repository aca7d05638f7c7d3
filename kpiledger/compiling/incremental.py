"""Facts whose late rows are told by a column: what is kept of the last run, and how a compiled model says so.

    seen_<fact>      each day of the fact: how many rows, when they changed, and in which run that last differed
    agg_<fact>       tiles in which no day changed since are copied from the table as it stood
    measured_<fact>  stretches of days in which no day changed since are copied as well

All three are plain tables to dbt. They read themselves as they stood only if the same text built them, from models
whose own text is the same (`macros/kept_from_last_run.sql`).
"""

from __future__ import annotations

from hashlib import sha256

from kpiledger.compiling.columns import Group, Route, coined
from kpiledger.compiling.dialects import Dialect
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.rows import dimension_models
from kpiledger.compiling.text import text_list
from kpiledger.project import Project

# On Spark a table cannot be replaced by what is read from it.
_DIALECTS = frozenset({Dialect.DUCKDB, Dialect.POSTGRES})
# The column that says until when a row knows of changes. Its name tells which text made the table.
BUILT = "{{ built }}"
# How a template asks whether the table as it stood may be read.
_IF_KEPT, _ELSE, _END = "{%- if is_kept %}", "{%- else %}", "{%- endif %}"


def is_incremental(plan: FactPlan) -> bool:
    """Whether only what changed is computed anew.

    Whether an event was converted depends on other days and on the as-of date: such a fact is computed in full.
    """
    converted = any(column.converted for column in plan.columns)
    return plan.fact.incremental is not None and plan.dialect in _DIALECTS and not converted


def seen_model_name(plan: FactPlan) -> str:
    """The name of the model that knows when each day of the fact last changed."""
    return f"seen_{plan.fact.fact}"


def kept_tables(project: Project) -> tuple[str, ...]:
    """The compiled tables that the next run can copy from, where a project has such facts."""
    facts = sorted(name for name, fact in project.facts.items() if fact.incremental)
    return tuple(f"{kind}_{name}" for name in facts for kind in ("seen", "agg", "measured"))


def marked(text: str, plan: FactPlan, *before: str) -> str:
    """A model's text with the template that asks for the table as it stood.

    `before` are the texts of the models it is computed from: where one of them changed, nothing is kept.
    """
    digest = sha256("\n".join((text, *before)).encode()).hexdigest()[:12]
    models = text_list([plan.fact.model, *dimension_models(plan.fact, plan.slices)])
    top, _, query = text.partition("\nwith\n")
    asked = f"{{%- set built = built_by('{digest}', [{models}]) %}}\n{{%- set is_kept = kept_from_last_run(built) %}}"
    return f"{top}\n{asked}\nwith\n{query}"


def unless_kept(kept: str, empty: str) -> str:
    """A query of the table as it stood, and what stands in its place where nothing is kept."""
    return f"{_IF_KEPT}\n{kept}\n{_ELSE}\n{empty}\n{_END}"


def and_kept(anew: str, kept: str) -> str:
    """What was computed anew and what is copied from the table as it stood."""
    return f"{anew}\n{_IF_KEPT}\nunion all\n{kept}\n{_END}"


def spans_of(plan: FactPlan) -> str:
    """The CTE of the periods and spans that the measures of a fact are computed for."""
    return "spans_anew" if is_incremental(plan) else "dim_span"


def rows_of(plan: FactPlan, group: Group) -> str:
    """The CTE of the fact's rows that columns of a group read.

    Where only some days are computed, each date has its own; what stands at the end of a stretch needs all rows.
    """
    is_chosen = is_incremental(plan) and group.route is not Route.LATEST
    return coined("described", group.time) if is_chosen else "described"


def times_of(plan: FactPlan) -> tuple[str, ...]:
    """The dates of the fact that any of its columns goes by, in order."""
    return tuple(sorted({group.time for group in plan.groups}))
