"""Commands on personal data: held, erase, retention, informed."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click

from kpiledger.checking import check_folder
from kpiledger.commands.world import OUTPUT, World, in_project
from kpiledger.errors import BrokenWorld, WrongUse
from kpiledger.ledger_index.opening import open_index
from kpiledger.people import erasing, retention
from kpiledger.people.held import everything_held
from kpiledger.people.individuals import record_informed
from kpiledger.reports.known import as_json, require_known


@click.command()
@click.argument("person", metavar="PERSON")
@OUTPUT
@in_project
def held(world: World, person: str, output: str) -> None:
    """Everything held about a person: ledger, side store, warehouse, pages, files."""
    found = everything_held(world.settings, world.ledger, person)
    if output == "json":
        click.echo(json.dumps(as_json(found), ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(f"{one.store:<10}  {one.place}  {one.what}")
    click.echo(f"{len(found)} things are held about {person}" if found else f"nothing is held about {person}")


@click.command()
@click.argument("person", metavar="PERSON")
@click.option("--reason", help="Why; recorded for good, so it names nobody.")
@click.option("--dry-run", is_flag=True, help="Show what would go and what stays; change nothing.")
@click.option("--run", "is_run", is_flag=True, help="Run the main job afterwards, which makes everything anew.")
@click.pass_context
def erase(context: click.Context, person: str, reason: str | None, dry_run: bool, is_run: bool) -> None:
    """Erase a person everywhere: the ledger forgets the values and still verifies."""
    context.invoke(_erase, person=person, reason=reason, dry_run=dry_run)
    if is_run and not dry_run:
        # In a process of its own: dbt writes the words of its command into its results, and these have the id.
        words = [sys.executable, "-P", "-m", "kpiledger.cli", "--project", str(context.obj), "run"]
        sys.exit(subprocess.run(words, check=False).returncode)


@in_project
def _erase(world: World, person: str, reason: str | None, dry_run: bool) -> None:
    if dry_run:
        with open_index(world.settings, world.ledger) as index:
            _show(world.root, erasing.plan(world.settings, world.ledger, index, person))
        return
    if not reason:
        raise WrongUse("erasing needs a reason", "write --reason 'asked for on 2026-01-05'")
    done = erasing.erase_everywhere(world.settings, world.ledger, person, reason, lambda: datetime.now(UTC))
    click.echo(f"erased: {done.values} values, recorded in entry {done.entry.seq}")
    _listed("removed, to be made anew", [_short(world.root, path) for path in done.removed])
    _listed("erased in", [_short(world.root, path) for path in done.journals])
    _listed("stays", [f"{one.what}: {one.why}" for one in done.stays])
    click.echo("`kpi run` makes what was removed anew")


@click.command(name="retention")
@click.option("--apply", "is_applied", is_flag=True, help="Erase what is due.")
@OUTPUT
@in_project
def retention_command(world: World, is_applied: bool, output: str) -> None:
    """What about people has been kept long enough, by `retention:` in kpiledger.yml."""
    retention.require_something(world.settings)
    now = datetime.now(UTC)
    project, _ = check_folder(world.root)
    if project is None:
        raise BrokenWorld(f"there are no specs in {world.root / 'metrics'}", "`kpi check` says what is missing")
    found = retention.due(world.settings, project, world.ledger, now.date())
    entries = retention.apply(world.settings, world.ledger, found, lambda: now) if is_applied else []
    if output == "json":
        rows = [{**as_json(one), "kept": one.kept.commitment} for one in found]
        click.echo(json.dumps({"due": rows, "entries": [entry.seq for entry in entries]}, indent=2))
        return
    for one in found:
        of = f"entr{'y' if len(one.entries) == 1 else 'ies'} {', '.join(map(str, one.entries))}"
        still = f"; still in {one.in_the_way}, take it out there first" if one.in_the_way else ""
        click.echo(f"{one.kind.value}  due since {one.due_on}  {of}  {one.kept.commitment[:12]}{still}")
    click.echo(f"{len(found)} values are due" if found else "nothing is due")
    for entry in entries:
        click.echo(f"erased: {len(entry.content['commitments'])} values, recorded in entry {entry.seq}")
    if entries:
        click.echo("what runs had made was removed; `kpi run` makes it anew")


@click.command()
@click.option("--holder", required=True, help="The person who was told, as p_1008.")
@click.option("--on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day.")
@click.option("--by", required=True, help="The role or person who told them.")
@click.option("--agreement", help="The agreement, where it was about one; else all that was decided by that day.")
@in_project
def informed(world: World, holder: str, on: datetime, by: str, agreement: str | None) -> None:
    """Record that a person was told of the KPIs they are held to."""
    project = world.project()
    people, roles = project.organisation.people, project.organisation.roles
    if holder not in people:
        raise WrongUse(f"`{holder}` is no person of metrics/organisation.yml", "units and roles need no notice")
    if by not in people and by not in roles:
        raise WrongUse(f"`{by}` is no role or person of metrics/organisation.yml", "name the role that told them")
    if agreement:
        own = [event.agreement for file in project.agreements if file.holder == holder for event in file.events]
        require_known(agreement, own, f"agreements of {holder}")
    day: date = on.date()
    notice = world.settings.notice
    entry = record_informed(world.ledger, holder, day, by, lambda: datetime.now(UTC), tuple(people), agreement, notice)
    click.echo(f"recorded in entry {entry.seq}: told on {day} by {by}")


def _show(root: Path, found: erasing.Plan) -> None:
    for place in found.in_the_way:
        click.echo(f"in the way  {place.path}:{place.line}: {place.excerpt.strip() or 'named after the person'}")
    click.echo(f"would go    {found.values} values of the side store, named by {len(found.entries)} entries")
    _listed("would be removed, to be made anew", [_short(root, path) for path in found.removed])
    _listed("would be erased in", [_short(root, path) for path in found.journals])
    _listed("stays", [f"{one.what}: {one.why}" for one in found.stays])


def _listed(head: str, lines: list[str]) -> None:
    for line in lines:
        click.echo(f"{head}  {line}")


def _short(root: Path, path: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
