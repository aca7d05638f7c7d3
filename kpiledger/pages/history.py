"""The history of one holder's KPI: its target's versions with who and why, and its values newest first."""

from __future__ import annotations

from dataclasses import dataclass

from kpiledger.pages.addresses import history_address, scorecard_address
from kpiledger.pages.changes import TargetChange
from kpiledger.pages.dates import cadence_text, day_text, machine_period, moment_text, period_text, short_period_text
from kpiledger.pages.formatting import Number, NumberStyle, difference, figure, share, style_of
from kpiledger.pages.history_chart import HistoryChart, history_chart
from kpiledger.pages.notes import sources_of
from kpiledger.pages.provenance import person_text
from kpiledger.pages.queries import ScorecardRow
from kpiledger.pages.series import Series
from kpiledger.pages.statuses import WORDS
from kpiledger.pages.tiles import label_of
from kpiledger.project import Project
from kpiledger.vocabulary import Status

# A page stays under 60 KB; ten years of months fit, and the table holds the rest.
MOST_VALUES = 120


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of the target, as an auditor asks for it."""

    number: int
    agreement: str
    valid_from: str
    promised_for: str
    before: Number
    after: Number
    event: str
    reason_kind: str
    reason_text: str
    evidence: str | None
    proposed_by: str
    approved_by: str
    decided_on: str
    recorded_at: str
    seq: int
    entry: str
    commit: str | None


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One period's value against its target."""

    period: str
    period_start: str
    actual: Number
    target: Number
    variance: Number
    variance_share: Number
    status: Status
    word: str
    last_year: Number
    agreement: str
    definition: str


@dataclass(frozen=True, slots=True)
class History:
    """A history page."""

    address: str
    title: str
    holder: str
    holder_label: str
    holder_address: str | None
    about: str
    key: str
    status: Status
    word: str
    now: ValueLine | None
    description: str
    notice: str
    chart: HistoryChart
    chart_title: str
    versions: tuple[VersionLine, ...]
    values: tuple[ValueLine, ...]
    has_definitions: bool
    older_count: int


def history(project: Project, series: Series, has_scorecard: bool) -> History:
    """The history of a series; it leads back to the holder's scorecard where there is one."""
    style = style_of(series.kpi)
    shown = series.until_newest[-MOST_VALUES:]
    values = tuple(_value(row, series, style) for row in reversed(series.rows[-MOST_VALUES:]))
    newest = series.newest
    label = label_of(project, series)
    return History(
        address=history_address(series.holder, series.kpi.kpi, series.slice, series.member),
        title=label,
        holder=series.holder,
        holder_label=person_text(project, series.holder),
        holder_address=scorecard_address(series.holder) if has_scorecard else None,
        about=_about(series, style),
        key=_key(project, series),
        status=series.status,
        word=WORDS[series.status],
        now=None if newest is None else _value(newest, series, style),
        description=series.kpi.description,
        notice=_notice(project, series),
        chart=history_chart(shown, series.changes, series, style),
        chart_title=f"{label}: actual, target and last year by {series.grain}",
        versions=tuple(_version(project, change, series, style) for change in reversed(series.changes)),
        values=values,
        has_definitions=len(series.kpi.versions) > 1,
        older_count=max(len(series.rows) - MOST_VALUES, 0),
    )


def _about(series: Series, style: NumberStyle) -> str:
    parts = [style.suffix, series.kpi.timing, cadence_text(series.grain)]
    return " · ".join(part for part in [series.part, *parts] if part)


def _notice(project: Project, series: Series) -> str:
    """That the KPI is on its way out, from when, why and what takes its place; empty where it is not."""
    gone = series.kpi.deprecated
    if gone is None:
        return ""
    said = f"Deprecated from {day_text(gone.on)}: {gone.reason.rstrip('.')}."
    other = project.kpis.get(gone.replaced_by or "")
    return f"{said} Use {other.label_in(project.calendar.language)}." if other else said


def _key(project: Project, series: Series) -> str:
    newest = series.newest
    version = newest.kpi_version if newest and newest.kpi_version is not None else None
    parts = [f"KPI {series.kpi.kpi}"]
    if version is not None:
        parts.append(f"definition version {version}")
    sources = ", ".join(sources_of(project, series.kpi))
    return " · ".join([*parts, f"source {sources}"] if sources else parts)


def _version(project: Project, change: TargetChange, series: Series, style: NumberStyle) -> VersionLine:
    version = change.version
    return VersionLine(
        number=change.number,
        agreement=f"{version.agreement} v{version.agreement_version}",
        valid_from=day_text(version.valid_from),
        promised_for=_promised_for(change, series),
        before=figure(change.before, style),
        after=figure(change.after, style),
        event=version.event,
        reason_kind=version.reason_kind.replace("_", " "),
        reason_text=version.reason_text,
        evidence=version.evidence,
        proposed_by=person_text(project, version.proposed_by),
        approved_by=person_text(project, version.approved_by),
        decided_on=day_text(version.decided_on),
        recorded_at=moment_text(version.recorded_at),
        seq=version.seq,
        entry=version.entry_hash[:10],
        commit=version.commit_id[:7] if version.commit_id else None,
    )


def _promised_for(change: TargetChange, series: Series) -> str:
    """The periods of the two figures, as seasonal targets differ from month to month."""
    starts = short_period_text(change.starts_on, series.grain, series.reckoning)
    if change.compared_on is None or change.compared_on == change.starts_on:
        return starts
    return f"{short_period_text(change.compared_on, series.grain, series.reckoning)} → {starts}"


def _value(row: ScorecardRow, series: Series, style: NumberStyle) -> ValueLine:
    status = Status(row.status)
    has_agreement = row.agreement is not None and row.agreement_version is not None
    return ValueLine(
        period=period_text(row.period_start, series.grain, series.reckoning),
        period_start=machine_period(row.period_start, series.grain, series.reckoning),
        actual=figure(row.actual, style),
        target=figure(row.target_value, style),
        variance=difference(row.variance, style),
        variance_share=share(row.variance, row.target_value),
        status=status,
        word=WORDS[status],
        last_year=figure(row.same_period_last_year, style),
        agreement=f"{row.agreement} v{row.agreement_version}" if has_agreement else "",
        definition="" if row.kpi_version is None else f"version {row.kpi_version}",
    )
