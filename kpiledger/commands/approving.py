"""Commands on approvals: approve, and the demo's history of them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kpiledger.approvals.approving import approve as approve_event
from kpiledger.approvals.approving import asked_event, prepared
from kpiledger.approvals.signing import own_keys
from kpiledger.checking import check_folder
from kpiledger.commands.world import World, color, in_project
from kpiledger.demo_history import keeps_any_time, replay
from kpiledger.errors import RunStopped
from kpiledger.finding import Severity
from kpiledger.project import Project
from kpiledger.reports.approving import signing_text
from kpiledger.reports.findings import findings_text

# A signature that does not fit any more is what a new approval mends.
_MENDED_HERE = ("KPI152", "KPI153")


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--event", "which", help="Which event, as 2 or sales_west_2017/2; else the one without an approval.")
@click.option("--key", type=click.Path(path_type=Path), help="Your SSH key, or its .pub where an agent holds it.")
@click.option("--as", "person", help="Who signs, as p_1002; else whose key it is.")
@click.option("--bytes", "only_bytes", is_flag=True, help="Sign nothing: write the bytes that a signature is over.")
@in_project
def approve(
    world: World, file: Path, which: str | None, key: Path | None, person: str | None, only_bytes: bool
) -> None:
    """Sign an agreement event with your SSH key, so that it counts."""
    project = _project(world)
    path = _in_project(world.root, file)
    if only_bytes:
        sys.stdout.buffer.write(asked_event(project, path, which, is_any=True).content)
        return
    event = asked_event(project, path, which)
    signing = prepared(project, event, person, [key] if key else own_keys(Path.home()))
    click.echo(signing_text(project, signing), err=True)
    if sys.stdin.isatty():
        click.confirm(f"Sign as {signing.person}?", abort=True, err=True)
    click.echo(str(approve_event(project, world.root, signing).relative_to(world.root)))
    click.echo("commit it with the agreement; the next `kpi run` records it", err=True)


@click.command(name="demo-history")
@click.option("--unless-exists", is_flag=True, help="Do nothing where there is a ledger, or a server keeps it.")
@in_project
def demo_history(world: World, unless_exists: bool) -> None:
    """Write the demo's ledger as if its three years had been recorded day by day."""
    if unless_exists and (not keeps_any_time(world.ledger) or world.ledger.exists):
        return
    made = replay(world.project(), world.root, world.ledger)
    click.echo(f"{made.entries} entries at {made.moments} moments, {made.first:%Y-%m-%d} to {made.last:%Y-%m-%d}")


def _project(world: World) -> Project:
    project, findings = check_folder(world.root)
    errors = [one for one in findings if one.severity is Severity.ERROR and one.rule not in _MENDED_HERE]
    if project is None or errors:
        raise RunStopped(findings_text(findings, color=color()), "mend what is found first")
    return project


def _in_project(root: Path, file: Path) -> str:
    """The path from the project's root, of a file named from here or from there."""
    here = file if file.is_absolute() else Path.cwd() / file
    found = here if here.exists() else root / file
    return found.resolve().relative_to(root).as_posix() if found.resolve().is_relative_to(root) else str(file)
