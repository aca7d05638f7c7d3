"""Commands that speak with other tools: export and import."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click

from kpiledger.commands.world import OUTPUT, World, color, in_project
from kpiledger.interchange import told
from kpiledger.interchange.dbt import export_dbt, import_dbt
from kpiledger.interchange.given import OPTIONS
from kpiledger.invitations.agreed import agreed_and_waiting
from kpiledger.invitations.calendar import calendar_bytes
from kpiledger.invitations.rhythm import invitations
from kpiledger.reports.findings import findings_text
from kpiledger.reports.known import require_known


@click.group()
def export() -> None:
    """Tell another tool of the KPIs, as far as it is exactly true."""


@export.command(name="dbt")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder; build/export/dbt by default.")
@OUTPUT
@in_project
def export_to_dbt(world: World, out: Path | None, output: str) -> None:
    """Write dbt's semantic YAML, legacy and newer; what dbt cannot say is listed."""
    folder = out or world.settings.build / "export" / "dbt"
    answer = export_dbt(world.project(), folder, world.settings.dialect)
    click.echo(told.as_json(answer) if output == "json" else told.files_text(answer), nl=output == "json")
    click.echo(told.as_text(answer), err=True, nl=False)


@export.command(name="ics")
@click.option("--holder", help="Whose meetings; those of everybody if not said.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File; build/export/ics/ by default.")
@in_project
def export_to_ics(world: World, holder: str | None, out: Path | None) -> None:
    """Write calendar invitations: the rhythm of each agreement in force, and what is to be decided by when."""
    project = world.project()
    if holder is not None:
        require_known(holder, project.organisation.holders, "holders")
    agreed, waiting = agreed_and_waiting(project, world.settings.warehouse, holder)
    found = [meeting for one in agreed for meeting in invitations(one, project.calendar.reckoning)]
    file = out or world.settings.build / "export" / "ics" / f"{holder or 'everybody'}.ics"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(calendar_bytes(project, found, waiting))
    due = sum(1 for one in found if one.days != one.cancelled)
    left = sum(len(one.cancelled) for one in found) + sum(1 for one in waiting if not one.is_open)
    written = f"{file}: {due} meetings, {sum(1 for one in waiting if one.is_open)} review items"
    click.echo(f"{written}, {left} days cancelled" if left else written)


@click.group(name="import")
def import_group() -> None:
    """Take facts and KPIs from another tool, as far as they are exactly ours."""


def _kpi_keys(function: Callable[..., None]) -> Callable[..., None]:
    for key, option in reversed(OPTIONS.items()):
        function = click.option(option, key, help=f"`{key}` of KPIs whose meta does not say it.")(function)
    return function


@import_group.command(name="dbt")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@_kpi_keys
@click.option("--source", multiple=True, help="A source system of facts whose meta does not say it; may be repeated.")
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="First day of definitions; else the calendar's.")
@OUTPUT
@in_project
def import_from_dbt(
    world: World,
    paths: tuple[Path, ...],
    source: tuple[str, ...],
    valid_from: datetime | None,
    output: str,
    **keys: str | None,
) -> None:
    """Write facts and KPIs from dbt's legacy semantic YAML; what is not exactly ours is listed."""
    options = {key: value for key, value in keys.items() if value is not None}
    first_day = valid_from.date() if valid_from else None
    answer = import_dbt(world.root, paths, options, source, first_day, world.settings.dialect)
    if answer.findings:
        click.echo(findings_text(answer.findings, color=color()), err=True)
    click.echo(told.as_json(answer) if output == "json" else told.files_text(answer), nl=output == "json")
    click.echo(told.as_text(answer), err=True, nl=False)
    sys.exit(1 if answer.findings or answer.left_out else 0)
