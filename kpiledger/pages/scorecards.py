"""The scorecard of one holder: at most eight tiles, counts by status, and what to talk about first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kpiledger.pages.approval import Agreed, agreed, aside
from kpiledger.pages.notes import data_note
from kpiledger.pages.provenance import person_text
from kpiledger.pages.queries import Readings
from kpiledger.pages.rows import KpiRow, kpi_row
from kpiledger.pages.scores import AgreementScore, agreement_scores
from kpiledger.pages.series import Series
from kpiledger.pages.statuses import counted, weight_of
from kpiledger.pages.tiles import Tile, tile
from kpiledger.pages.trend import TILE, TILE_OF_COLUMNS
from kpiledger.project import Project
from kpiledger.vocabulary import Status

# More than eight on a screen and none of them is looked at.
MOST_TILES = 8


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A holder's page; `more` are the KPIs beyond the eighth, `talk` the tiles from worst to best, `briefs` pages."""

    holder: str
    title: str
    period: str
    columns: int
    talk_columns: int
    counts: tuple[tuple[Status, int], ...]
    aside: tuple[tuple[str, int, str], ...]
    scores: tuple[AgreementScore, ...]
    agreements: tuple[Agreed, ...]
    has_bands: bool
    has_limits: bool
    tiles: tuple[Tile, ...]
    talk: tuple[Tile, ...]
    more: tuple[KpiRow, ...]
    briefs: tuple[tuple[str, str], ...] = ()


def scorecard(project: Project, readings: Readings, holder: str, series: Sequence[Series]) -> Scorecard:
    """The scorecard of a holder over its series that carry a target, heaviest first."""
    held = [one for one in series if any(row.target_value is not None for row in one.rows)]
    shown, rest = held[:MOST_TILES], held[MOST_TILES:]
    columns = _columns(len(shown))
    size = TILE_OF_COLUMNS.get(columns, TILE)
    built = (tile(project, one, data_note(project, one.kpi, readings.checks), size) for one in shown)
    tiles = tuple(one for one in built if one is not None)
    return Scorecard(
        holder=holder,
        title=person_text(project, holder),
        period=_common_period(tiles),
        columns=columns,
        talk_columns=columns - len(tiles) % columns,
        counts=counted(one.status for one in held if one.has_target or not one.shows_target),
        aside=aside(held),
        scores=agreement_scores(readings.scores, holder, project.calendar.reckoning),
        agreements=_agreements(project, held),
        has_bands=any(one.trend.inside for one in tiles),
        has_limits=any(one.trend.limits for one in tiles),
        tiles=tiles,
        talk=tuple(sorted(tiles, key=_urgency)),
        more=tuple(kpi_row(project, one, ()) for one in rest),
    )


def _columns(count: int) -> int:
    """Columns on a wide screen, so that rows are full or the list of topics fills what is left."""
    return {0: 1, 1: 2, 2: 3, 3: 4, 4: 3, 5: 3, 6: 4}.get(count, 4)


def _common_period(tiles: Sequence[Tile]) -> str:
    """The period that most tiles speak of; a tile of another period names its own."""
    common = Counter(one.period for one in tiles).most_common(1)
    return common[0][0] if common else ""


def _urgency(tile: Tile) -> tuple[int, bool]:
    """The worst status first, and of those what is more than noise."""
    return weight_of(tile.status), not (tile.noticed and tile.noticed.is_signal)


def _agreements(project: Project, series: Sequence[Series]) -> tuple[Agreed, ...]:
    """The versions behind the newest targets and those that wait to change them, each once, oldest entry first."""
    found = {one.version.seq: one.version for one in series if one.version and one.shows_target}
    behind = {version.agreement for version in found.values()}
    waiting = (change.version for one in series for change in one.changes if change.version.is_pending)
    found |= {version.seq: version for version in waiting if version.agreement in behind}
    return tuple(agreed(project, found[seq]) for seq in sorted(found))
