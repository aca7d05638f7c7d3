"""How is DuckDB kept from importing pandas, which no answer needs?

For each value bound to a statement DuckDB looks whether it is pandas' NaT, and imports pandas to know: a third of a
second, more than most questions take. Where pandas cannot be imported, DuckDB does without.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_Words = ParamSpec("_Words")
_Answer = TypeVar("_Answer")


def without_pandas(function: Callable[_Words, _Answer]) -> Callable[_Words, _Answer]:
    """The function with pandas out of reach while it runs, unless it was imported before."""

    @wraps(function)
    def without(*words: _Words.args, **options: _Words.kwargs) -> _Answer:
        if "pandas" in sys.modules:
            return function(*words, **options)
        sys.modules["pandas"] = None  # type: ignore[assignment]  # Python's own mark of what cannot be imported
        try:
            return function(*words, **options)
        finally:
            del sys.modules["pandas"]

    return without
