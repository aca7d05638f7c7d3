"""Commands on the conversation: decide, brief."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from kpiledger.commands.world import World, in_project
from kpiledger.git import head_commit
from kpiledger.pages.briefs.making import brief_of
from kpiledger.pages.briefs.text import brief_text
from kpiledger.pages.render import brief_html
from kpiledger.reports.known import as_json
from kpiledger.reviews.deciding import Deciding, note_decision
from kpiledger.typed import typed_period
from kpiledger.warehouse import open_current, rows_of


@click.command()
@click.option("--holder", required=True, help="Whose targets were talked about: a unit, role or person.")
@click.option("--period", required=True, help="The period that was talked about, as 2017-Q3.")
@click.option("--says", required=True, help="What was decided, and what follows from it.")
@click.option("--by", "decided_by", required=True, metavar="ROLE", help="The role or person who decided.")
@click.option("--kpi", "kpi", help="The KPI it is about, where it is about one.")
@click.option("--closes", metavar="REVIEW_ITEM", help="The review item that it answers; `kpi brief` lists them.")
@click.option("--evidence", help="Where it is documented: a path in the project, or an address.")
@click.option(
    "--on", "decided_on", type=click.DateTime(["%Y-%m-%d"]), help="The day of the decision; today if not said."
)
@in_project
def decide(
    world: World,
    holder: str,
    period: str,
    says: str,
    decided_by: str,
    kpi: str | None,
    closes: str | None,
    evidence: str | None,
    decided_on: datetime | None,
) -> None:
    """Note a decision of the conversation in the ledger."""
    project, now = world.project(), datetime.now(UTC)
    asked = typed_period(period, project.calendar.reckoning)
    day = decided_on.date() if decided_on else now.date()
    said = Deciding(holder, asked, says, decided_by, day, kpi, closes, evidence)
    entry = note_decision(project, world.ledger, world.settings.warehouse, said, lambda: datetime.now(UTC))
    click.echo(f"{entry.key} is noted: entry {entry.seq}, {entry.entry_hash}")
    click.echo("the next `kpi run` shows it")


@click.command()
@click.argument("holder", metavar="HOLDER")
@click.option("--period", help="A month, quarter or year, as 2017-Q3; the newest finished quarter if not said.")
@click.option("--output", type=click.Choice(["text", "html", "json"]), default="text", help="How to print the answer.")
@in_project
def brief(world: World, holder: str, period: str | None, output: str) -> None:
    """One page for the conversation with a holder: what to ask, how targets went, what was decided and what waits."""
    project = world.project()
    asked = typed_period(period, project.calendar.reckoning) if period else None
    page, readings = brief_of(project, world.settings.warehouse, holder, asked)
    if output == "json":
        click.echo(json.dumps(as_json(page), ensure_ascii=False, indent=2))
    elif output == "html":
        with open_current(world.settings.warehouse) as connection:
            (context,) = rows_of(connection, "select run_id, started_at from recorded.run_context")
        commit = head_commit(world.root)
        click.echo(brief_html(project, page, readings, context["started_at"], context["run_id"], commit), nl=False)
    else:
        click.echo(brief_text(page), nl=False)
