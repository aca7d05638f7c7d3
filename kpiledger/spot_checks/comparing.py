"""Does the machine find a drawn row on the other side, with the same values? It answers as a person would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from kpiledger.specs.expectation import CheckedTable
from kpiledger.specs.spot_check import SpotDirection
from kpiledger.spot_checks.drawing import Place
from kpiledger.spot_checks.sample import Sample, SamplePart
from kpiledger.spot_checks.sheet import Answer, Answered
from kpiledger.spot_checks.sides import Values, source_side, warehouse_side
from kpiledger.warehouse import open_current


def answers_by_machine(place: Place, sample: Sample) -> list[Answered]:
    """An answer for each row drawn; BrokenWorld where the source cannot be reached."""
    found: list[Answered] = []
    kinds = _kinds(place.warehouse, place.table, sample.columns)
    # A row that the other side has in another period or stratum is found and compared all the same.
    with (
        warehouse_side(place.warehouse, place.table, None) as warehouse,
        source_side(place.source, place.url, place.table, None) as source,
        duckdb.connect(":memory:") as link,
    ):
        for part in sample.parts:
            other = source if part.direction == SpotDirection.WAREHOUSE_TO_SOURCE else warehouse
            looked_up = other.looked_up(part.keys, sample.columns) if part.keys else {}
            found += _answers(link, part, looked_up, kinds)
    return found


def _answers(
    link: duckdb.DuckDBPyConnection, part: SamplePart, found: Mapping[str, Sequence[Values]], kinds: Mapping[str, str]
) -> list[Answered]:
    return [_answer(link, part, key, values, found[key], kinds) for key, values in _rows(part)]


def _rows(part: SamplePart) -> list[tuple[str, Values]]:
    return [(row.key, row.values) for row in part.rows]


def _answer(
    link: duckdb.DuckDBPyConnection,
    part: SamplePart,
    key: str,
    values: Values,
    found: Sequence[Values],
    kinds: Mapping[str, str],
) -> Answered:
    if len(found) != 1:
        said = "there is no such row" if not found else f"the key stands {len(found)} times"
        return Answered(part.name, part.direction, key, Answer.WRONG, said)
    there = found[0]
    apart = [name for name, kind in kinds.items() if not _is_same(link, kind, values.get(name), there.get(name))]
    said = "; ".join(f"{name}: {there.get(name)!r} and not {values.get(name)!r}" for name in apart)
    return Answered(part.name, part.direction, key, Answer.WRONG if apart else Answer.RIGHT, said)


def _is_same(link: duckdb.DuckDBPyConnection, kind: str, ours: str | None, theirs: str | None) -> bool:
    """Whether two texts are one value of the warehouse's type; what cannot be read as it is not the same."""
    if ours is None or theirs is None:
        return ours is theirs
    query = f"select try_cast(? as {kind}) = try_cast(? as {kind})"
    row = link.execute(query, [ours, theirs]).fetchone()
    return bool(row and row[0])


def _kinds(warehouse: Path, table: CheckedTable, columns: Sequence[str]) -> dict[str, str]:
    """The warehouse's type of each column that is compared."""
    with open_current(warehouse) as link:
        rows = link.execute(f'describe staging."{table.model}"').fetchall()
    known = {name: kind for name, kind, *_ in rows}
    return {name: known[name] for name in columns}
