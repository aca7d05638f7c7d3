"""What was the target of a KPI for a holder in a period, as known on a day and as known today?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from kpiledger.folding import AgreementVersion, RecordedEvent, TargetPeriodRow, as_known, fold
from kpiledger.folding import target_period_rows as period_rows
from kpiledger.ledger.contents import EVENT_OF_KIND, recorded_events
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.ledger.subjects import resolve
from kpiledger.periods import Period
from kpiledger.project import Project
from kpiledger.reports.known import as_json, figure, moment, require_known


@dataclass(frozen=True, slots=True)
class AgreedFigure:
    """A target with everything that stands behind it."""

    value: Decimal
    comparison: str
    amber: Decimal | None
    stretch: Decimal | None
    slice: str
    member: str
    agreement: str
    agreement_version: int
    reason_kind: str
    reason_text: str
    evidence: str | None
    proposed_by: str
    approved_by: str
    decided_on: date
    valid_from: date
    valid_to: date
    recorded_at: datetime
    seq: int
    commit: str | None
    entry_hash: str


@dataclass(frozen=True, slots=True)
class TargetAnswer:
    """The targets as known at `known_at` and as known today, one for each agreement and member.

    Both are empty where no target is agreed; `other_grains` then names the grains that have one.
    `differences` says per member which fields the later knowledge changed.
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

    @property
    def has_target(self) -> bool:
        """Whether any target is agreed, as known when asked for."""
        return bool(self.known)


def target_answer(
    ledger: Ledger,
    project: Project | None,
    kpi: str,
    holder: str,
    period: Period,
    known_at: datetime | None = None,
) -> TargetAnswer:
    """Answer from the ledger alone; the project only adds the unit and the names that have no target."""
    held = [entry for entry in read_entries(ledger) if entry.kind in EVENT_OF_KIND]
    holders = [resolve(ledger, entry.content["holder"]) for entry in held]
    _require_names(held, holders, project, kpi, holder)
    own = [entry for entry, name in zip(held, holders, strict=True) if name == holder]
    events = recorded_events(ledger, own)
    asked = events if known_at is None else as_known(events, known_at)
    known, other_grains = _figures(asked, kpi, period)
    today = _figures(events, kpi, period)[0]
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
    )


def render_json(answer: TargetAnswer) -> str:
    """The answer for machines."""
    return json.dumps(as_json(answer), ensure_ascii=False, indent=2)


def render_text(answer: TargetAnswer) -> str:
    """The answer for people."""
    known = f", as known on {moment(answer.known_at)}" if answer.known_at else ""
    lines = [f"{answer.kpi} of {answer.holder} in {answer.period}{known}"]
    lines += _figure_lines(answer.known, answer.unit)
    if not answer.known:
        lines.append("  no target agreed")
        if answer.other_grains:
            lines.append(f"  there is a target by {' and by '.join(answer.other_grains)}")
    if answer.differences:
        lines += ["as known today", *_figure_lines(answer.today, answer.unit)]
        lines += [] if answer.today else ["  no target agreed"]
        lines += ["the difference", *(f"  {difference}" for difference in answer.differences)]
    elif answer.known_at:
        lines.append("as known today: the same")
    return "\n".join(lines)


def _require_names(
    held: Iterable[Entry], holders: Iterable[str], project: Project | None, kpi: str, holder: str
) -> None:
    kpis = {target["kpi"] for entry in held for target in entry.content["targets"]}
    named = set(holders)
    if project is not None:
        kpis |= set(project.kpis)
        named |= project.organisation.holders
    require_known(kpi, kpis, "KPIs")
    require_known(holder, named, "holders")


def _figures(
    events: Iterable[RecordedEvent], kpi: str, period: Period
) -> tuple[tuple[AgreedFigure, ...], tuple[str, ...]]:
    versions = fold(events)
    by_number = {(version.agreement, version.number): version for version in versions}
    rows = [row for row in period_rows(versions, period.reckoning) if row.kpi == kpi and row.superseded_at is None]
    inside = {row.grain for row in rows if row.period_start <= period.end and row.period_end >= period.start}
    found = tuple(
        _figure(row, by_number[row.agreement, row.agreement_version])
        for row in rows
        if row.grain == period.grain.value and row.period_start == period.start
    )
    return found, () if found else tuple(sorted(inside - {period.grain.value}))


def _figure(row: TargetPeriodRow, version: AgreementVersion) -> AgreedFigure:
    source, event = version.source, version.source.event
    return AgreedFigure(
        value=row.target_value,
        comparison=row.comparison,
        amber=row.amber_value,
        stretch=row.stretch_value,
        slice=row.slice,
        member=row.member,
        agreement=row.agreement,
        agreement_version=row.agreement_version,
        reason_kind=event.reason.kind.value,
        reason_text=event.reason.text,
        evidence=event.reason.evidence,
        proposed_by=event.proposed_by,
        approved_by=event.approved_by,
        decided_on=event.decided_on,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        recorded_at=source.recorded_at,
        seq=source.seq,
        commit=source.commit,
        entry_hash=source.entry_hash,
    )


def _differences(known: Sequence[AgreedFigure], today: Sequence[AgreedFigure]) -> tuple[str, ...]:
    before = {(item.agreement, item.slice, item.member): item for item in known}
    after = {(item.agreement, item.slice, item.member): item for item in today}
    found = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        name = f"{key[0]} ({key[1]} {key[2]})" if key[1] != "all" else key[0]
        if old is None or new is None:
            shown = [f"target {figure(item.value) if item else 'not agreed'}" for item in (old, new)]
            found.append(f"{name}: {shown[0]} -> {shown[1]}")
        elif old.seq != new.seq:
            found += [f"{name}: {change}" for change in _changes(old, new)]
    return tuple(found)


def _changes(old: AgreedFigure, new: AgreedFigure) -> list[str]:
    pairs = [(field.name, getattr(old, field.name), getattr(new, field.name)) for field in fields(old)]
    return [f"{name} {as_json(before)} -> {as_json(after)}" for name, before, after in pairs if before != after]


def _figure_lines(figures: Sequence[AgreedFigure], unit: str | None) -> list[str]:
    return [line for item in figures for line in _lines(item, unit)]


def _lines(item: AgreedFigure, unit: str | None) -> list[str]:
    member = "" if item.slice == "all" else f", {item.slice} {item.member}"
    recorded = f"{moment(item.recorded_at)}, entry {item.seq}, commit {item.commit or 'none'}"
    extra = [("amber from", item.amber), ("stretch", item.stretch)]
    return [
        f"  target       {item.comparison.replace('_', ' ')} {figure(item.value)}{f' {unit}' if unit else ''}{member}",
        *(f"  {label:<12} {figure(value)}" for label, value in extra if value is not None),
        f"  agreement    {item.agreement}, version {item.agreement_version}",
        f"  reason       {item.reason_kind}: {item.reason_text}",
        *([f"  evidence     {item.evidence}"] if item.evidence else []),
        f"  proposed by  {item.proposed_by}",
        f"  approved by  {item.approved_by}",
        f"  decided on   {item.decided_on}",
        f"  valid        {item.valid_from} to {item.valid_to}",
        f"  recorded at  {recorded}",
        f"  entry hash   {item.entry_hash}",
    ]


def _unit(project: Project | None, kpi: str) -> str | None:
    if project is None or kpi not in project.kpis:
        return None
    spec = project.kpis[kpi]
    return spec.currency or spec.unit.value
