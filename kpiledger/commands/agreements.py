"""Commands on what was promised: target, history."""

from __future__ import annotations

import click

from kpiledger.commands.world import OUTPUT, World, in_project
from kpiledger.ledger_index.lean import without_pandas
from kpiledger.ledger_index.opening import open_index
from kpiledger.reports import history as history_report
from kpiledger.reports import target_told
from kpiledger.reports.figured import with_figures
from kpiledger.reports.target import target_answer
from kpiledger.typed import typed_moment, typed_period


@click.command()
@click.argument("name", metavar="KPI")
@click.option("--holder", required=True, help="The unit, role or person held to the target.")
@click.option("--period", required=True, help="As 2016-08, 2016-Q3 or 2016, and FY2016-Q3 in a fiscal year.")
@click.option("--known-at", help="A moment (UTC) as 2016-08-01 or 2016-08-01T12:00:00; what was known then.")
@OUTPUT
@in_project
@without_pandas
def target(world: World, name: str, holder: str, period: str, known_at: str | None, output: str) -> None:
    """What was promised for a KPI, by which agreement, why, and when we knew."""
    project = world.project()
    asked = typed_period(period, project.calendar.reckoning)
    index = open_index(world.settings, world.ledger)
    found = target_answer(world.ledger, index, project, name, holder, asked, typed_moment(known_at))
    answer = with_figures(found, world.settings, world.ledger, index)
    click.echo(target_told.render_json(answer) if output == "json" else target_told.render_text(answer))


@click.command()
@click.argument("name", metavar="KPI|AGREEMENT")
@OUTPUT
@in_project
@without_pandas
def history(world: World, name: str, output: str) -> None:
    """Every version of an agreement, or of all agreements on a KPI."""
    found = history_report.history(world.ledger, open_index(world.settings, world.ledger), name)
    click.echo(history_report.render_json(found) if output == "json" else history_report.render_text(found))
