"""The few pieces of SQL text that all compiled models share: header, ref, lists, CTEs, indents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from textwrap import indent

MARK = "-- COMPILED by `kpi compile`"


def header(sources: str, explanation: str) -> str:
    """The first lines of a compiled model: our mark, what it was made from, what it holds."""
    return f"{MARK} from {sources}. Do not edit: change the YAML.\n-- {explanation}\n"


def ref(model: str) -> str:
    """A dbt reference to a model."""
    return "{{ ref('" + model + "') }}"


# A common table expression: name, query, and optionally the comment above it.
Cte = tuple[str, str] | tuple[str, str, str]


def imported(model: str, alias: str | None = None) -> Cte:
    """An import CTE: the whole of a model under its own name or an alias."""
    return alias or model, f"select * from {ref(model)}"


def text_list(values: Iterable[str]) -> str:
    """Names as SQL texts, in their order; only checked names and members of enums come here."""
    return ", ".join(f"'{value}'" for value in values)


def date_literal(day: date) -> str:
    """A date in standard SQL."""
    return f"date '{day.isoformat()}'"


def lines(items: Iterable[str], depth: int = 1) -> str:
    """Items one a line, separated by commas, indented by `depth` steps."""
    return indent(",\n".join(items), "    " * depth)


def with_ctes(ctes: Iterable[Cte], last: str, apart: str = "\n\n") -> str:
    """A query of named CTEs in order, each with an optional comment above, closed by `last`."""
    parts = []
    for name, body, *comment in ctes:
        above = "".join(f"-- {line}\n" for line in comment)
        parts.append(f"{above}{name} as (\n{indent(body, '    ')}\n)")
    return f"with{apart}" + f",{apart}".join(parts) + f"\n\n{last}\n"
