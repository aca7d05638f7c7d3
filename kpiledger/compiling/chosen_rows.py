"""Which of the fact's rows can a cube do without? Those that none of its conditions can choose."""

from __future__ import annotations

from functools import reduce

from kpiledger.compiling.cubes import Cube, Form
from kpiledger.expressions import Range, both, ranges


def chosen_rows(form: Form, cube: Cube, origin: str) -> str:
    """The where clause of a cube over the rows of `origin`; the first cube has all rows, to count them."""
    if cube is form.cubes[0]:
        return ""
    bounds = [_between(f"{origin}.{name}", one) for name, one in _around(cube).items() if one != Range()]
    if bounds:
        return "\nwhere " + "\n    and ".join(bounds)
    if all(key.only for key in cube.keys):
        return "\nwhere " + "\n    or ".join(f"({key.only})" for key in cube.keys)
    return ""


def _around(cube: Cube) -> dict[str, Range]:
    """By column the figures that it lies between on the rows of all parts."""
    given = [both([ranges(text) for text in part.column.where]) for part in cube.parts]
    names = sorted(set.intersection(*(set(one) for one in given)))
    return {name: reduce(Range.around, (one[name] for one in given)) for name in names}


def _between(column: str, one: Range) -> str:
    if one.low is not None and one.high is not None:
        return f"{column} between {one.low:f} and {one.high:f}"
    return f"{column} >= {one.low:f}" if one.low is not None else f"{column} <= {one.high:f}"
