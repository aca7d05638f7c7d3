"""Distinct counts from rows of bits: each value has a number, and where it occurs the bit of that number is 1.

Such rows of bits add up: over the days of a stretch and the members of a slice they are joined by `or`, and the bits
that are 1 are counted at the end. So the rows that a condition chooses are read once for each slice, however many
periods and spans their days lie in. The numbers are given in blocks: a row of bits is as long as a block.
`kpiledger/compiling/forms.py` says when this pays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kpiledger.compiling.columns import Column, Group, coined
from kpiledger.compiling.expressing import condition_of, counted_value
from kpiledger.compiling.fact_plan import FactPlan
from kpiledger.compiling.fixed import fixed_members
from kpiledger.compiling.incremental import rows_of
from kpiledger.compiling.parts import MeasuredPart
from kpiledger.compiling.rows import member_of
from kpiledger.compiling.stretched import MEMBER, STRETCH
from kpiledger.compiling.text import Cte, lines, one_of

# Long enough that there are few rows, short enough that a block of which little occurs wastes little: 2 KiB.
BLOCK = 16384
_VALUE, _BLOCK, _PLACE, _BITS, _COUNT = "counted__value", "value__block", "value__place", "value__bits", "value__count"
_ALL = "all"


def counted_by_bits(plan: FactPlan, group: Group, stretches: str) -> MeasuredPart:
    """The part with the distinct counts of an expression; it does not count rows."""
    columns = plan.of_group(group)
    value = counted_value(columns[0], plan.dialect)
    numbered, marked, joined, counts, all_counts, counted = (
        coined(word, value, group.time) for word in ("numbered", "marked", "joined", "counts", "all_counts", "counted")
    )
    slices = plan.slices_of([group])
    fixed = {column.name: fixed_members(plan, column.where, slices) for column in columns}
    chosen: list[Cte] = [(coined("chosen", column.name), _chosen(plan, column, numbered)) for column in columns]
    bits = [text for column in columns for text in _marked(plan, column, fixed[column.name])]
    ctes: list[Cte] = [
        (
            numbered,
            _numbered(value, rows_of(plan, group)),
            "each value with a number, in blocks",
        ),
        *chosen,
        (marked, "\nunion all\n".join(bits), "the bit of each value that occurs, by tile of days and member"),
        (joined, _joined(marked, stretches, _bases(slices, fixed)), "all bits of each stretch of days"),
        (counts, _counts(joined), "how many different values occur"),
    ]
    if any(fixed.values()):
        ctes.append((all_counts, _with_fixed(counts, fixed), "where a condition leaves one member, it has them all"))
    ctes.append((counted, _side_by_side(columns, ctes[-1][0])))
    return MeasuredPart(ctes, columns)


def _numbered(value: str, rows: str) -> str:
    number = f"row_number() over (order by {value}) - 1"
    items = [
        f"{value} as {_VALUE}",
        f"cast(({number}) // {BLOCK} as integer) as {_BLOCK}",
        f"cast(({number}) % {BLOCK} as integer) as {_PLACE}",
    ]
    return f"select\n{lines(items)}\nfrom {rows}\nwhere {value} is not null\ngroup by {value}"


def _chosen(plan: FactPlan, column: Column, numbered: str) -> str:
    """The rows that a condition chooses: tile of days, dimensions, and the value's number."""
    rows, tile = rows_of(plan, column.group), f"dim_day.{plan.tile}"
    kept = [f"{rows}.{name}" for name in plan.slices_of([column.group])]
    items = [f"{tile} as tile", *kept, *(f"{numbered}.{name}" for name in (_BLOCK, _PLACE))]
    condition = condition_of(column, plan.dialect)
    return (
        f"select\n{lines(items)}\nfrom {rows}\n"
        f"inner join dim_day\n    on {rows}.{plan.day(column.group.time)} = dim_day.day\n"
        f"inner join {numbered}\n    on {rows}.{counted_value(column, plan.dialect)} = {numbered}.{_VALUE}"
        + (f"\nwhere {condition}" if condition else "")
    )


def _marked(plan: FactPlan, column: Column, fixed: Mapping[str, str]) -> list[str]:
    """The bits of a column by each slice that its condition leaves several members of; as a whole where none is."""
    origin = coined("chosen", column.name)
    cuts = [cut for cut in plan.slices_of([column.group]) if cut not in fixed]
    texts = []
    for cut in cuts or [_ALL]:
        # Grouped by the column as it stands, which is cheaper: rows of bits of one member meet later.
        member = member_of(f"{origin}.{cut}", plan.dialect) if cuts else f"'{_ALL}'"
        items = [f"'{column.name}' as measure", "tile", f"'{cut}' as slice", f"{member} as member", _BLOCK]
        keys = ["tile", *([f"{origin}.{cut}"] if cuts else []), _BLOCK]
        bits = f"bitstring_agg({_PLACE}, 0, {BLOCK - 1}) as {_BITS}"
        texts.append(f"select\n{lines([*items, bits])}\nfrom {origin}\ngroup by\n{lines(keys)}")
    return texts


def _bases(slices: Sequence[str], fixed: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    """The slices whose members make up the whole, and of which columns; one that serves them all where there is one."""
    shared = [cut for cut in slices if not any(cut in members for members in fixed.values())]
    found: dict[str, list[str]] = {}
    for name, members in fixed.items():
        for cut in (shared or [cut for cut in slices if cut not in members])[:1]:
            found.setdefault(cut, []).append(name)
    return found


def _joined(marked: str, stretches: str, bases: Mapping[str, Sequence[str]]) -> str:
    """By each slice, and as a whole from the members of a slice."""
    texts = [_or(marked, stretches, [f"{marked}.{name}" for name in MEMBER], "")]
    for cut, names in bases.items():
        only = "" if len(bases) == 1 else f"\n    and {one_of(f'{marked}.measure', names)}"
        texts.append(_or(marked, stretches, [], f"\nwhere {marked}.slice = '{cut}'{only}"))
    return "\nunion all\n".join(texts)


def _or(marked: str, stretches: str, member: Sequence[str], where: str) -> str:
    about, days = f"{marked}.measure", [f"{stretches}.{day}" for day in STRETCH]
    named = member or [f"'{_ALL}' as {name}" for name in MEMBER]
    items = [about, *days, *named, f"{marked}.{_BLOCK}", f"bit_or({marked}.{_BITS}) as {_BITS}"]
    keys = [about, *days, *member, f"{marked}.{_BLOCK}"]
    return (
        f"select\n{lines(items)}\nfrom {marked}\ninner join {stretches}\n    on {marked}.tile = {stretches}.tile"
        f"{where}\ngroup by\n{lines(keys)}"
    )


def _counts(joined: str) -> str:
    keys = ["measure", *STRETCH, *MEMBER]
    items = [*keys, f"sum(bit_count({_BITS})) as {_COUNT}"]
    return f"select\n{lines(items)}\nfrom {joined}\ngroup by\n{lines(keys)}"


def _with_fixed(counts: str, fixed: Mapping[str, Mapping[str, str]]) -> str:
    texts = [f"select * from {counts}"]
    for name, members in fixed.items():
        for cut, member in members.items():
            items = ["measure", *STRETCH, f"'{cut}' as slice", f"{member} as member", _COUNT]
            where = f"where measure = '{name}'\n    and slice = '{_ALL}'"
            texts.append(f"select\n{lines(items)}\nfrom {counts}\n{where}")
    return "\nunion all\n".join(texts)


def _side_by_side(columns: Sequence[Column], counts: str) -> str:
    keys = [*STRETCH, *MEMBER]
    sums = [f"sum(case when measure = '{column.name}' then {_COUNT} end)" for column in columns]
    items = [f"cast({text} as bigint) as {column.name}" for text, column in zip(sums, columns, strict=True)]
    return f"select\n{lines([*keys, *items])}\nfrom {counts}\ngroup by\n{lines(keys)}"
