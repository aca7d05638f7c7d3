"""Which closed figures does the published warehouse say are another now? For the questions on restatements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kpiledger.audit.answer import Asked
from kpiledger.audit.closes import rows_of_named
from kpiledger.audit.published import published

COLUMNS = (
    "close", "holder", "kpi", "slice", "member", "period_start", "as_closed", "official", "current", "difference",
    "status_as_closed", "status_current", "cause", "detail", "accepted_in",
)  # fmt: skip
_FOUND = """
    select
        figure, close_period, close_ordinal, holder, kpi, slice, member, period_start, as_closed, official, current,
        difference, status_as_closed, status_current, cause, detail, accepted_seq
    from kpi.fct_restatement
    where ($period is null or close_period = $period) and ($kpi is null or kpi = $kpi)
    order by close_period, figure, holder, kpi, slice, member, grain, span, period_start
"""


def restatements(asked: Asked) -> list[dict[str, Any]]:
    """Every row of the table, narrowed by the words `period` and `kpi`."""
    words: dict[str, object] = {name: asked.words.get(name) for name in ("period", "kpi")}
    with published(asked.settings) as warehouse:
        return rows_of_named(warehouse, _FOUND, words)


def held_figures(rows: Sequence[dict[str, Any]]) -> list[tuple[object, ...]]:
    """The figures that somebody is held to, as an answer shows them."""
    return [
        (
            f"{row['close_period']}/{row['close_ordinal']}", row["holder"], row["kpi"], row["slice"], row["member"],
            row["period_start"], row["as_closed"], row["official"], row["current"], row["difference"],
            row["status_as_closed"], row["status_current"], row["cause"], row["detail"], row["accepted_seq"],
        )
        for row in rows
        if row["figure"] == "scorecard"
    ]  # fmt: skip


def moved(rows: Sequence[tuple[object, ...]]) -> int:
    """How many of such figures have another status."""
    return sum(1 for row in rows if row[10] != row[11])
