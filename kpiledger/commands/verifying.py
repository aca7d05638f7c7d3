"""The command that holds the ledger against itself and all that lies beside it: verify."""

from __future__ import annotations

import sys

import click

from kpiledger.checking import check_folder
from kpiledger.commands.world import OUTPUT, World, in_project
from kpiledger.finding import has_errors
from kpiledger.ledger_index.lean import without_pandas
from kpiledger.projected import not_published, projected_rows
from kpiledger.publishing import table_hashes
from kpiledger.verifying import render_json, render_text
from kpiledger.verifying import verify as verify_ledger


@click.command()
@OUTPUT
@in_project
@without_pandas
def verify(world: World, output: str) -> None:
    """Hold the ledger's bytes against its tree, its checkpoint, the files and the warehouse."""
    project, findings = check_folder(world.root)
    problems = ["files: the specs have errors, `kpi check` shows them"] if has_errors(findings) else []
    rows, hashes, unseen = None, None, []
    if world.settings.warehouse.exists():
        rows, hashes = projected_rows(world.settings.warehouse), table_hashes(world.settings.warehouse)
        unseen += [f"published tables: {name} is not in those of another version" for name in not_published(rows)]
    elif world.settings.current.is_symlink():
        problems.append(f"published tables: {world.settings.warehouse} leads nowhere")
    else:
        unseen.append(f"published tables: nothing is published in {world.settings.build}")
    checked = None if has_errors(findings) else project
    found = verify_ledger(
        world.ledger,
        checked,
        rows,
        published=hashes,
        not_looked_at=unseen,
        problems=problems,
        settings=world.settings,
    )
    click.echo(render_json(found) if output == "json" else render_text(found))
    sys.exit(0 if found.holds else 1)
