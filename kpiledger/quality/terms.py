"""A registration rule in the terms of Great Expectations: which of its expectations, with which arguments.

Its own kinds are used where they mean the same as the rule; a condition, another table or a blank text need
the rule's own query, whose rows must be none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kpiledger.quality.conditions import whole_match
from kpiledger.specs.checks import Between, RegistrationRule

UNEXPECTED_ROWS = "UnexpectedRowsExpectation"
# Where Great Expectations can ask for a regular expression, and means the same by it as the rule.
_REGULAR = ("sqlite", "postgres")


@dataclass(frozen=True, slots=True)
class Expectation:
    """The name of an expectation of Great Expectations and its arguments."""

    name: str
    arguments: Mapping[str, Any]

    @property
    def knows_allowance(self) -> bool:
        """Whether the share allowed is part of it; a query of unexpected rows allows none."""
        return self.name != UNEXPECTED_ROWS


def unexpected_rows(query: str) -> Expectation:
    """The expectation that a query gives no row."""
    return Expectation(UNEXPECTED_ROWS, {"unexpected_rows_query": query})


def expectation_of(rule: RegistrationRule, columns: Mapping[str, bool], dialect: str) -> Expectation | None:
    """The expectation of the same meaning for a rule on a table whose `columns` are given, each with whether it
    holds text; None where only the rule's own query says it.
    """
    found = _own_kind(rule, columns, dialect) if rule.where is None else None
    if found is None:
        return None
    if rule.allow is None:
        return found
    return Expectation(found.name, {**found.arguments, "mostly": float(1 - rule.allow.at_most)})


def _own_kind(rule: RegistrationRule, columns: Mapping[str, bool], dialect: str) -> Expectation | None:
    check = rule.check
    if check.unique is not None:
        return _unique(check.unique, columns)
    if check.filled_in is not None and len(check.filled_in) == 1 and not columns.get(check.filled_in[0], True):
        return Expectation("ExpectColumnValuesToNotBeNull", {"column": check.filled_in[0]})
    if check.one_of is not None and columns.get(check.one_of.column) and dialect != "mysql":
        codes = {"column": check.one_of.column, "value_set": list(check.one_of.values)}
        return Expectation("ExpectColumnValuesToBeInSet", codes)
    if check.between is not None and columns.get(check.between.column) is False and _has_both_ends(check.between):
        ends = {"min_value": _figure(check.between.at_least), "max_value": _figure(check.between.at_most)}
        return Expectation("ExpectColumnValuesToBeBetween", {"column": check.between.column, **ends})
    if check.matches is not None and columns.get(check.matches.column) and dialect in _REGULAR:
        pattern = {"column": check.matches.column, "regex": whole_match(check.matches.pattern, dialect)}
        return Expectation("ExpectColumnValuesToMatchRegex", pattern)
    return None


def _unique(names: tuple[str, ...], columns: Mapping[str, bool]) -> Expectation | None:
    if not set(names) <= set(columns):
        return None
    if len(names) == 1:
        return Expectation("ExpectColumnValuesToBeUnique", {"column": names[0]})
    together = {"column_list": list(names), "ignore_row_if": "any_value_is_missing"}
    return Expectation("ExpectCompoundColumnsToBeUnique", together)


def _has_both_ends(check: Between) -> bool:
    """With one end open, what is no finite figure would count as one."""
    return check.at_least is not None and check.at_most is not None


def _figure(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
