"""Commands for the administrator of a ledger in PostgreSQL: they print SQL to be read, and run nothing."""

from __future__ import annotations

import click

from kpiledger.commands.world import World, in_project
from kpiledger.errors import LedgerDamaged
from kpiledger.ledger.file_storage import FileStorage
from kpiledger.ledger.postgres_functions import schema_text, upgrade_text
from kpiledger.ledger.postgres_moving import moving_sql
from kpiledger.ledger.store import Ledger, examine_ledger


@click.command(name="ledger-schema")
@click.option(
    "--upgrade", is_flag=True, help="Only bring functions, triggers and rights of an older schema up to date."
)
def ledger_schema(upgrade: bool) -> None:
    """Print the SQL that lays the ledger's tables in PostgreSQL, for an administrator to read and run."""
    click.echo(upgrade_text() if upgrade else schema_text(), nl=False)


@click.command(name="ledger-move")
@in_project
def ledger_move(world: World) -> None:
    """Print the SQL that moves the project's ledger of files into PostgreSQL, where its schema is laid."""
    storage = FileStorage(world.settings.ledger)
    found = examine_ledger(Ledger(world.settings.ledger, storage=storage))
    if found.problems:
        raise LedgerDamaged(f"the ledger {storage.place} does not verify: {found.problems[0]}", "run `kpi verify`")
    for statement in moving_sql(storage.everything()):
        click.echo(statement, nl=False)
