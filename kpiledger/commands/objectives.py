"""Commands on what is wanted: alignment, checkin."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import click

from kpiledger.commands.world import OUTPUT, World, in_project
from kpiledger.errors import WrongUse
from kpiledger.ledger.store import read_entries
from kpiledger.objectives.alignment import align, file_of
from kpiledger.objectives.check_ins import CheckIn, check_ins, record_check_in, year_of
from kpiledger.objectives.loose_ends import overdue
from kpiledger.objectives.standing import Computed, computed, with_check_ins
from kpiledger.project import Project
from kpiledger.reports import alignment as told
from kpiledger.reports.known import as_json, require_known

_FOR_PROGRAMS = {"json": told.render_json, "csv": told.render_csv}


@click.command()
@click.option("--year", type=int, help="The year of the objectives; that of the as-of date if not said.")
@click.option("--output", type=click.Choice(["text", "json", "csv"]), default="text", help="How to print the answer.")
@in_project
def alignment(world: World, year: int | None, output: str) -> None:
    """The line from vision to objectives, key results, KPIs and targets, with its loose ends."""
    project = world.project()
    found, as_of_on = _found(world, project)
    line = align(project, file_of(project, year, as_of_on), found, as_of_on)
    text = _FOR_PROGRAMS[output](line) if output in _FOR_PROGRAMS else told.render_text(line, project)
    click.echo(text.rstrip("\n"))


@click.command()
@click.argument("key_result", metavar="[KEY_RESULT]", required=False)
@click.option("--confidence", type=click.FloatRange(0, 1), help="How sure it is that it will be reached, 0 to 1.")
@click.option("--by", metavar="ROLE", help="The role or person who says so.")
@click.option("--note", help="What to remember; it names nobody.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day it was said; today if not given.")
@OUTPUT
@in_project
def checkin(
    world: World,
    key_result: str | None,
    confidence: float | None,
    by: str | None,
    note: str | None,
    on: datetime | None,
    output: str,
) -> None:
    """Note how sure somebody is that a key result will be reached; without one, list those that are overdue."""
    project = world.project()
    if key_result is None:
        _list_overdue(world, project, output)
        return
    if confidence is None or by is None:
        raise WrongUse("a check-in says how sure who is", "write --confidence 0.7 --by head_of_sales")
    organisation, now = project.organisation, datetime.now(UTC)
    known = [one.id for file in project.objectives for objective in file.objectives for one in objective.key_results]
    require_known(key_result, known, "key results of metrics/objectives")
    require_known(by, (*organisation.people, *organisation.roles), "people and roles of metrics/organisation.yml")
    day = on.date() if on else now.date()
    # As it was typed: 0.7 is not the nearest double.
    sure = Decimal(str(confidence))
    said = CheckIn(key_result, year_of(project, key_result, day), day, by, sure, note)
    entry = record_check_in(world.ledger, said, tuple(organisation.people), lambda: now)
    click.echo(f"recorded in entry {entry.seq}: {by} is {sure:.0%} sure of {key_result} of {said.year} on {day}")
    click.echo("the next `kpi run` shows it")


def _list_overdue(world: World, project: Project, output: str) -> None:
    found, as_of_on = _found(world, project)
    ends = list(overdue(project, file_of(project, None, as_of_on), found.standings, as_of_on))
    if output == "json":
        listed = [{"key_result": end.name, "last_on": as_json(end.last_on)} for end in ends]
        click.echo(json.dumps({"as_of_on": as_of_on.isoformat(), "overdue": listed}, indent=2))
        return
    for end in ends:
        click.echo(f"{end.name}: {end.told}")
    click.echo(f"{len(ends)} check-ins are overdue as of {as_of_on}" if ends else "no check-in is overdue")


def _found(world: World, project: Project) -> tuple[Computed, date]:
    """What the last run computed with what was said by its as-of date, and that day."""
    found = computed(world.settings.warehouse)
    as_of_on = found.as_of_on or project.calendar.as_of or datetime.now(UTC).date()
    if world.ledger.exists:
        said = check_ins(world.ledger, read_entries(world.ledger))
        found = Computed(found.as_of_on, with_check_ins(found.standings, said, as_of_on), found.roll_ups)
    return found, as_of_on
