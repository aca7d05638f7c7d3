"""The history of one holder's KPI: its target's versions with who and why, and its values newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpiledger.pages.addresses import history_address, scorecard_address
from kpiledger.pages.approval import PILOT, Agreed, agreed, standing, standing_of, uncounted
from kpiledger.pages.briefs.view import TalkLine
from kpiledger.pages.changes import TargetChange
from kpiledger.pages.closing import closed_text, restated_text
from kpiledger.pages.dates import cadence_text, day_text, machine_period, period_text, short_period_text
from kpiledger.pages.formatting import Number, NumberStyle, figure, rounded, share, style_of
from kpiledger.pages.history_chart import HistoryChart, history_chart
from kpiledger.pages.notes import DataNote, data_note, sources_of, waived_checks
from kpiledger.pages.noticed import Ahead, Noticed, ahead, noticed
from kpiledger.pages.promise import Promise, has_two_sides, promise, promised_number, variance_of
from kpiledger.pages.provenance import person_text
from kpiledger.pages.queries import CheckRow, ScorecardRow
from kpiledger.pages.scores import SCORE
from kpiledger.pages.series import Series
from kpiledger.pages.tiles import label_of, relative_text
from kpiledger.project import Project
from kpiledger.vocabulary import Status

# A page stays under 60 KB; ten years of months fit, and the table holds the rest.
MOST_VALUES = 120


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of the target, as an auditor asks for it."""

    number: int
    promised_for: str
    before: Number
    after: Number
    relative: str
    agreed: Agreed


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
    shape: str
    word: str
    last_year: Number
    score: str
    agreement: str
    anchor: str
    is_pilot: bool
    definition: str
    closed: str
    restated: str


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
    shape: str
    word: str
    promise: Promise | None
    agreed: Agreed | None
    now: ValueLine | None
    description: str
    notice: str
    note: DataNote | None
    waived: tuple[str, ...]
    chart: HistoryChart
    chart_title: str
    versions: tuple[VersionLine, ...]
    values: tuple[ValueLine, ...]
    has_definitions: bool
    has_scores: bool
    older_count: int
    decisions: tuple[TalkLine, ...] = ()
    noticed: Noticed | None = None
    ahead: Ahead | None = None


def history(project: Project, series: Series, has_scorecard: bool, checks: Sequence[CheckRow] = ()) -> History:
    """The history of a series; it leads back to the holder's scorecard where there is one.

    `checks` are those of the run: what they say against the KPI stands beside its values.
    """
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
        shape=standing(series).shape,
        word=standing(series).word,
        promise=promise(newest, style) if newest else None,
        agreed=agreed(project, series.version) if series.version and series.shows_target else None,
        now=None if newest is None else _value(newest, series, style),
        description=series.kpi.description,
        notice=_notice(project, series),
        note=data_note(project, series.kpi, checks),
        waived=waived_checks(project, series.kpi, checks),
        chart=history_chart(shown, series.changes, series, style),
        chart_title=f"{label}: actual, target and last year by {series.grain}",
        versions=tuple(_version(project, change, series, style) for change in reversed(series.changes)),
        values=values,
        has_definitions=len(series.kpi.versions) > 1,
        has_scores=any(row.score is not None for row in series.rows),
        older_count=max(len(series.rows) - MOST_VALUES, 0),
        noticed=noticed(shown, rounded(style, shown[-1].actual)) if shown else None,
        ahead=ahead(newest, series.grain, rounded(style, newest.actual)) if newest else None,
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
    return VersionLine(
        number=change.number,
        promised_for=_promised_for(change, series),
        before=promised_number(change.old, style),
        after=promised_number(change.new, style),
        relative=relative_text(change.new, series),
        agreed=agreed(project, change.version),
    )


def _promised_for(change: TargetChange, series: Series) -> str:
    """The periods of the two figures, as seasonal targets differ from month to month."""
    starts = short_period_text(change.starts_on, series.grain, series.reckoning)
    if change.compared_on is None or change.compared_on == change.starts_on:
        return starts
    return f"{short_period_text(change.compared_on, series.grain, series.reckoning)} → {starts}"


def _value(row: ScorecardRow, series: Series, style: NumberStyle) -> ValueLine:
    stands = standing_of(row)
    behind = (one for one in series.changes if one.version.seq == row.entry_seq)
    anchor = next((f"v{one.number}" for one in behind), "")
    has_agreement = row.agreement is not None and row.agreement_version is not None
    return ValueLine(
        period=period_text(row.period_start, series.grain, series.reckoning),
        period_start=machine_period(row.period_start, series.grain, series.reckoning),
        actual=figure(row.actual, style),
        target=promised_number(row, style),
        variance=variance_of(row, style),
        variance_share=share(None if has_two_sides(row) else row.variance, row.target_value),
        status=Status(row.status),
        shape=stands.shape,
        word=stands.word,
        last_year=figure(row.same_period_last_year, style),
        score=figure(row.score, SCORE).text,
        agreement=f"{row.agreement} v{row.agreement_version}" if has_agreement else "",
        anchor=anchor,
        is_pilot=uncounted(row) == PILOT,
        definition="" if row.kpi_version is None else f"version {row.kpi_version}",
        closed=closed_text(row),
        restated=restated_text(row, style),
    )
