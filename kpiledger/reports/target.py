"""What was the target of a KPI for a holder in a period, as known on a day and as known today?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from duckdb import DuckDBPyConnection

from kpiledger.approvals import approvals_of
from kpiledger.folding import AgreementVersion, TargetPeriodRow, fold
from kpiledger.folding import target_period_rows as period_rows
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.side_store import person_commitment
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import commitment_told, holder_name, resolving
from kpiledger.ledger_index.approving import judging_entries
from kpiledger.ledger_index.entries import event_entries
from kpiledger.ledger_index.privacy import private_text, recorded_value
from kpiledger.periods import Period
from kpiledger.project import Project
from kpiledger.reports.agreed import AgreedFigure, agreed_figure, promised_text, that_would_change
from kpiledger.reports.known import as_json, in_one_line, require_known
from kpiledger.reports.measured import Measured

_AGREEMENTS = """
    select distinct event.agreement from event join target using (seq)
    where target.kpi = ? and list_contains(?::varchar[], event.holder) order by event.agreement
"""


@dataclass(frozen=True, slots=True)
class TargetAnswer:
    """The targets as known at `known_at` and as known today, one for each agreement and member.

    Both are empty where no target is agreed; `other_grains` then names the grains that have one.
    `differences` says per member which fields the later knowledge changed. `pending` are the figures of amendments
    that wait for an approval today and would change something: they hold nowhere; `pending_then` those that waited at
    `known_at`. `measured` are the published figures of relative targets, null where nobody looked; `measured_then`
    those that were known at `known_at`, as far as anything recorded them. `waived` are the broken checks behind the
    KPI's data that are accepted for a while.
    """

    kpi: str
    holder: str
    period: Period
    unit: str | None
    known_at: datetime | None
    known: tuple[AgreedFigure, ...]
    today: tuple[AgreedFigure, ...]
    other_grains: tuple[str, ...]
    differences: tuple[str, ...]
    pending: tuple[AgreedFigure, ...] = ()
    waived: tuple[str, ...] = ()
    pending_then: tuple[AgreedFigure, ...] = ()
    measured: tuple[Measured, ...] | None = None
    measured_then: tuple[Measured, ...] | None = None

    @property
    def has_target(self) -> bool:
        """Whether any target is agreed, as known when asked for."""
        return bool(self.known)


def target_answer(
    ledger: Ledger,
    index: DuckDBPyConnection,
    project: Project | None,
    kpi: str,
    holder: str,
    period: Period,
    known_at: datetime | None = None,
) -> TargetAnswer:
    """Answer from the ledger alone; the project only adds the unit and the names that have no target.

    The index says which agreements promise the KPI to the holder; their events are read and folded.
    """
    cells = [holder, *_commitments(ledger, index, holder)]
    agreements = [name for (name,) in index.execute(_AGREEMENTS, [kpi, cells]).fetchall()]
    if not agreements:
        _require_names(ledger, index, project, kpi, holder)
    seqs = [entry.seq for entry in event_entries(index, ledger, agreements)]
    entries = judging_entries(index, ledger, seqs)
    then = [entry for entry in entries if known_at is None or entry.recorded_at <= known_at]
    rows_then = _rows(ledger, then, kpi, period)
    known, other_grains = _figures(rows_then, period)
    rows = _rows(ledger, entries, kpi, period)
    today = _figures(rows, period)[0]
    return TargetAnswer(
        kpi=kpi,
        holder=holder,
        period=period,
        unit=_unit(project, kpi),
        known_at=known_at,
        known=known,
        today=today,
        other_grains=other_grains,
        differences=_differences(known, today),
        pending=_waiting(rows, today, period),
        waived=_waived(project, kpi),
        pending_then=_waiting(rows_then, known, period) if known_at else (),
    )


def _waived(project: Project | None, kpi: str) -> tuple[str, ...]:
    """The waivers that are not over on the day that the project is as of; without such a day all of them."""
    if project is None or kpi not in project.kpis:
        return ()
    as_of = project.calendar.as_of
    return tuple(
        f"{one.check} of {one.source}.{one.table}, {one.valid_from} to {one.expires_on}, "
        f"approved by {one.approved_by}: {in_one_line(one.reason)}"
        for one in project.waivers_of(project.kpis[kpi])
        if as_of is None or one.expires_on >= as_of
    )


def _commitments(ledger: Ledger, index: DuckDBPyConnection, holder: str) -> list[str]:
    """How a person stands in the index; an erased one by the digits that the tables show."""
    commitment, told = person_commitment(ledger, holder), commitment_told(holder)
    if commitment is not None:
        return [private_text({"commitment": commitment})]
    query = "select distinct holder from event where starts_with(holder, 'commitment:' || ?)"
    return [cell for (cell,) in index.execute(query, [told]).fetchall()] if told else []


def _require_names(ledger: Ledger, index: DuckDBPyConnection, project: Project | None, kpi: str, holder: str) -> None:
    kpis = {name for (name,) in index.execute("select distinct kpi from target").fetchall()}
    cells = (cell for (cell,) in index.execute("select distinct holder from event").fetchall())
    value_of = resolving(ledger)
    named = {holder_name(value_of(recorded_value(cell))) for cell in cells}
    if project is not None:
        kpis |= set(project.kpis)
        named |= project.organisation.holders
    require_known(kpi, kpis, "KPIs")
    require_known(holder, named, "holders")


def _rows(
    ledger: Ledger, entries: Sequence[Entry], kpi: str, period: Period
) -> list[tuple[TargetPeriodRow, AgreementVersion]]:
    """What is promised for a KPI by the events among some entries, and by which version."""
    approvals = approvals_of(ledger, entries)
    versions = fold(recorded_events(ledger, entries), approvals)
    by_number = {(version.agreement, version.number): version for version in versions}
    rows = [
        (row, by_number[row.agreement, row.agreement_version if row.is_pending else row.named_version])
        for row in period_rows(versions, period.reckoning)
        if row.kpi == kpi and row.superseded_at is None
    ]
    # What waits is the event: also a target that it does not name, and that was approved once, waits with it.
    return [
        (replace(row, approval_state=approvals[version.source.entry_hash].state) if row.is_pending else row, version)
        for row, version in rows
    ]


def _figures(
    rows: Iterable[tuple[TargetPeriodRow, AgreementVersion]], period: Period
) -> tuple[tuple[AgreedFigure, ...], tuple[str, ...]]:
    held = [pair for pair in rows if not pair[0].is_pending]
    inside = {row.grain for row, _ in held if row.period_start <= period.end and row.period_end >= period.start}
    found = _of_period(held, period)
    return found, () if found else tuple(sorted(inside - {period.grain.value}))


def _of_period(rows: Iterable[tuple[TargetPeriodRow, AgreementVersion]], period: Period) -> tuple[AgreedFigure, ...]:
    return tuple(
        agreed_figure(row, version)
        for row, version in rows
        if row.grain == period.grain.value and row.period_start == period.start
    )


def _waiting(
    rows: Iterable[tuple[TargetPeriodRow, AgreementVersion]], held: Iterable[AgreedFigure], period: Period
) -> tuple[AgreedFigure, ...]:
    return that_would_change(_of_period([row for row in rows if row[0].is_pending], period), held)


def _differences(known: Sequence[AgreedFigure], today: Sequence[AgreedFigure]) -> tuple[str, ...]:
    before = {(item.agreement, item.slice, item.member): item for item in known}
    after = {(item.agreement, item.slice, item.member): item for item in today}
    found = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        name = f"{key[0]} ({key[1]} {key[2]})" if key[1] != "all" else key[0]
        if old is None or new is None:
            shown = [f"target {promised_text(item) if item else 'not agreed'}" for item in (old, new)]
            found.append(f"{name}: {shown[0]} -> {shown[1]}")
        elif old.seq != new.seq:
            found += [f"{name}: {change}" for change in _changes(old, new)]
    return tuple(found)


def _changes(old: AgreedFigure, new: AgreedFigure) -> list[str]:
    pairs = [(field.name, getattr(old, field.name), getattr(new, field.name)) for field in fields(old)]
    return [f"{name} {as_json(before)} -> {as_json(after)}" for name, before, after in pairs if before != after]


def _unit(project: Project | None, kpi: str) -> str | None:
    if project is None or kpi not in project.kpis:
        return None
    spec = project.kpis[kpi]
    return spec.currency or spec.unit.value
