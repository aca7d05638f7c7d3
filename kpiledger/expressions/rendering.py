"""An accepted expression in the SQL of a warehouse, so that every warehouse gives the same answer.

A quotient is one of doubles, and null where it divides by zero: whole figures would be cut in PostgreSQL, and a
zero is an error, null or infinity, each somewhere. Rounding is of decimals, where all of them round half away
from zero. Trimming takes away spaces and nothing else.
"""

from __future__ import annotations

from functools import lru_cache

from kpiledger.expressions.parsing import parse
from kpiledger.expressions.writing import Words, doubled_quotes, written

DEFAULT_DIALECT = "duckdb"


def _escaped(content: str) -> str:
    """A text where a backslash escapes, as in Spark."""
    return "'" + content.replace("\\", "\\\\").replace("'", "\\'") + "'"


_WORDS = {
    DEFAULT_DIALECT: Words(text=doubled_quotes, double="double", trim="trim({}, ' ')"),
    "postgres": Words(text=doubled_quotes, double="double precision", trim="trim({})"),
    "spark": Words(text=_escaped, double="double", trim="trim({})"),
}


@lru_cache(maxsize=16384)
def render(text: str, dialect: str = DEFAULT_DIALECT) -> str:
    """An accepted expression in the SQL of a warehouse's dialect, in lower case and one line."""
    return written(parse(text), _WORDS[dialect])


def columns_in(text: str) -> list[str]:
    """The columns an accepted expression reads, each once, in order of the text."""
    return list(parse(text).columns)
