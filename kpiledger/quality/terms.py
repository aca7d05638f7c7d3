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
from kpiledger.specs.checks import RegistrationRule

UNEXPECTED_ROWS = "UnexpectedRowsExpectation"


@dataclass(frozen=True, slots=True)
class Expectation:
    """The name of an expectation of Great Expectations and its arguments."""

    name: str
    arguments: Mapping[str, Any]

    @property
    def knows_allowance(self) -> bool:
        """Whether the share allowed is part of it; a query of unexpected rows allows none."""
        return self.name != UNEXPECTED_ROWS


def expectation_of(rule: RegistrationRule, columns: Mapping[str, bool], unexpected: str) -> Expectation:
    """The expectation for a rule on a table whose `columns` are given, each with whether it holds text."""
    found = _own_kind(rule, columns) if rule.where is None else None
    if found is None:
        return Expectation(UNEXPECTED_ROWS, {"unexpected_rows_query": unexpected})
    if rule.allow is None:
        return found
    return Expectation(found.name, {**found.arguments, "mostly": float(1 - rule.allow.at_most)})


def _own_kind(rule: RegistrationRule, columns: Mapping[str, bool]) -> Expectation | None:
    check = rule.check
    if check.unique is not None:
        return _unique(check.unique, columns)
    if check.filled_in is not None and len(check.filled_in) == 1 and not columns.get(check.filled_in[0], True):
        return Expectation("ExpectColumnValuesToNotBeNull", {"column": check.filled_in[0]})
    if check.one_of is not None and columns.get(check.one_of.column):
        codes = {"column": check.one_of.column, "value_set": list(check.one_of.values)}
        return Expectation("ExpectColumnValuesToBeInSet", codes)
    if check.between is not None and check.between.column in columns:
        ends = {"min_value": _figure(check.between.at_least), "max_value": _figure(check.between.at_most)}
        return Expectation("ExpectColumnValuesToBeBetween", {"column": check.between.column, **ends})
    if check.matches is not None and columns.get(check.matches.column):
        pattern = {"column": check.matches.column, "regex": whole_match(check.matches.pattern)}
        return Expectation("ExpectColumnValuesToMatchRegex", pattern)
    return None


def _unique(names: tuple[str, ...], columns: Mapping[str, bool]) -> Expectation | None:
    if not set(names) <= set(columns):
        return None
    if len(names) == 1:
        return Expectation("ExpectColumnValuesToBeUnique", {"column": names[0]})
    together = {"column_list": list(names), "ignore_row_if": "any_value_is_missing"}
    return Expectation("ExpectCompoundColumnsToBeUnique", together)


def _figure(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
