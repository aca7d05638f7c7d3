"""`fct_kpi_value`: the values of all facts in one table, sorted."""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.compiling.text import header, lines, ref, with_ctes

COLUMNS = (
    "kpi", "version", "grain", "span", "period_start", "period_end", "slice", "member",
    "numerator", "denominator", "value", "row_count", "is_complete",
)  # fmt: skip


def value_table(homes: Iterable[str]) -> str:
    """The SQL of `fct_kpi_value` over the `kpi_<fact>` models."""
    columns = lines(COLUMNS)
    parts = "\nunion all\n".join(f"select\n{columns}\nfrom {ref(f'kpi_{home}')}" for home in homes)
    top = header(
        "metrics/kpis/",
        "The values of every KPI. One row per KPI version, grain, span, period, slice and member.",
    )
    order = "order by kpi, version, grain, span, period_start, slice, member"
    return top + with_ctes([("all_values", parts)], f"select * from all_values\n{order}")
