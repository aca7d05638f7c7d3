"""Commands on spot checks: draw, sheet, compare, record, report."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from kpiledger.approvals.signing import own_keys, public_key_of
from kpiledger.commands.world import OUTPUT, World, in_project
from kpiledger.errors import BrokenWorld, WrongUse
from kpiledger.ledger.store import read_entries
from kpiledger.people.naming import is_named
from kpiledger.periods import Period
from kpiledger.project import Project
from kpiledger.reports.known import as_json, require_known
from kpiledger.sources.connecting import connection_url
from kpiledger.specs.expectation import CheckedTable, Expectations
from kpiledger.spot_checks.comparing import answers_by_machine
from kpiledger.spot_checks.doubts import doubts
from kpiledger.spot_checks.drawing import Place
from kpiledger.spot_checks.drawing import draw as draw_sample
from kpiledger.spot_checks.drawing import plan as plan_sample
from kpiledger.spot_checks.judging import MACHINE, PERSON, Judge, judge_sample, signature_problem
from kpiledger.spot_checks.meant import newest_of, of_sheet
from kpiledger.spot_checks.page import sheet_page
from kpiledger.spot_checks.reconciled import reconciled_by_row
from kpiledger.spot_checks.sample import FILLED_FILE, Sample, folder_of, kept_sample
from kpiledger.spot_checks.sheet import read_sheet, sheet_text
from kpiledger.spot_checks.standing import Outcome, SpotCheckStanding, spot_checks
from kpiledger.spot_checks.words import plan_lines, reconciled_line, verdict_lines

SHEET_FILE, PAGE_FILE = "sheet.csv", "sheet.html"
PERIOD = click.option("--period", help="The period of the rows, as 2017-03; without it all rows.")
REASON = click.option("--reason", help="Why a period is drawn once more; recorded and shown.")


@click.group(name="spot-check")
def spot_check() -> None:
    """Sampled rows held against the source system: draw, sheet, compare, record, report."""


@spot_check.command()
@click.argument("table", metavar="SOURCE.TABLE")
@PERIOD
@REASON
@in_project
def plan(world: World, table: str, period: str | None, reason: str | None) -> None:
    """Record the plan and draw nothing yet: an auditor answers with a word that goes into the seed."""
    project = world.project()
    place = _place(world, project, table, period)
    _require_nobody(project, "reason", reason)
    check = plan_sample(place, world.ledger, lambda: datetime.now(UTC), reason)
    for line in plan_lines(check):
        click.echo(line)
    click.echo(f"planned in entry {check.plan.seq}, root {check.plan_root}", err=True)
    click.echo("show both to the auditor, and draw with the word that comes back: --word", err=True)


@spot_check.command()
@click.argument("table", metavar="SOURCE.TABLE")
@PERIOD
@REASON
@click.option("--word", help="What an auditor adds to the seed of the plan that stands; recorded and shown.")
@in_project
def draw(world: World, table: str, period: str | None, reason: str | None, word: str | None) -> None:
    """Record the plan, then draw the rows, and write the sheet; with a word the plan stands already."""
    project = world.project()
    place = _place(world, project, table, period)
    _require_nobody(project, "reason", reason)
    _require_nobody(project, "word", word)
    drawn = draw_sample(place, world.ledger, world.settings.spot_checks, lambda: datetime.now(UTC), reason, word)
    _write(drawn.folder, drawn.check, drawn.sample)
    for line in plan_lines(drawn.check):
        click.echo(line)
    if drawn.problem:
        click.echo(drawn.problem, err=True)
    assert drawn.check.draw is not None
    click.echo(f"planned in entry {drawn.check.plan.seq}, drawn in entry {drawn.check.draw.seq}", err=True)
    click.echo(f"the sheet: {drawn.folder / PAGE_FILE} and {SHEET_FILE} beside it", err=True)


@spot_check.command()
@click.argument("table", metavar="SOURCE.TABLE")
@PERIOD
@in_project
def sheet(world: World, table: str, period: str | None) -> None:
    """Write the newest sample once more, as CSV and as a page to print."""
    check = newest_of(spot_checks(read_entries(world.ledger)), table, period)
    folder = folder_of(world.settings.spot_checks, check.name)
    _write(folder, check, kept_sample(folder, check))
    click.echo(str(folder / SHEET_FILE))
    click.echo(str(folder / PAGE_FILE))


@spot_check.command()
@click.argument("table", metavar="SOURCE.TABLE")
@PERIOD
@in_project
def compare(world: World, table: str, period: str | None) -> None:
    """Let the machine look up the newest sample on the other side, and record what it finds."""
    project = world.project()
    check = newest_of(spot_checks(read_entries(world.ledger)), table, period)
    folder = folder_of(world.settings.spot_checks, check.name)
    sample = kept_sample(folder, check)
    filled = sheet_text(sample, answers_by_machine(_place(world, project, table, period), sample))
    _judged(world, project, check, sample, filled, Judge("kpi", MACHINE))


@spot_check.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--by", "person", required=True, help="Who looked, as p_1002.")
@click.option("--key", type=click.Path(path_type=Path), help="Their SSH key, or its .pub where an agent holds it.")
@in_project
def record(world: World, file: Path, person: str, key: Path | None) -> None:
    """Record a sheet that a person has filled in, signed with their SSH key."""
    project = world.project()
    organisation = project.organisation
    require_known(person, (*organisation.people, *organisation.roles), "people and roles of metrics/organisation.yml")
    text = file.read_bytes().decode("utf-8-sig", errors="replace")
    check = of_sheet(spot_checks(read_entries(world.ledger)), text)
    sample = kept_sample(folder_of(world.settings.spot_checks, check.name), check)
    _judged(world, project, check, sample, text, Judge(person, PERSON, key or _own_key(project, person)))


@spot_check.command()
@click.argument("table", metavar="[SOURCE.TABLE]", required=False)
@PERIOD
@OUTPUT
@in_project
def report(world: World, table: str | None, period: str | None, output: str) -> None:
    """What spot checks show, in plain words; exit 1 where a claim is not shown or a sheet does not hold."""
    found = [
        one
        for one in spot_checks(read_entries(world.ledger))
        if table in (None, one.table_name) and period in (None, one.content["period"])
    ]
    problems = {one.name: _problems(world, one) for one in found}
    if output == "json":
        rows = [{"spot_check": one.name, "parts": as_json(one.parts), "problems": problems[one.name]} for one in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif not found:
        click.echo("no spot check was drawn")
    else:
        for one in found:
            _tell(world, one, problems[one.name])
    failed = any(part.outcome is Outcome.FAILED for one in found for part in one.parts)
    sys.exit(1 if failed or any(problems.values()) else 0)


def _tell(world: World, check: SpotCheckStanding, problems: list[str]) -> None:
    for line in plan_lines(check):
        click.echo(line)
    for line in verdict_lines(check):
        click.echo(f"  {line}")
    for problem in problems:
        click.echo(f"  PROBLEM: {problem}")
    compared = reconciled_line(reconciled_by_row(world.project(), world.settings.warehouse, check))
    if compared:
        click.echo(f"  {compared}")


def _problems(world: World, check: SpotCheckStanding) -> list[str]:
    found = []
    if check.draw is None:
        found.append("it was planned and never drawn: draw it with an auditor's --word, or again with --reason")
    found += doubts(check, world.ledger, world.settings.spot_checks)
    if check.verdict is not None and (why := signature_problem(world.ledger, check)):
        found.append(f"its signature does not hold: {why}")
    return found


def _judged(world: World, project: Project, check: SpotCheckStanding, sample: Sample, text: str, judge: Judge) -> None:
    answers = read_sheet(text, sample)
    people, signers = project.organisation.people, project.signers
    entry = judge_sample(check, sample, text, answers, judge, world.ledger, lambda: datetime.now(UTC), people, signers)
    (folder_of(world.settings.spot_checks, check.name) / FILLED_FILE).write_text(text, encoding="utf-8", newline="")
    signed = "by machine" if judge.method == MACHINE else "signed" if judge.key else "not signed"
    click.echo(f"recorded in entry {entry.seq}, {signed}", err=True)
    now = next(one for one in spot_checks(read_entries(world.ledger)) if one.name == check.name)
    for line in verdict_lines(now):
        click.echo(line)


def _write(folder: Path, check: SpotCheckStanding, sample: Sample) -> None:
    (folder / SHEET_FILE).write_text(sheet_text(sample), encoding="utf-8", newline="")
    (folder / PAGE_FILE).write_text(sheet_page(check, sample), encoding="utf-8", newline="\n")


def _require_nobody(project: Project, what: str, text: str | None) -> None:
    """What is recorded stays, so it names no person."""
    people = project.organisation.people
    named = next((person for person in people if text and is_named(text.encode(), person)), None)
    if named:
        raise WrongUse(f"the {what} names {named}, and what is recorded stays", "write it without naming people")


def _own_key(project: Project, person: str) -> Path | None:
    known = {line.public_key for line in project.signers if line.person == person}
    return next((key for key in own_keys(Path.home()) if public_key_of(key) in known), None)


def _place(world: World, project: Project, named: str, period: str | None) -> Place:
    """The table asked for, with its spot check, in its period."""
    checked: dict[str, tuple[Expectations, CheckedTable]] = {
        f"{one.source}.{table.table}": (one, table)
        for one in project.expectations.values()
        for table in one.tables
        if table.spot_check
    }
    require_known(named, checked, "tables with a spot check")
    expectations, table = checked[named]
    if period and not table.period:
        raise WrongUse(f"{named} has no period", "leave out --period, or name its `period` in expectations")
    try:
        days = Period.parse(period, project.calendar.reckoning) if period else None
    except ValueError as problem:
        raise WrongUse(str(problem), "as 2017-03") from problem
    if not world.settings.warehouse.exists():
        raise BrokenWorld(f"there is no warehouse at {world.settings.warehouse}", "run `kpi run` first")
    url = connection_url(expectations.source, os.environ, world.root, expectations.connection, world.settings.sources)
    return Place(expectations.source, table, days, world.settings.warehouse, url)
