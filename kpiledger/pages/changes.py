"""How a target came to be what it is: each version of it, what it was before, and why it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kpiledger.pages.queries import AgreementVersionRow, TargetRow
from kpiledger.periods import add_months

VersionKey = tuple[str, int]


@dataclass(frozen=True, slots=True)
class TargetChange:
    """One agreement version as one KPI saw it; `before` is None for the first promise.

    `compared_on` is the period that `before` was promised for: the same one where a later version
    displaced an earlier, a year earlier where targets follow the season, else the one just before.
    """

    number: int
    version: AgreementVersionRow
    starts_on: date
    before: Decimal | None
    compared_on: date | None
    after: Decimal | None

    @property
    def is_change(self) -> bool:
        """Whether the promised figure became another one."""
        return self.before is not None and self.after is not None and self.before != self.after


def target_changes(targets: Sequence[TargetRow], versions: Iterable[AgreementVersionRow]) -> tuple[TargetChange, ...]:
    """The versions behind the target rows of one holder, KPI, slice, member and grain, oldest first."""
    rows_of: dict[VersionKey, list[TargetRow]] = {}
    for row in targets:
        rows_of.setdefault((row.agreement, row.agreement_version), []).append(row)
    agreements = {agreement for agreement, _ in rows_of}
    concerned = sorted(
        (
            version
            for version in versions
            if _key(version) in rows_of or (version.event == "retired" and version.agreement in agreements)
        ),
        key=lambda version: (version.valid_from, version.seq),
    )
    seq_of = {_key(version): version.seq for version in concerned}
    return tuple(_change(number, version, rows_of, seq_of) for number, version in enumerate(concerned, start=1))


def _change(
    number: int,
    version: AgreementVersionRow,
    rows_of: Mapping[VersionKey, list[TargetRow]],
    seq_of: Mapping[VersionKey, int],
) -> TargetChange:
    own = sorted(rows_of.get(_key(version), ()), key=lambda row: row.period_start)
    if not own:
        return TargetChange(number, version, version.valid_from, None, None, None)
    first = next((row for row in own if row.period_start >= version.valid_from), own[0])
    earlier = [
        row
        for key, rows in rows_of.items()
        if key != _key(version)
        for row in rows
        if seq_of.get(key, version.seq) < version.seq
    ]
    before = _before(first, own, earlier, seq_of)
    return TargetChange(
        number,
        version,
        first.period_start,
        before.target_value if before else None,
        before.period_start if before else None,
        first.target_value,
    )


def _before(
    first: TargetRow, own: Sequence[TargetRow], earlier: Sequence[TargetRow], seq_of: Mapping[VersionKey, int]
) -> TargetRow | None:
    def newest(rows: Iterable[TargetRow]) -> TargetRow | None:
        return max(
            rows,
            key=lambda row: (row.period_start, seq_of[(row.agreement, row.agreement_version)]),
            default=None,
        )

    same = newest(row for row in earlier if row.period_start == first.period_start)
    previous = newest(row for row in earlier if row.period_start < first.period_start)
    if same or previous is None:
        return same
    if len({row.target_value for row in own}) > 1 or _is_seasonal(previous, earlier):
        a_year_before = add_months(first.period_start, -12)
        return newest(row for row in earlier if row.period_start == a_year_before) or previous
    return previous


def _is_seasonal(row: TargetRow, rows: Iterable[TargetRow]) -> bool:
    return any(
        other.target_value != row.target_value
        for other in rows
        if (other.agreement, other.agreement_version) == (row.agreement, row.agreement_version)
    )


def _key(version: AgreementVersionRow) -> VersionKey:
    return (version.agreement, version.agreement_version)
