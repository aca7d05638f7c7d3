"""What is a part of a fact's measures that is computed by itself, and how are the parts put side by side?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpiledger.compiling.columns import Column
from kpiledger.compiling.stretched import MEMBER, STRETCH
from kpiledger.compiling.text import Cte, lines
from kpiledger.vocabulary import Aggregation

_KEYS = (*STRETCH, *MEMBER)


@dataclass(frozen=True, slots=True)
class MeasuredPart:
    """CTEs, the last with a row per stretch of days, slice and member, and the columns it has.

    `counts` are the columns that count all rows there; none where the rows are those that a condition chose.
    """

    ctes: Sequence[Cte]
    columns: tuple[Column, ...]
    counts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The CTE that holds it."""
        return self.ctes[-1][0]

    def shown(self, column: Column) -> str:
        """A column beside others: where rows exist and none was chosen, their count is 0."""
        is_count = column.agg in (Aggregation.COUNT, Aggregation.COUNT_DISTINCT)
        if is_count and not self.counts:
            return f"coalesce({self.name}.{column.name}, 0) as {column.name}"
        return f"{self.name}.{column.name}"


def together(parts: Sequence[MeasuredPart], counts: Sequence[str]) -> list[Cte]:
    """The parts side by side, for every stretch of days and member that has rows."""
    counting = [part for part in parts if part.counts]
    found = "\nunion\n".join(f"select {', '.join(_KEYS)} from {part.name}" for part in counting)
    items = [f"all_members.{name}" for name in _KEYS]
    items += [_first([part.name for part in counting if one in part.counts], one) for one in counts]
    items += [part.shown(column) for part in parts for column in part.columns]
    joins = "".join(_joined(part.name) for part in parts)
    return [
        ("all_members", found, "every stretch of days and member that any measure has"),
        ("together", f"select\n{lines(items)}\nfrom all_members{joins}"),
    ]


def _joined(name: str) -> str:
    keys = "\n    and ".join(f"all_members.{key} = {name}.{key}" for key in _KEYS)
    return f"\nleft join {name}\n    on {keys}"


def _first(parts: Sequence[str], column: str) -> str:
    """A column from the first of several parts that has it: those by one date count the same rows."""
    if len(parts) == 1:
        return f"{parts[0]}.{column}"
    return f"coalesce({', '.join(f'{part}.{column}' for part in parts)}) as {column}"
