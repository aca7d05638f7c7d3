"""What was the target of a KPI for a holder in a period, as known on a day and as known today?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal

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
from kpiledger.reports.known import as_json, figure, in_one_line, moment, require_known
from kpiledger.reports.measured import Measured, value_among
from kpiledger.vocabulary import ApprovalState

_APPROVAL = {
    ApprovalState.APPROVED: "signed",
    ApprovalState.UNAPPROVED: "not signed, and that is required",
    ApprovalState.VOID: "what was signed is something else",
    ApprovalState.REFUSED: "signed by one who may not",
    ApprovalState.NOT_REQUIRED: "no signature required",
}
_PROMISE = (
    "value", "comparison", "amber", "stretch", "upper", "within", "commit_to", "amber_outside_by",
    "reference", "reference_times", "is_pilot", "slice", "member",
)  # fmt: skip
_AGREEMENTS = """
    select distinct event.agreement from event join target using (seq)
    where target.kpi = ? and list_contains(?::varchar[], event.holder) order by event.agreement
"""


@dataclass(frozen=True, slots=True)
class AgreedFigure:
    """A target with everything that stands behind it: the event that named it, which a later version may carry on.

    `value` is null where it follows from data: `reference_times` what was measured in the `reference`.
    """

    value: Decimal | None
    comparison: str
    amber: Decimal | None
    stretch: Decimal | None
    upper: Decimal | None
    within: Decimal | None
    commit_to: Decimal | None
    amber_outside_by: Decimal | None
    reference: str | None
    reference_times: Decimal | None
    is_pilot: bool
    is_binding: bool
    approval_state: str
    slice: str
    member: str
    agreement: str
    agreement_version: int
    named_version: int
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
    `differences` says per member which fields the later knowledge changed. `pending` are the figures of amendments
    that wait for an approval today and would change something: they hold nowhere; `pending_then` those that waited at
    `known_at`. `measured` are the published figures of relative targets, null where nobody looked. `waived` are
    the broken checks behind the KPI's data that are accepted for a while.
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


def render_json(answer: TargetAnswer) -> str:
    """The answer for machines."""
    return json.dumps(as_json(answer), ensure_ascii=False, indent=2)


def render_text(answer: TargetAnswer) -> str:
    """The answer for people."""
    known = f", as known on {moment(answer.known_at)}" if answer.known_at else ""
    lines = [f"{answer.kpi} of {answer.holder} in {answer.period}{known}"]
    lines += _figure_lines(answer.known, answer.unit, answer.measured)
    if not answer.known:
        lines.append("  no target agreed")
        if answer.other_grains:
            lines.append(f"  there is a target by {' and by '.join(answer.other_grains)}")
    if answer.pending_then:
        lines += [
            "what waited for an approval then, and held nowhere",
            *_figure_lines(answer.pending_then, answer.unit),
        ]
    if answer.differences:
        lines += ["as known today", *_figure_lines(answer.today, answer.unit, answer.measured)]
        lines += [] if answer.today else ["  no target agreed"]
        lines += ["the difference", *(f"  {difference}" for difference in answer.differences)]
    elif answer.known_at:
        lines.append("as known today: the same")
    if answer.pending:
        today = " today" if answer.known_at else ""
        lines += [f"what waits for an approval{today}, and holds nowhere", *_figure_lines(answer.pending, answer.unit)]
    if answer.waived:
        lines += ["checks of its data that are waived", *(f"  {one}" for one in answer.waived)]
    return "\n".join(lines)


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
        _figure(row, version)
        for row, version in rows
        if row.grain == period.grain.value and row.period_start == period.start
    )


def _waiting(
    rows: Iterable[tuple[TargetPeriodRow, AgreementVersion]], held: Iterable[AgreedFigure], period: Period
) -> tuple[AgreedFigure, ...]:
    return _asked_for(_of_period([row for row in rows if row[0].is_pending], period), held)


def _asked_for(pending: Iterable[AgreedFigure], today: Iterable[AgreedFigure]) -> tuple[AgreedFigure, ...]:
    """Of the figures of pending events those that would change what holds."""
    held = {_promise(item) for item in today}
    return tuple(item for item in pending if _promise(item) not in held)


def _promise(item: AgreedFigure) -> tuple[object, ...]:
    """What is promised, without who decided it and when."""
    return (item.agreement, *(getattr(item, name) for name in _PROMISE))


def _figure(row: TargetPeriodRow, version: AgreementVersion) -> AgreedFigure:
    source, event = version.source, version.source.event
    return AgreedFigure(
        value=row.target_value,
        comparison=row.comparison,
        amber=row.amber_value,
        stretch=row.stretch_value,
        upper=row.upper_value,
        within=row.within_value,
        commit_to=row.commit_value,
        amber_outside_by=row.amber_outside_by,
        reference=row.reference,
        reference_times=row.reference_times,
        is_pilot=row.is_pilot,
        is_binding=row.is_binding,
        approval_state=row.approval_state,
        slice=row.slice,
        member=row.member,
        agreement=row.agreement,
        agreement_version=row.agreement_version,
        named_version=row.agreement_version if row.is_pending else row.named_version,
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
            shown = [f"target {_promised(item) if item else 'not agreed'}" for item in (old, new)]
            found.append(f"{name}: {shown[0]} -> {shown[1]}")
        elif old.seq != new.seq:
            found += [f"{name}: {change}" for change in _changes(old, new)]
    return tuple(found)


def _changes(old: AgreedFigure, new: AgreedFigure) -> list[str]:
    pairs = [(field.name, getattr(old, field.name), getattr(new, field.name)) for field in fields(old)]
    return [f"{name} {as_json(before)} -> {as_json(after)}" for name, before, after in pairs if before != after]


def _figure_lines(
    figures: Sequence[AgreedFigure], unit: str | None, measured: Sequence[Measured] | None = None
) -> list[str]:
    return [line for item in figures for line in _lines(item, unit, measured)]


def _lines(item: AgreedFigure, unit: str | None, measured: Sequence[Measured] | None) -> list[str]:
    member = "" if item.slice == "all" else f", {item.slice} {item.member}"
    recorded = f"{moment(item.recorded_at)}, entry {item.seq}, commit {item.commit or 'none'}"
    extra = [
        ("amber from", item.amber),
        ("amber within", item.amber_outside_by),
        ("commit", item.commit_to),
        ("stretch", item.stretch),
    ]
    comparison = item.comparison.replace("_", " ")
    return [
        f"  target       {comparison} {_promised(item, unit)}{member}",
        *([f"  it is        {_multiple(item)}"] if item.reference and item.value is not None else []),
        *([f"  it is        {_by_data(item, unit, measured)}"] if item.value is None and measured is not None else []),
        *(["  pilot        a trial that binds nobody"] if item.is_pilot else []),
        *(f"  {label:<12} {figure(value)}" for label, value in extra if value is not None),
        f"  agreement    {item.agreement}, version {item.agreement_version}{_carried(item)}",
        f"  reason       {item.reason_kind}: {in_one_line(item.reason_text)}",
        *([f"  evidence     {in_one_line(item.evidence)}"] if item.evidence else []),
        f"  proposed by  {item.proposed_by}",
        f"  approved by  {item.approved_by} ({_APPROVAL[ApprovalState(item.approval_state)]})",
        f"  decided on   {item.decided_on}",
        f"  valid        {item.valid_from} to {item.valid_to}",
        f"  recorded at  {recorded}",
        f"  entry hash   {item.entry_hash}",
    ]


def _carried(item: AgreedFigure) -> str:
    """Where a target that carries on comes from: what follows is about that version."""
    return f", carried on from version {item.named_version}" if item.named_version != item.agreement_version else ""


def _promised(item: AgreedFigure, unit: str | None = None) -> str:
    """The figure with what belongs to it, or what it is a multiple of where it follows from data."""
    if item.value is None:
        return _multiple(item)
    bounds = f" and {figure(item.upper)}" if item.upper is not None else ""
    bounds += f" within {figure(item.within)}" if item.within else ""
    return f"{figure(item.value)}{bounds}{f' {unit}' if unit else ''}"


def _multiple(item: AgreedFigure) -> str:
    times = figure(item.reference_times) if item.reference_times is not None else ""
    return f"{times} times the {(item.reference or '').replace('_', ' ')}"


def _by_data(item: AgreedFigure, unit: str | None, measured: Sequence[Measured]) -> str:
    """What a target that follows from data comes to, or how it will be computed."""
    value = value_among(measured, (item.agreement, item.agreement_version, item.slice, item.member))
    if value is not None:
        return f"{figure(value)}{f' {unit}' if unit else ''}, by the published figures"
    return "computed by a run: the value a year earlier, by the definition in force in the period; none is published"


def _unit(project: Project | None, kpi: str) -> str | None:
    if project is None or kpi not in project.kpis:
        return None
    spec = project.kpis[kpi]
    return spec.currency or spec.unit.value
