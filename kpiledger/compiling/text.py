"""The few pieces of SQL text that all compiled models share: header, ref, lists, CTEs, indents."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from textwrap import indent, wrap

from kpiledger.compiling.folding_lines import WIDTH, folded

MARK = "-- COMPILED by `kpi compile`"
_ALL_OF = "select * from "


def header(sources: str, explanation: str) -> str:
    """The first lines of a compiled model: our mark, what it was made from, what it holds."""
    return f"{MARK} from {sources}. Do not edit: change the YAML.\n{comment(explanation)}"


def ref(model: str) -> str:
    """A dbt reference to a model."""
    return "{{ ref('" + model + "') }}"


# A common table expression: name, query, and optionally the comment above it.
Cte = tuple[str, str] | tuple[str, str, str]


def imported(model: str, alias: str | None = None) -> Cte:
    """An import CTE: the whole of a model under its own name or an alias."""
    return alias or model, f"{_ALL_OF}{ref(model)}"


def is_import(body: str) -> bool:
    """Whether a CTE's query is the whole of a model."""
    return body.startswith(_ALL_OF + "{{ ref(")


def text_list(values: Iterable[str]) -> str:
    """Names as SQL texts, in their order; only checked names and members of enums come here."""
    return ", ".join(f"'{value}'" for value in values)


def one_of(column: str, values: Iterable[str]) -> str:
    """The condition that a column has one of some values; over several lines where one would be long."""
    given = list(values)
    listed = text_list(given)
    if len(given) == 1:
        return f"{column} = {listed}"
    if len(column) + len(listed) + 6 <= WIDTH:
        return f"{column} in ({listed})"
    rows = "\n".join(wrap(listed, WIDTH, break_long_words=False))
    return f"{column} in (\n{indent(rows, '        ')}\n    )"


def comment(text: str) -> str:
    """A sentence as lines of comment; a text of the user in it may hold line ends."""
    return "".join(f"-- {line}\n" for line in wrap(text, WIDTH, break_long_words=False))


def date_literal(day: date) -> str:
    """A date in standard SQL."""
    return f"date '{day.isoformat()}'"


def lines(items: Iterable[str], depth: int = 1) -> str:
    """Items one a line, long ones broken, separated by commas, indented by `depth` steps."""
    return indent(",\n".join(map(folded, items)), "    " * depth)


def with_ctes(ctes: Iterable[Cte], last: str, apart: str = "\n\n", inlined: Collection[str] = ()) -> str:
    """A query of named CTEs in order, each with an optional comment above, closed by `last`.

    Those that are `inlined` are read anew by each that names them.
    """
    parts = []
    for name, body, *told in ctes:
        above = "".join(comment(one) for one in told)
        kept = " not materialized" if name in inlined else ""
        parts.append(f"{above}{name} as{kept} (\n{indent(body, '    ')}\n)")
    return f"with{apart}" + f",{apart}".join(parts) + f"\n\n{last}\n"
