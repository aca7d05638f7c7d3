"""From a warehouse to a folder of pages: read once, build each page's view, fill its template, write it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from kpiledger.approvals.doubts import NEW_FOR_DAYS
from kpiledger.conflicts.conflict import Conflicts
from kpiledger.conflicts.table import conflicts_in
from kpiledger.ledger.store import Ledger
from kpiledger.pages.addresses import (
    CHECKS,
    CONFLICTS,
    LEDGER,
    OBJECTIVES,
    entry_address,
    history_address,
    scorecard_address,
)
from kpiledger.pages.briefs.periods import newest_periods
from kpiledger.pages.briefs.reading import Talk, read_talk
from kpiledger.pages.briefs.view import Brief, brief, decisions_on
from kpiledger.pages.company import company
from kpiledger.pages.conflicts import conflicts_page
from kpiledger.pages.dates import day_text, moment_text
from kpiledger.pages.entries import entry_page
from kpiledger.pages.history import history
from kpiledger.pages.known_runs import KnownRuns
from kpiledger.pages.ledger import LedgerShown, entries_with_pages, ledger_page, ledger_shown
from kpiledger.pages.objectives import ObjectivesPage, objectives_page
from kpiledger.pages.provenance import Provenance, person_text, provenance
from kpiledger.pages.quality_queries import read_quality
from kpiledger.pages.queries import Readings
from kpiledger.pages.reading import read_all
from kpiledger.pages.run_page import LARGEST, MOST_LINES, RunPage, run_page
from kpiledger.pages.scorecards import Scorecard, scorecard
from kpiledger.pages.series import Series, all_series, by_holder
from kpiledger.pages.statuses import WORDS
from kpiledger.pages.tiles import label_of
from kpiledger.project import Project

BRIEF = "brief.html.j2"
# The page of a run with so many lines of each list.
ViewOfRun = Callable[[int], RunPage]


@dataclass(frozen=True, slots=True)
class PagesReport:
    """The pages written, the first page first."""

    paths: tuple[Path, ...]


def render_pages(
    project: Project,
    warehouse: Path,
    out: Path,
    built_at: datetime,
    run_id: str,
    commit: str | None,
    ledger: Ledger | None = None,
    known: KnownRuns | None = None,
    new_approver_days: int = NEW_FOR_DAYS,
    conflicts: Conflicts | None = None,
) -> PagesReport:
    """Write every page into `out`, which becomes readers' only by the caller's rename.

    The warehouse is opened read-only; `built_at` is UTC. Without a ledger no page leads to its entries; `known` is
    what the journal says of this run and others. Keys and rights to approve are shown as new for
    `new_approver_days`. Conflicts between KPIs are looked for unless they are given. BrokenWorld where a table is
    missing.
    """
    readings = read_all(warehouse)
    from_where = provenance(project, readings, built_at, run_id, commit)
    checked = partial(run_page, project, read_quality(warehouse), run_id, known or KnownRuns(), False)
    shown = ledger_shown(ledger, new_approver_days)
    conflicts = conflicts or conflicts_in(project, warehouse)
    talk = read_talk(warehouse)
    wanted = objectives_page(project, warehouse, readings.as_of_on)
    return _written(out, _pages(project, readings, from_where, shown, conflicts, checked, talk, wanted))


def render_stopped(
    project: Project,
    warehouse: Path,
    out: Path,
    built_at: datetime,
    run_id: str,
    commit: str | None,
    known: KnownRuns,
) -> Path:
    """Write the page of a run that its checks stopped, with the lists of what is to be done; the page."""
    readings = read_quality(warehouse)
    as_of = day_text(readings.as_of_on) if readings.as_of_on else ""
    from_where = Provenance(as_of, moment_text(built_at), run_id[:8], commit[:7] if commit else None)
    templates = _environment(from_where, frozenset(), has_ledger=False)
    return _written(out, _run_pages(templates, partial(run_page, project, readings, run_id, known, True))).paths[0]


def brief_html(
    project: Project, page: Brief, readings: Readings, built_at: datetime, run_id: str, commit: str | None
) -> str:
    """The page of a brief that a command asked for; links are relative to its place among the pages."""
    templates = _environment(provenance(project, readings, built_at, run_id, commit), frozenset(), has_ledger=True)
    return templates.get_template(BRIEF).render(page=page, root="../../")


def _written(out: Path, pages: Iterable[tuple[str, str]]) -> PagesReport:
    paths = []
    for address, text in pages:
        path = out / address
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        paths.append(path)
    return PagesReport(tuple(paths))


def _pages(
    project: Project,
    readings: Readings,
    from_where: Provenance,
    shown: LedgerShown | None,
    conflicts: Conflicts,
    checked: ViewOfRun,
    talk: Talk,
    wanted: ObjectivesPage | None,
) -> Iterator[tuple[str, str]]:
    """Each page's address and text."""
    series = all_series(project, readings)
    entries = entries_with_pages(shown, series) if shown else ()
    templates = _environment(from_where, frozenset(entry.seq for entry in entries), shown is not None)
    series_of = by_holder(series)
    cards = _scorecards(project, readings, series)
    first = company(project, readings, series_of, cards)
    templates.globals["has_objectives"] = wanted is not None
    yield "index.html", templates.get_template("company.html.j2").render(page=first, root="")
    for card in cards:
        own = series_of[card.holder]
        periods = newest_periods(own, readings.as_of_on, project.calendar.reckoning)
        briefs = [brief(project, readings, talk, own, card.holder, period) for period in periods]
        shown_card = replace(card, briefs=tuple((one.period, one.address) for one in briefs))
        text = templates.get_template("scorecard.html.j2").render(page=shown_card, root="")
        yield scorecard_address(card.holder), text
        for told in briefs:
            yield told.address, templates.get_template(BRIEF).render(page=told, root="../../")
    holders = {card.holder for card in cards}
    for one in series:
        page = history(project, one, one.holder in holders, readings.checks)
        page = replace(page, decisions=decisions_on(project, talk, one.holder, one.kpi.kpi))
        yield page.address, templates.get_template("history.html.j2").render(page=page, root="../")
    apart = conflicts_page(project, conflicts)
    if wanted:
        yield OBJECTIVES, templates.get_template("objectives.html.j2").render(page=wanted, root="")
    yield CONFLICTS, templates.get_template("conflicts.html.j2").render(page=apart, root="")
    yield from _run_pages(templates, checked)
    if shown:
        yield LEDGER, templates.get_template("ledger.html.j2").render(page=ledger_page(shown), root="")
        resting = _resting_on(project, series)
        for entry in entries:
            said = entry_page(shown, entry, resting.get(entry.seq, ()))
            yield said.address, templates.get_template("entry.html.j2").render(page=said, root="../")


def _run_pages(templates: Environment, view: ViewOfRun) -> Iterator[tuple[str, str]]:
    """The page of a run, and for each team its list as a page and as a file."""
    for most in MOST_LINES:
        page = view(most)
        text = templates.get_template("checks.html.j2").render(page=page, root="")
        if len(text.encode()) <= LARGEST:
            break
    yield CHECKS, text
    for one in page.todos:
        yield one.address, templates.get_template("todo.html.j2").render(page=one, root="../")
        yield one.file, one.csv


def _resting_on(project: Project, series: Sequence[Series]) -> dict[int, list[tuple[str, str]]]:
    """By entry, the histories of the targets that rest on it, as label and address."""
    found: dict[int, list[tuple[str, str]]] = {}
    for one in series:
        label = " ".join((label_of(project, one), one.part, "for", person_text(project, one.holder))).replace("  ", " ")
        address = history_address(one.holder, one.kpi.kpi, one.slice, one.member)
        for change in one.changes:
            found.setdefault(change.version.seq, []).append((label, address))
    return found


def _scorecards(project: Project, readings: Readings, series: Sequence[Series]) -> tuple[Scorecard, ...]:
    """A scorecard for each holder with a target, in the order of the organisation."""
    series_of = by_holder(tuple(series))
    order = list(project.organisation.units)
    cards = [
        scorecard(project, readings, holder, own)
        for holder, own in series_of.items()
        if any(row.target_value is not None for one in own for row in one.rows)
    ]
    return tuple(sorted(cards, key=lambda card: (_place(order, card.holder), card.holder)))


def _place(order: Sequence[str], holder: str) -> int:
    return order.index(holder) if holder in order else len(order)


def _environment(from_where: Provenance, entries: frozenset[int], has_ledger: bool) -> Environment:
    """Templates that escape everything and stop at a name that does not exist."""
    environment = Environment(
        loader=PackageLoader("kpiledger.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(language="en", provenance=from_where, words=WORDS)
    environment.globals.update(entries=entries, has_ledger=has_ledger, entry_address=entry_address)
    return environment
