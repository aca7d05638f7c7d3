"""How the warehouse agrees with a source: the totals, the periods that differ, and the records that differ by class."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kpiledger.pages.formatting import MISSING, Number, NumberStyle, difference, figure, machine
from kpiledger.pages.queries import ReconciliationRow
from kpiledger.quality.report import DifferenceKind
from kpiledger.vocabulary import Outcome, Unit

_COUNT = NumberStyle(Unit.COUNT)
_AMOUNT = NumberStyle(Unit.COUNT, decimals=2)
_DAY = 86_400
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d")
_TOTAL, _ROW = "total", "row"
# Each class as a controller says it, and what it means for them.
CLASSES = {
    DifferenceKind.MISSING: ("Missing", "in the source and not in the warehouse: our figures lack them"),
    DifferenceKind.EXTRA: ("Extra", "in the warehouse and not in the source: deleted there since, or never entered"),
    DifferenceKind.CHANGED: ("Changed", "in both, with another value than the source has now"),
    DifferenceKind.DUPLICATE_KEY: ("Duplicate key", "more than one record under one key: nobody can say which counts"),
    DifferenceKind.UNREADABLE: ("Unreadable", "the source's value is no figure or time where the warehouse has one"),
    DifferenceKind.LATE: ("Late", "made or changed after the extract: no error, and in our figures with the next one"),
}


@dataclass(frozen=True, slots=True)
class TotalLine:
    """One measure of a table over all buckets: the source's total, ours, and how many buckets agree."""

    table: str
    measure: str
    source_value: Number
    warehouse_value: Number
    difference: Number
    tolerance: Number
    buckets: int
    agreeing: int


@dataclass(frozen=True, slots=True)
class BucketLine:
    """One bucket whose totals lie apart, with what is known of it."""

    table: str
    bucket: str
    measure: str
    source_value: str
    warehouse_value: str
    difference: Number
    tolerance: Number
    is_agreed: bool
    explanation: str


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One record that differs; `measure` is empty where the record as a whole does."""

    table: str
    key: str
    measure: str
    source_value: str
    warehouse_value: str
    difference: Number
    explanation: str


@dataclass(frozen=True, slots=True)
class RecordClass:
    """The records that differ in one way."""

    name: str
    means: str
    is_error: bool
    has_values: bool
    count: int
    records: tuple[RecordLine, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Everything that was compared of one source."""

    totals: tuple[TotalLine, ...]
    buckets: tuple[BucketLine, ...]
    more_buckets: int
    classes: tuple[RecordClass, ...]


def reconciled(rows: Sequence[ReconciliationRow], most: int) -> Reconciled:
    """The view of one source's rows of fct_reconciliation; of each list so many lines, then how many more there are."""
    apart = [row for row in rows if row.level == _TOTAL and row.bucket is not None and row.explanation]
    apart += [row for row in rows if row.level == _TOTAL and not row.explanation and not _agrees(row) and row.bucket]
    apart.sort(key=_agrees)
    return Reconciled(
        totals=_totals([row for row in rows if row.level == _TOTAL and row.bucket is not None]),
        buckets=tuple(_bucket(row) for row in apart[:most]),
        more_buckets=max(len(apart) - most, 0),
        classes=tuple(_class(kind, own, most) for kind in CLASSES if (own := _of_kind(rows, kind))),
    )


def _of_kind(rows: Iterable[ReconciliationRow], kind: DifferenceKind) -> list[ReconciliationRow]:
    return [row for row in rows if row.level == _ROW and row.difference_kind == kind]


def _totals(rows: Sequence[ReconciliationRow]) -> tuple[TotalLine, ...]:
    groups: dict[tuple[str, str], list[ReconciliationRow]] = {}
    for row in rows:
        groups.setdefault((row.table_name, row.measure), []).append(row)
    return tuple(
        TotalLine(
            table=table,
            measure=measure,
            source_value=_total(measure, (row.source_value for row in found)),
            warehouse_value=_total(measure, (row.warehouse_value for row in found)),
            difference=_apart(sum((row.difference for row in found if row.difference is not None), Decimal(0))),
            tolerance=_plain(max((row.tolerance for row in found if row.tolerance is not None), default=None)),
            buckets=len(found),
            agreeing=sum(_agrees(row) for row in found),
        )
        for (table, measure), found in groups.items()
    )


def _bucket(row: ReconciliationRow) -> BucketLine:
    return BucketLine(
        table=row.table_name,
        bucket=(row.bucket or "").replace("=", " "),
        measure=row.measure,
        source_value=grouped(row.source_value),
        warehouse_value=grouped(row.warehouse_value),
        difference=_apart(row.difference),
        tolerance=_plain(row.tolerance),
        is_agreed=_agrees(row),
        explanation=(row.explanation or "").replace("behind it: ", "explained by "),
    )


def _class(kind: DifferenceKind, rows: Sequence[ReconciliationRow], most: int) -> RecordClass:
    name, means = CLASSES[kind]
    return RecordClass(
        name=name,
        means=means,
        is_error=kind is not DifferenceKind.LATE,
        has_values=kind in (DifferenceKind.CHANGED, DifferenceKind.UNREADABLE),
        count=len({(row.table_name, row.record_key) for row in rows}),
        records=tuple(_record(row) for row in rows[:most]),
        more=max(len(rows) - most, 0),
    )


def _record(row: ReconciliationRow) -> RecordLine:
    return RecordLine(
        table=row.table_name,
        key=row.record_key or "",
        measure="" if row.measure == "rows" else row.measure,
        source_value=grouped(row.source_value),
        warehouse_value=grouped(row.warehouse_value),
        difference=_distance(row),
        explanation=row.explanation or "",
    )


def _distance(row: ReconciliationRow) -> Number:
    """How far a record's values lie apart; between times the table has seconds, and a reader days or hours."""
    if row.difference is None or not _TIME.match(row.source_value or ""):
        return _apart(row.difference)
    unit, size = ("days", _DAY) if abs(row.difference) >= _DAY else ("hours", 3600)
    text = difference(row.difference / size, NumberStyle(Unit.COUNT, decimals=1)).text
    return Number(machine(row.difference), text, unit)


def _agrees(row: ReconciliationRow) -> bool:
    return row.outcome == Outcome.PASSED


def _total(measure: str, values: Iterable[str | None]) -> Number:
    """The sum over the buckets; missing where one of them is no figure, as a sum without it would mislead.

    Checksums are compared bucket by bucket, and their sum says nothing to a reader.
    """
    if measure.startswith("checksum"):
        return figure(None, _COUNT)
    try:
        return _plain(sum((Decimal(value) for value in values if value is not None), Decimal(0)))
    except InvalidOperation:
        return figure(None, _COUNT)


def grouped(value: str | None) -> str:
    """A figure as a reader has it; any other text as the source wrote it."""
    if value is None:
        return MISSING
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return _plain(number).text if number.is_finite() else value


def _plain(value: Decimal | None) -> Number:
    return figure(value, _style(value))


def _apart(value: Decimal | None) -> Number:
    return difference(value, _style(value))


def _style(value: Decimal | None) -> NumberStyle:
    """Counts and amounts stand in one column: whole figures go without decimals."""
    return _AMOUNT if value is not None and value % 1 else _COUNT
