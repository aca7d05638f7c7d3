"""The SQL expressions that the company's facts and KPIs use, each with its meaning in Python; None is SQL's null."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

Read = Callable[[Mapping[str, Any]], Any]
Number = Fraction | None


def _known(read: Read, *columns: str) -> Read:
    """Null as soon as one of the columns is."""
    return lambda row: None if any(row[column] is None for column in columns) else read(row)


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _either(left: bool | None, right: bool | None) -> bool | None:
    if left or right:
        return True
    return None if left is None or right is None else False


_NEGATIVE = _known(lambda row: row["amount"] < 0, "amount")
_SOUTH = _known(lambda row: row["region"] == "S", "region")

# What measures aggregate.
EXPRESSIONS: Mapping[str | None, Read] = {
    None: lambda row: 1,
    "amount": lambda row: row["amount"],
    "cost": lambda row: row["cost"],
    "minutes": lambda row: row["minutes"],
    "customer": lambda row: row["customer"],
    "amount - cost": _known(lambda row: row["amount"] - row["cost"], "amount", "cost"),
}
# What chooses rows, by fact.
CONDITIONS: Mapping[str, Mapping[str, Read]] = {
    "sale": {
        "amount < 0": _NEGATIVE,
        "amount >= 20": _known(lambda row: row["amount"] >= 20, "amount"),
        "amount between 0 and 15.5": _known(lambda row: 0 <= row["amount"] <= Decimal("15.5"), "amount"),
        "cost is null": lambda row: row["cost"] is None,
        "region = 'N'": _known(lambda row: row["region"] == "N", "region"),
        "floor in (1, 2)": _known(lambda row: row["floor"] in (1, 2), "floor"),
        "not (amount < 0 or region = 'S')": lambda row: _not(_either(_NEGATIVE(row), _SOUTH(row))),
        "coalesce(cost, 0) > 5": lambda row: (row["cost"] or 0) > 5,
        "customer <> 'ann'": _known(lambda row: row["customer"] != "ann", "customer"),
        "paid_on is not null": lambda row: row["paid_on"] is not None,
    },
    "visit": {
        "minutes > 10": _known(lambda row: row["minutes"] > 10, "minutes"),
        "region in ('N', 'S')": _known(lambda row: row["region"] in ("N", "S"), "region"),
        "customer is not null": lambda row: row["customer"] is not None,
    },
}
_ALL_CONDITIONS = {text: read for texts in CONDITIONS.values() for text, read in texts.items()}


def holds(text: str | None, row: Mapping[str, Any]) -> bool:
    """Whether a condition chooses a row: false and null do not."""
    return text is None or _ALL_CONDITIONS[text](row) is True


def _over(left: Number, right: Number) -> Number:
    """A division by nothing or by zero is no number."""
    return left / right if left is not None and right else None


def _with(calculate: Callable[..., Fraction]) -> Callable[..., Number]:
    return lambda *values: None if any(value is None for value in values) else calculate(*values)


# What derived KPIs make of the inputs `one` and `two`, or of `one` alone.
FORMULAS_OF_TWO: Mapping[str, Callable[..., Number]] = {
    "one - two": _with(lambda one, two: one - two),
    "one / two": _over,
    "(one - two) / two": lambda one, two: _over(_with(lambda a, b: a - b)(one, two), two),
    "one * 2 + two": _with(lambda one, two: one * 2 + two),
    "one * two": _with(lambda one, two: one * two),
    "coalesce(one, two)": lambda one, two: two if one is None else one,
    "case when one > two then one else 0 end": lambda one, two: (
        one if one is not None and two is not None and one > two else Fraction(0)
    ),
}
FORMULAS_OF_ONE: Mapping[str, Callable[..., Number]] = {
    "one * 3": _with(lambda one: one * 3),
    "-one": _with(lambda one: -one),
    "coalesce(one, 0)": lambda one: Fraction(0) if one is None else one,
}
FORMULAS = {**FORMULAS_OF_TWO, **FORMULAS_OF_ONE}
