"""Commands on what was promised: target, history, verify."""

from __future__ import annotations

import sys

import click

from kpiledger.checking import check_folder
from kpiledger.commands.world import OUTPUT, World, in_project
from kpiledger.finding import has_errors
from kpiledger.ledger_index.opening import open_index
from kpiledger.projected import projected_rows
from kpiledger.publishing import table_hashes
from kpiledger.reports import history as history_report
from kpiledger.reports import target as target_report
from kpiledger.typed import typed_moment, typed_period
from kpiledger.verifying import render_json, render_text
from kpiledger.verifying import verify as verify_ledger


@click.command()
@click.argument("name", metavar="KPI")
@click.option("--holder", required=True, help="The unit, role or person held to the target.")
@click.option("--period", required=True, help="As 2016-08, 2016-Q3 or 2016, and FY2016-Q3 in a fiscal year.")
@click.option("--known-at", help="A moment (UTC) as 2016-08-01 or 2016-08-01T12:00:00; what was known then.")
@OUTPUT
@in_project
def target(world: World, name: str, holder: str, period: str, known_at: str | None, output: str) -> None:
    """What was promised for a KPI, by which agreement, why, and when we knew."""
    project = world.project()
    asked = typed_period(period, project.calendar.reckoning)
    index = open_index(world.settings, world.ledger)
    answer = target_report.target_answer(world.ledger, index, project, name, holder, asked, typed_moment(known_at))
    click.echo(target_report.render_json(answer) if output == "json" else target_report.render_text(answer))


@click.command()
@click.argument("name", metavar="KPI|AGREEMENT")
@OUTPUT
@in_project
def history(world: World, name: str, output: str) -> None:
    """Every version of an agreement, or of all agreements on a KPI."""
    found = history_report.history(world.ledger, open_index(world.settings, world.ledger), name)
    click.echo(history_report.render_json(found) if output == "json" else history_report.render_text(found))


@click.command()
@OUTPUT
@in_project
def verify(world: World, output: str) -> None:
    """Hold the ledger's bytes against its tree, its checkpoint, the files and the warehouse."""
    project, findings = check_folder(world.root)
    problems = ["files: the specs have errors, `kpi check` shows them"] if has_errors(findings) else []
    rows, hashes, unseen = None, None, []
    if world.settings.warehouse.exists():
        rows, hashes = projected_rows(world.settings.warehouse), table_hashes(world.settings.warehouse)
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
