"""How did an agreement, or what is agreed on a KPI, come to be: each version, who, when, why, old and new?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from duckdb import DuckDBPyConnection

from kpiledger.approvals import approvals_of
from kpiledger.folding import AgreementVersion, fold
from kpiledger.folding.approval import NOT_REQUIRED, Approval
from kpiledger.ledger.canonical import decimal_text
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import resolve
from kpiledger.ledger_index.approving import judging_entries
from kpiledger.ledger_index.entries import entries_at, event_entries
from kpiledger.periods import COMMON, PeriodName
from kpiledger.reports.known import as_json, in_one_line, moment, require_known
from kpiledger.specs.agreement import AgreedTarget
from kpiledger.specs.target import Target
from kpiledger.vocabulary import ApprovalState


@dataclass(frozen=True, slots=True)
class TargetChange:
    """What a version changed in the promise for one KPI and member; null where there was or is none."""

    kpi: str
    slice: str
    member: str
    old: Mapping[str, str] | None
    new: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded event: a version of an agreement, or of a KPI's definition."""

    name: str
    version: int
    event: str
    holder: str | None
    valid_from: date
    valid_to: date | None
    decided_on: date | None
    reason_kind: str | None
    reason_text: str
    fired_trigger: str | None
    evidence: str | None
    proposed_by: str
    approved_by: str | None
    changes: tuple[TargetChange, ...]
    is_pilot: bool
    is_pending: bool
    approval: Approval | None
    seq: int
    recorded_at: datetime
    superseded_at: datetime | None
    commit: str | None
    entry_hash: str


@dataclass(frozen=True, slots=True)
class History:
    """The steps of an agreement or of a KPI, in the order in which they were recorded."""

    name: str
    steps: tuple[Step, ...]


def history(ledger: Ledger, index: DuckDBPyConnection, name: str) -> History:
    """The history of an agreement, or of a KPI: its definitions and every agreement step that moves it."""
    is_agreement = bool(index.execute("select 1 from event where agreement = ? limit 1", [name]).fetchall())
    naming = "select distinct agreement from event join target using (seq) where kpi = ?"
    asked = [name] if is_agreement else [agreement for (agreement,) in index.execute(naming, [name]).fetchall()]
    defining = index.execute("select seq from definition where kpi = ?", [name]).fetchall()
    if not asked and not defining:
        require_known(name, _names(index), "recorded KPIs and agreements")
    events = event_entries(index, ledger, asked)
    approvals = approvals_of(ledger, judging_entries(index, ledger, (entry.seq for entry in events)))
    versions = fold(recorded_events(ledger, events), approvals)
    if is_agreement:
        steps = _agreement_steps(versions, approvals)
    else:
        definitions = entries_at(index, ledger, (seq for (seq,) in defining))
        steps = [_definition_step(ledger, entry) for entry in definitions]
        steps += [step for step in _agreement_steps(versions, approvals, name) if step.changes]
    return History(name, tuple(sorted(steps, key=lambda step: step.seq)))


def _names(index: DuckDBPyConnection) -> Iterable[str]:
    query = "select agreement from event union select kpi from target union select kpi from definition"
    return [name for (name,) in index.execute(query).fetchall()]


def render_json(found: History) -> str:
    """The history for machines."""
    return json.dumps(as_json(found), ensure_ascii=False, indent=2)


def render_text(found: History) -> str:
    """The history for people: a block for each step."""
    return "\n\n".join([f"history of {found.name}", *("\n".join(_lines(step)) for step in found.steps)])


def _agreement_steps(
    versions: Iterable[AgreementVersion], approvals: Mapping[str, Approval], kpi: str | None = None
) -> list[Step]:
    """A step for each version, held against the one before it that stands."""
    steps = []
    before: AgreementVersion | None = None
    for version in versions:
        previous = before if before and before.agreement == version.agreement else None
        changes = _changes(previous, version, kpi)
        steps.append(_step(version, changes, approvals.get(version.source.entry_hash, NOT_REQUIRED)))
        before = before if version.is_pending and previous else version
    return steps


def _step(version: AgreementVersion, changes: tuple[TargetChange, ...], approval: Approval) -> Step:
    source, event = version.source, version.source.event
    return Step(
        name=version.agreement,
        version=version.number,
        event=event.event.value,
        holder=source.holder,
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        decided_on=event.decided_on,
        reason_kind=event.reason.kind.value,
        reason_text=event.reason.text,
        fired_trigger=event.reason.trigger,
        evidence=event.reason.evidence,
        proposed_by=event.proposed_by,
        approved_by=event.approved_by,
        changes=changes,
        is_pilot=version.is_pilot,
        is_pending=version.is_pending,
        approval=approval,
        seq=source.seq,
        recorded_at=source.recorded_at,
        superseded_at=version.superseded_at,
        commit=source.commit,
        entry_hash=source.entry_hash,
    )


def _definition_step(ledger: Ledger, entry: Entry) -> Step:
    content = resolve(ledger, entry.content)
    return Step(
        name=content["kpi"],
        version=int(content["version"]),
        event="definition",
        holder=None,
        valid_from=date.fromisoformat(content["valid_from"]),
        valid_to=None,
        decided_on=None,
        reason_kind=None,
        reason_text=content["change"]["reason"],
        fired_trigger=None,
        evidence=None,
        proposed_by=content["change"]["requested_by"],
        approved_by=None,
        changes=(),
        is_pilot=False,
        is_pending=False,
        approval=None,
        seq=entry.seq,
        recorded_at=entry.recorded_at,
        superseded_at=None,
        commit=entry.commit,
        entry_hash=entry.entry_hash,
    )


def _changes(
    before: AgreementVersion | None, version: AgreementVersion, kpi: str | None = None
) -> tuple[TargetChange, ...]:
    """Old and new promise on the version's first day, for each KPI, or one, and member that it moved."""
    day = version.source.event.valid_from
    old = _promises(before, day, kpi) if before else {}
    new = _promises(version, day, kpi)
    return tuple(
        TargetChange(*key, old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    )


def _promises(
    version: AgreementVersion, day: date, kpi: str | None = None
) -> dict[tuple[str, str, str], Mapping[str, str]]:
    """What a version says from a day on; before its own first day, what it begins with."""
    segments = [part for part in version.segments if part.valid_from <= day] or list(version.segments[:1])
    targets: Sequence[AgreedTarget] = segments[-1].targets if segments else ()
    return {
        (target.kpi, target.slice_name, target.member): _promise(target, day)
        for target in targets
        if kpi in (None, target.kpi)
    }


def _promise(target: AgreedTarget, day: date) -> dict[str, str]:
    """A target as named figures; of a target by period, the periods that begin on the day or later.

    All fiscal ones are named: the ledger does not say when they begin.
    """
    form, amber = target.target, target.amber
    by_period = {
        period: value
        for period, value in (form.by_period or {}).items()
        if (begins := _first_day(period)) is None or begins >= day
    }
    figures = {
        f"each {form.grain.value}": form.value,
        **{str(period): value for period, value in sorted(by_period.items())},
        **_bounds(form),
        "amber share": amber.share_of_target if amber else None,
        "amber": amber.absolute if amber else None,
        "amber outside by": amber.outside_by if amber else None,
        "commit": target.commit,
        "stretch": target.stretch,
        "weight": target.weight,
        "influence": target.influence,
        "baseline": target.baseline.value if target.baseline else None,
    }
    named = {name: decimal_text(value) for name, value in figures.items() if value is not None}
    return {"comparison": form.comparison.value.replace("_", " "), **named}


def _bounds(form: Target) -> dict[str, Decimal | None]:
    """What a ramp, a relative figure, or a target of two sides says beside or in the place of a value."""
    ramp, relative = form.ramp, form.relative
    return {
        "ramp from": ramp.start if ramp else None,
        "ramp to": ramp.to if ramp else None,
        **({f"times the {relative.to.value.replace('_', ' ')}": relative.times} if relative else {}),
        "upper": form.upper,
        **{f"upper {period}": value for period, value in sorted((form.upper_by_period or {}).items())},
        "within": form.within,
    }


@lru_cache(maxsize=10_000)  # many targets are for the same periods
def _first_day(name: PeriodName) -> date | None:
    """When a period begins; None where only a fiscal calendar knows it."""
    try:
        return name.in_days(COMMON).start
    except ValueError:
        return None


def change_line(change: TargetChange) -> str:
    """What moved: all of a promise that is new or gone, else only the figures that differ."""
    member = "" if change.slice == "all" else f" ({change.slice} {change.member})"
    if change.old is None or change.new is None:
        before, after = (_all_of(promise) for promise in (change.old, change.new))
        return f"{change.kpi}{member}: {before} -> {after}"
    names = [*change.old, *(name for name in change.new if name not in change.old)]
    moved = [(name, change.old.get(name, "none"), change.new.get(name, "none")) for name in names]
    return f"{change.kpi}{member}: " + ", ".join(f"{name} {old} -> {new}" for name, old, new in moved if old != new)


def _all_of(promise: Mapping[str, str] | None) -> str:
    if promise is None:
        return "no target"
    return " ".join([promise["comparison"], ", ".join(f"{n} {v}" for n, v in promise.items() if n != "comparison")])


def _approval_lines(step: Step) -> list[str]:
    """How the event stands with those who may approve it; nothing where no approval is required."""
    if step.approval is None or step.approval.state is ApprovalState.NOT_REQUIRED:
        return []
    at = f", entry {step.approval.seq}, {moment(step.approval.recorded_at)}" if step.approval.recorded_at else ""
    waits = "; it waits, and changes nothing until it is approved" if step.is_pending else ""
    return [f"  approval  {step.approval.state.value}{at}{waits}"]


def _lines(step: Step) -> list[str]:
    until = f" to {step.valid_to}" if step.valid_to else ""
    who = f"proposed by {step.proposed_by}"
    who += f", approved by {step.approved_by}" if step.approved_by else ""
    who += f", decided on {step.decided_on}" if step.decided_on else ""
    text = in_one_line(step.reason_text)
    reason = f"{step.reason_kind}: {text}" if step.reason_kind else text
    superseded = f", displaced at {moment(step.superseded_at)}" if step.superseded_at else ""
    lines = [
        f"{step.name} version {step.version} ({step.event}{f', {step.holder}' if step.holder else ''})",
        f"  valid     from {step.valid_from}{until}{superseded}{', a trial' if step.is_pilot else ''}",
        f"  reason    {reason}",
        *([f"  trigger   {step.fired_trigger}"] if step.fired_trigger else []),
        *([f"  evidence  {in_one_line(step.evidence)}"] if step.evidence else []),
        f"  who       {who}",
        *_approval_lines(step),
        f"  recorded  {moment(step.recorded_at)}, entry {step.seq}, commit {step.commit or 'none'}",
    ]
    return [*lines, *(f"  {change_line(change)}" for change in step.changes)]
