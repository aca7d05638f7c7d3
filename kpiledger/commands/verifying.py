"""The command that holds the ledger against itself and all that lies beside it: verify."""

from __future__ import annotations

from pathlib import Path

import click

from kpiledger.checking import check_folder
from kpiledger.commands.world import OUTPUT, World, in_project
from kpiledger.errors import Answered, DamagedFile, LedgerDamaged, WrongUse
from kpiledger.finding import has_errors
from kpiledger.leaving import leave_at_once
from kpiledger.ledger.checkpoint import VerifierKey
from kpiledger.ledger.keys import key_in
from kpiledger.ledger_index.lean import without_pandas
from kpiledger.projected import hashes_of_tables
from kpiledger.publishing import table_hashes
from kpiledger.verifying import is_its_own, render_json, render_text
from kpiledger.verifying import verify as verify_ledger


@click.command()
@click.option(
    "--every-row",
    is_flag=True,
    help="Compare every row of the published tables and the index, whatever their notes say.",
)
@click.option(
    "--key",
    "kept_key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A copy of ledger.vkey that was kept elsewhere: nothing is believed that another key signed.",
)
@OUTPUT
@in_project
@without_pandas
def verify(world: World, every_row: bool, kept_key: Path | None, output: str) -> None:
    """Hold the ledger's bytes against its tree, its checkpoint, the files and the warehouse."""
    project, findings = check_folder(world.root)
    problems = ["files: the specs have errors, `kpi check` shows them"] if has_errors(findings) else []
    warehouse, hashes, unseen = None, None, []
    key = _kept(kept_key) if kept_key else None
    believes = not every_row and is_its_own(key, world.ledger)
    if world.settings.warehouse.exists():
        warehouse = world.settings.warehouse
        try:
            hashes = hashes_of_tables(warehouse, world.ledger) if believes else table_hashes(warehouse)
        except DamagedFile as damage:
            problems.append(f"published tables: {damage.message}")
    elif world.settings.current.is_symlink():
        problems.append(f"published tables: {world.settings.warehouse} leads nowhere")
    else:
        unseen.append(f"published tables: nothing is published in {world.settings.build}")
    checked = None if has_errors(findings) else project
    found = verify_ledger(
        world.ledger,
        checked,
        warehouse,
        key=key,
        published=hashes,
        not_looked_at=unseen,
        problems=problems,
        settings=world.settings,
        is_every_row=every_row,
    )
    click.echo(render_json(found) if output == "json" else render_text(found))
    raise Answered(0 if found.holds else 1, leave_at_once)


def _kept(path: Path) -> VerifierKey:
    try:
        return key_in(path)
    except LedgerDamaged as problem:
        raise WrongUse(problem.message, "name a copy of the ledger's keys/ledger.vkey") from problem
