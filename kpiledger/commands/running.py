"""Commands that make things: run, pages, demo-sources."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib.metadata import entry_points
from pathlib import Path

import click

from kpiledger.commands.world import World, in_project
from kpiledger.errors import BrokenWorld
from kpiledger.rerender import render_again
from kpiledger.sources import FAULTS, build_demo_sources


@click.command()
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day that the numbers are as of.")
@click.option("--full-refresh", is_flag=True, help="Compute everything anew, incremental facts as well.")
@click.option("--no-extract", is_flag=True, help="Use the extracts that there are, and ask no source for new ones.")
@in_project
def run(world: World, as_of: datetime | None, full_refresh: bool, no_extract: bool) -> None:
    """The main job, start to finish: record, build, check, publish."""
    world.settings.build.mkdir(parents=True, exist_ok=True)
    found = list(entry_points(group="kpiledger.run"))
    if not found:
        raise BrokenWorld("no orchestration is installed", "install the project with its `orchestration` package")
    execute: Callable[[Path, date | None, Callable[[str], None], bool, bool], int] = found[0].load()
    day = as_of.date() if as_of else None
    sys.exit(execute(world.root, day, lambda line: click.echo(line, err=True), full_refresh, not no_extract))


@click.command()
@in_project
def pages(world: World) -> None:
    """Render the pages of the published warehouse anew."""
    report = render_again(world.project(), world.settings, datetime.now(UTC))
    click.echo(f"{len(report.paths)} pages, begin with {world.settings.pages / 'index.html'}")


@click.command(name="demo-sources")
@click.option("--faults", is_flag=True, help="Put the documented faults into them.")
@in_project
def demo_sources(world: World, faults: bool) -> None:
    """Make the demo's source systems (SQLite) from the seeds."""
    for path in build_demo_sources(world.root / "seeds", world.settings.sources, faults).values():
        click.echo(str(path))
    if faults:
        click.echo(f"{len(FAULTS)} faults put in; docs/guide/faults.md lists them")
