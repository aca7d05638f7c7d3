"""The company by its customer chain: each stage with its KPIs, and one glance at whether the chain performs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpiledger.pages.addresses import scorecard_address
from kpiledger.pages.approval import aside
from kpiledger.pages.formatting import count_of
from kpiledger.pages.notes import DataNote, sources_note
from kpiledger.pages.provenance import in_language, person_text
from kpiledger.pages.queries import Readings
from kpiledger.pages.rows import KpiRow, TeamMark, kpi_row, team_marks
from kpiledger.pages.scorecards import MOST_TILES, Scorecard
from kpiledger.pages.scores import AgreementScore, agreement_scores
from kpiledger.pages.series import Series
from kpiledger.pages.statuses import WORDS, counted, worst
from kpiledger.pages.tiles import Tile, tile
from kpiledger.pages.trend import COMPACT
from kpiledger.project import Project
from kpiledger.specs.chain import ChainStage
from kpiledger.vocabulary import Status


@dataclass(frozen=True, slots=True)
class StageTile:
    """A tile with how each team stands on the same KPI."""

    tile: Tile
    teams: tuple[TeamMark, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the chain: the worst status of what is agreed in it, its KPIs, its departments."""

    stage: str
    label: str
    question: str
    status: Status
    word: str
    said: str
    tiles: tuple[StageTile, ...]
    rows: tuple[KpiRow, ...]
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HolderLink:
    """The way to a holder's scorecard, with how it stands."""

    label: str
    address: str
    status: Status
    counts: tuple[tuple[Status, int], ...]
    aside: tuple[tuple[str, int, str], ...]
    scores: tuple[AgreementScore, ...]


@dataclass(frozen=True, slots=True)
class Company:
    """The first page."""

    title: str
    period: str
    counts: tuple[tuple[Status, int], ...]
    aside: tuple[tuple[str, int, str], ...]
    scores: tuple[AgreementScore, ...]
    stages: tuple[Stage, ...]
    holders: tuple[HolderLink, ...]
    note: DataNote | None


def company(
    project: Project,
    readings: Readings,
    series_of: Mapping[str, Sequence[Series]],
    scorecards: Sequence[Scorecard],
) -> Company:
    """The company's page; a KPI of the project that the scorecard does not hold yet has no row."""
    holder = _company_unit(project)
    own = [one for one in series_of.get(holder, ()) if one.slice == "all"]
    tiled = {one.kpi.kpi for one in own if one.shows_target}
    tiled = set([one.kpi.kpi for one in own if one.kpi.kpi in tiled][:MOST_TILES])
    teams = [one for key, found in series_of.items() if key != holder for one in found if one.shows_target]
    stages = tuple(_stage(project, stage, own, tiled, teams) for stage in project.chain.stages)
    periods = [found.tile.period for stage in stages for found in stage.tiles]
    periods = periods or [row.period for stage in stages for row in stage.rows]
    return Company(
        title=person_text(project, holder),
        period=max(periods, key=periods.count, default=""),
        counts=counted(one.status for one in own if one.has_target),
        aside=aside(own),
        scores=agreement_scores(readings.scores, holder, project.calendar.reckoning),
        stages=stages,
        holders=tuple(_link(card) for card in scorecards),
        note=sources_note(sorted({check.source for check in readings.checks}), readings.checks),
    )


def _stage(
    project: Project,
    stage: ChainStage,
    own: Sequence[Series],
    tiled: set[str],
    teams: Sequence[Series],
) -> Stage:
    here = [one for one in own if one.kpi.chain_stage == stage.stage]
    agreed = [one for one in here if one.has_target]
    held = agreed or [one for one in teams if one.has_target and one.kpi.chain_stage == stage.stage]
    status = worst(one.status for one in held)
    tiles = [_tile(project, one, teams) for one in here if one.kpi.kpi in tiled]
    departments = dict.fromkeys(one.kpi.department for one in here)
    return Stage(
        stage=stage.stage,
        label=in_language(project, stage.label),
        question=stage.question,
        status=status,
        word=WORDS[status],
        said=_said(status, held, bool(agreed)),
        tiles=tuple(one for one in tiles if one is not None),
        rows=tuple(kpi_row(project, one, _same_kpi(one, teams)) for one in here if one.kpi.kpi not in tiled),
        departments=tuple(_department(project, name) for name in departments),
    )


def _tile(project: Project, series: Series, teams: Sequence[Series]) -> StageTile | None:
    built = tile(project, series, None, COMPACT)  # the page says once what the checks found
    return None if built is None else StageTile(built, team_marks(project, _same_kpi(series, teams)))


def _said(status: Status, held: Sequence[Series], is_company: bool) -> str:
    """How many stand so, and whose targets are meant: the company's, or the teams' where it has none."""
    if not held:
        return "nobody is held to a target here"
    alike = sum(one.status is status for one in held)
    return f"{alike} of {count_of(len(held), 'target', 'targets')}{'' if is_company else ' of teams'}"


def _same_kpi(series: Series, others: Sequence[Series]) -> list[Series]:
    return [one for one in others if one.kpi.kpi == series.kpi.kpi]


def _department(project: Project, name: str) -> str:
    known = project.organisation.departments.get(name)
    return in_language(project, known.label) if known else name


def _company_unit(project: Project) -> str:
    """The unit of kind company; projects without one show nothing but team scorecards."""
    units = project.organisation.units.items()
    return next((name for name, unit in units if unit.kind == "company"), "company")


def _link(card: Scorecard) -> HolderLink:
    statuses = [status for status, count in card.counts for _ in range(count)]
    return HolderLink(card.title, scorecard_address(card.holder), worst(statuses), card.counts, card.aside, card.scores)
