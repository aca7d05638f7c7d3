"""The command that takes extracts of the source systems: `kpi extract`."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import UTC, datetime

import click

from kpiledger.claim import claim, release
from kpiledger.commands.world import OUTPUT, World, in_project
from kpiledger.extracts.history import published_inputs
from kpiledger.extracts.one_table import Taken, Taking
from kpiledger.extracts.taking import take_extracts


@click.command()
@click.argument("sources", nargs=-1)
@click.option("--accept", metavar="REASON", help="Why another type, or fewer rows than before, is right.")
@OUTPUT
@in_project
def extract(world: World, sources: tuple[str, ...], accept: str | None, output: str) -> None:
    """Take a retained extract of each source's tables, and keep it only where it is fit."""
    settings = world.settings
    project = world.project()
    settings.build.mkdir(parents=True, exist_ok=True)
    published = published_inputs(world.ledger, settings.current)
    taking = Taking(settings.extracts, settings.keep_extracts, datetime.now(UTC), accept, published)
    claim(settings.build, f"extract_{taking.extract_id}")
    try:
        taken = take_extracts(project, taking, os.environ, settings.sources, sources)
    finally:
        release(settings.build)
    if output == "json":
        click.echo(json.dumps([{**asdict(one.manifest), "is_new": one.is_new} for one in taken], indent=2))
        return
    for one in taken:
        click.echo(_line(one))


def _line(one: Taken) -> str:
    manifest = one.manifest
    unread = [name for name in manifest.source_columns if name not in manifest.columns]
    parts = [
        f"{manifest.row_count} rows",
        "new" if one.is_new else "as before",
        manifest.extract_id,
        *(f"{name} {total}" for name, total in manifest.control_totals.items()),
        *([f"not taken: {', '.join(unread)}"] if unread else []),
        *([f"accepted: {manifest.accepted}"] if one.is_new and manifest.accepted else []),
    ]
    return f"{manifest.name:<24}{', '.join(parts)}"
