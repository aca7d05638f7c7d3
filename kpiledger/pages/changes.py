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
    """One agreement version as one KPI saw it; `old` is None for the first promise, `new` where it ended.

    `old` is of the same period where a later version displaced an earlier, of a year earlier where targets
    follow the season, else of the period just before.
    """

    number: int
    version: AgreementVersionRow
    starts_on: date
    old: TargetRow | None
    new: TargetRow | None

    @property
    def before(self) -> Decimal | None:
        """The figure promised before."""
        return self.old.target_value if self.old else None

    @property
    def after(self) -> Decimal | None:
        """The figure promised from then on."""
        return self.new.target_value if self.new else None

    @property
    def compared_on(self) -> date | None:
        """The period that the figure before was promised for."""
        return self.old.period_start if self.old else None

    @property
    def is_change(self) -> bool:
        """Whether the promised figure, its other bound or its tolerance became another one; what waits changes none."""
        if self.version.is_pending:
            return False
        return self.old is not None and self.new is not None and _figures(self.old) != _figures(self.new)


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
        return TargetChange(number, version, version.valid_from, None, None)
    first = next((row for row in own if row.period_start >= version.valid_from), own[0])
    earlier = [
        row
        for key, rows in rows_of.items()
        if key != _key(version)
        for row in rows
        if seq_of.get(key, version.seq) < version.seq and not row.is_pending
    ]
    return TargetChange(number, version, first.period_start, _before(first, own, earlier, seq_of), first)


def _figures(row: TargetRow) -> tuple[Decimal | None, ...]:
    return row.target_value, row.upper_value, row.within_value


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
