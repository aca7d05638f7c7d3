"""What a user may write where a spec asks for an SQL expression, and its rendering for a dialect.

The text is read by a closed grammar into terms of a few kinds, every column must be declared, kinds must fit, and
only the terms, written anew, reach SQL. Nothing else a user wrote does.
"""

from kpiledger.expressions.canonical import canonical
from kpiledger.expressions.checking import check_condition, check_expression, checked_expression
from kpiledger.expressions.equalities import equalities
from kpiledger.expressions.kinds import Kind, kind_of
from kpiledger.expressions.problem import NotAccepted, Problem
from kpiledger.expressions.ranges import Range, both, ranges
from kpiledger.expressions.rendering import DEFAULT_DIALECT, columns_in, render

__all__ = [
    "DEFAULT_DIALECT",
    "Kind",
    "NotAccepted",
    "Problem",
    "Range",
    "both",
    "canonical",
    "check_condition",
    "check_expression",
    "checked_expression",
    "columns_in",
    "equalities",
    "kind_of",
    "ranges",
    "render",
]
