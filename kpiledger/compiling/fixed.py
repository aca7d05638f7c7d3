"""Which dimensions have one member only on the rows that a condition chooses?

There a slice is the whole once more, under that member: nothing needs to be grouped by it.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.compiling.dialects import Dialect, as_text, is_text
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.expressions import equalities


def fixed_members(plan: FactPlan, where: Sequence[str], slices: Sequence[str]) -> dict[str, str]:
    """For such dimensions the member, as SQL; `where` are conditions that hold together.

    Only those of texts: of other types one value may be written in several ways, as 1.0 and 1.00.
    """
    kinds = plan.project.columns.get(plan.fact.model, {})
    equal = dict(pair for text in where for pair in equalities(text, plan.dialect) or ())
    found = {}
    for cut in slices:
        dimension = plan.fact.dimensions[cut]
        if not dimension.through and dimension.column in equal and is_text(kinds.get(dimension.column, "")):
            literal = equal[dimension.column]
            found[cut] = as_text(literal, plan.dialect) if plan.dialect is Dialect.POSTGRES else literal
    return found
