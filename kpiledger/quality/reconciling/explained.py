"""What is known of a difference, in words that a controller can act on?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from kpiledger.quality.differences import Difference
from kpiledger.quality.reconciling.late import Late, SetAside
from kpiledger.quality.report import DifferenceKind
from kpiledger.quality.totals import Total


def of_total(total: Total, found: Sequence[Difference], late: Sequence[Late]) -> str | None:
    """Why a bucket's figures lie apart, by its records that differ; which of its records came later is said too."""
    said = []
    if total.difference:
        said.append(_within(total) if total.agrees else _by_records(total, found))
    if late:
        said.append(f"{_records(len(late))} came after the extract and {_is_are(len(late))} left out on both sides")
    return "; ".join(said) or None


def of_difference(one: Difference) -> str:
    """What a record's difference means."""
    return _MEANING[one.kind].format(ours=_times(one.source), theirs=_times(one.warehouse), value=one.source)


def of_late(one: Late, aside: SetAside) -> str:
    """Why a record is late and not wrong."""
    if aside.mark is None:
        return f"made or changed at {one.changed}"
    until = "the extract reaches to" if aside.mark.is_of_extract else "the warehouse's newest row is of"
    return f"made or changed at {one.changed}; {until} {aside.mark.text}"


_MEANING = {
    DifferenceKind.MISSING: "in the source and not in the warehouse",
    DifferenceKind.EXTRA: "in the warehouse and not in the source: deleted there since, or never entered",
    DifferenceKind.CHANGED: "the values lie further apart than is accepted",
    DifferenceKind.DUPLICATE_KEY: "the key stands {ours} in the source and {theirs} in the warehouse; "
    "which of the rows to compare cannot be known",
    DifferenceKind.UNREADABLE: "the source holds {value!r}, which cannot be read as the warehouse's type",
}


def _within(total: Total) -> str:
    return f"within the tolerance of {_written(total.tolerance)}"


def _by_records(total: Total, found: Sequence[Difference]) -> str:
    """The records of the bucket, each once, by how they differ in what the total is of."""
    changed = total.measure.removeprefix("sum of ")
    counted = Counter(
        one.kind
        for one in found
        if one.kind not in (DifferenceKind.CHANGED, DifferenceKind.UNREADABLE)
        or (total.measure != "count" and one.measure in changed.removeprefix("checksum of ").split(", "))
    )
    if not counted:
        return "no record of this bucket differs; one that differs stands in another bucket"
    return "behind it: " + ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in sorted(counted.items()))


def _times(count: str | None) -> str:
    return "once" if count == "1" else "not at all" if count == "0" else f"{count} times"


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count:,} records"


def _is_are(count: int) -> str:
    return "is" if count == 1 else "are"


def _written(figure: Decimal) -> str:
    return format(figure.normalize(), "f")
