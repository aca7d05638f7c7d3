"""One compact row: a KPI without a tile of its own, with its value, last year, a spark line and the teams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpiledger.pages.addresses import history_address, scorecard_address
from kpiledger.pages.approval import Agreed, agreed, standing
from kpiledger.pages.dates import period_text
from kpiledger.pages.formatting import Number, figure, rounded, style_of
from kpiledger.pages.provenance import person_text
from kpiledger.pages.series import Series
from kpiledger.pages.tiles import label_of
from kpiledger.pages.trend import SPARK, Trend, trend, window
from kpiledger.project import Project
from kpiledger.vocabulary import Status


@dataclass(frozen=True, slots=True)
class TeamMark:
    """How one holder stands on a KPI, with the way to its scorecard."""

    label: str
    address: str
    shape: str
    word: str


@dataclass(frozen=True, slots=True)
class KpiRow:
    """What a compact row shows, every figure already written; `part` is empty for the whole."""

    anchor: str
    label: str
    part: str
    address: str
    period: str
    period_start: str
    value: Number
    last_year: Number
    status: Status
    shape: str
    word: str
    agreed: Agreed | None
    spark: Trend
    teams: tuple[TeamMark, ...]


def kpi_row(project: Project, series: Series, others: Sequence[Series]) -> KpiRow:
    """The row of a series; `others` are other holders' series of the same KPI that carry a target."""
    newest = series.newest
    style = rounded(style_of(series.kpi), newest.actual if newest else None)
    return KpiRow(
        anchor=series.kpi.kpi,
        label=label_of(project, series),
        part=" · ".join(word for word in (series.part, "deprecated" if series.kpi.deprecated else "") if word),
        address=history_address(series.holder, series.kpi.kpi, series.slice, series.member),
        period=period_text(newest.period_start, series.grain, series.reckoning) if newest else "",
        period_start=newest.period_start.isoformat() if newest else "",
        value=figure(newest.actual if newest else None, style),
        last_year=figure(newest.same_period_last_year if newest else None, style),
        status=series.status,
        shape=standing(series).shape,
        word=standing(series).word,
        agreed=agreed(project, series.version) if series.version and series.shows_target else None,
        spark=trend(window(series.until_newest, series.grain), (), series, SPARK),
        teams=team_marks(project, others),
    )


def team_marks(project: Project, series: Sequence[Series]) -> tuple[TeamMark, ...]:
    """How each holder of a KPI stands, by the holder's label."""
    holders = [one.holder for one in series]
    marks = [
        TeamMark(
            _mark_label(project, one, is_only=holders.count(one.holder) == 1),
            scorecard_address(one.holder),
            standing(one).shape,
            standing(one).word,
        )
        for one in series
    ]
    return tuple(sorted(marks, key=lambda mark: mark.label))


def _mark_label(project: Project, series: Series, *, is_only: bool) -> str:
    """The holder; with the part of the KPI where the holder has promised several."""
    label = person_text(project, series.holder)
    return label if is_only or not series.part else f"{label}, {series.part}"
